//! The parts that everything else works with: the control database, the control plane's context, the dialler.

use super::cache;
use super::config::Config;
use super::mailer::SmtpMailer;
use super::master_key;
use super::meter::Counts;
use super::ports::{ControlSource, Routes};
use super::pulse::{Limits, Pulse};
use super::rotation::{self, Rotation};
use crate::nodes::Nodes;
use accelerate::{CacheServer, Gateway};
use anyhow::Context;
use control::identity::passwords::Passwords;
use control::keys::verify::{self, Verifier};
use control::operator::master_key::ROTATION;
use control::operator::settings::{self, Settings};
use control::vault::Vault;
use control::{Clock, Ctx, Rng, gateways};
use provisioning::cluster::{Cluster, ClusterConfig};
use secrecy::ExposeSecret;
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;
use std::time::Duration;
use time::Duration as Span;
use upstream::{ControlDatabase, Dialer, Guard};

/// The name of the control database in the private cluster.
const DATABASE: &str = "pentaprism";
/// What connections call themselves: a rotation of the master key is refused while others than its own are there.
const SERVER: &str = "pentaprism";
const COMMAND: &str = "pentaprism command";
/// Longer than a page waits: a request that gives up on the pool says so itself.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// No statement of the control plane needs longer; a stuck one must not hold a connection.
const STATEMENT_TIMEOUT: &str = "10s";

/// Alive until [`Parts::stop`].
pub struct Parts {
    pub ctx: Ctx,
    pub dialer: Arc<Dialer>,
    /// API keys, checked from memory.
    pub verifier: Arc<Verifier>,
    /// Where resources are, for the gateway.
    pub routes: Routes,
    pub gateway: Arc<Gateway>,
    /// What the gateway did.
    pub counts: Arc<Counts>,
    /// This server among the others of its database.
    pub nodes: Arc<Nodes>,
    /// Change streams.
    pub pulse: Arc<Pulse>,
    /// Only where a mail server is configured.
    pub mailer: Option<Arc<SmtpMailer>>,
    cluster: Option<Cluster>,
}

impl Parts {
    /// For `serve`, which owns the private cluster.
    pub async fn for_server(config: &Config) -> anyhow::Result<Self> {
        let cluster = match &config.database.url {
            Some(_) => None,
            None => Some(Cluster::start(cluster_config(config)).await?),
        };
        Self::assemble(config, cluster, SERVER, None).await
    }

    /// For every other command, which finds a running cluster or starts it for itself.
    pub async fn for_command(config: &Config) -> anyhow::Result<Self> {
        Self::assemble(config, Self::guest(config).await?, COMMAND, None).await
    }

    /// For the command that rotates the master key.
    pub async fn for_rotation(config: &Config, rotation: &Rotation<'_>) -> anyhow::Result<Self> {
        Self::assemble(config, Self::guest(config).await?, ROTATION, Some(rotation)).await
    }

    async fn guest(config: &Config) -> anyhow::Result<Option<Cluster>> {
        Ok(match &config.database.url {
            Some(_) => None,
            None => Some(Cluster::attach_or_start(cluster_config(config)).await?),
        })
    }

    /// Around a control plane that is there already, without a cluster and a mail server of its own.
    pub fn around(ctx: Ctx) -> Self {
        let own = gateways::Gateway::new(&ctx.rng, "us-east-1".into(), None, "http://localhost:3001".into());
        Self::of(ctx, Dialer::new(), own)
    }

    /// The same with a dialler, for a server that others know as `own`.
    pub fn of(ctx: Ctx, dialer: Dialer, own: gateways::Gateway) -> Self {
        let verifier = Arc::new(Verifier::new(verify::Settings::default()));
        let dialer = Arc::new(dialer);
        let (routes, gateway, counts) = gateway(&ctx, &dialer, own.number, None);
        let pulse = Arc::new(Pulse::new(ctx.clone(), dialer.clone(), own.id, Limits::default()));
        let nodes = Arc::new(Nodes::new(ctx.clone(), dialer.clone(), own));
        Self { verifier, routes, gateway, counts, nodes, pulse, ctx, dialer, mailer: None, cluster: None }
    }

    async fn assemble(
        config: &Config,
        cluster: Option<Cluster>,
        name: &str,
        rotation: Option<&Rotation<'_>>,
    ) -> anyhow::Result<Self> {
        let rng = Rng::from_system();
        let vault = Vault::new(&master_key::load(&config.storage, &rng)?, rng.clone())?;
        let url = match (&cluster, &config.database.url) {
            (Some(cluster), _) => {
                cluster.ensure_database(DATABASE).await?;
                cluster.url(DATABASE).expose_secret().to_owned()
            }
            (None, Some(url)) => url.clone(),
            (None, None) => unreachable!("without a URL there is a cluster"),
        };
        let options: sqlx::postgres::PgConnectOptions = url.parse().context("database.url")?;
        let options = options.application_name(name).options([("statement_timeout", STATEMENT_TIMEOUT)]);
        let db = PgPoolOptions::new()
            .max_connections(config.database.max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await
            .context("database.url: the control database does not answer")?;
        let version = control::database::version(&mut *db.acquire().await?).await?;
        anyhow::ensure!(
            version >= control::database::OLDEST,
            "database.url: this is PostgreSQL {version}. Give it one of version {} or newer",
            control::database::OLDEST
        );
        control::MIGRATIONS
            .run(&db)
            .await
            .context("the schema of the control database could not be brought up to date")?;

        let identity = &config.identity;
        let mut ctx = Ctx {
            clock: Clock::System,
            vault: Arc::new(vault),
            passwords: Arc::new(Passwords::new(identity.argon2_memory_kib, identity.argon2_passes, &rng)?),
            throttle: Arc::default(),
            rules: Arc::new(control::context::Rules {
                session_idle: Span::hours(i64::from(identity.session_idle_hours)),
                session_absolute: Span::hours(i64::from(identity.session_absolute_hours)),
                mail: config.mail.smtp_url.is_some(),
                public_url: config.console.url(),
                defaults: Settings {
                    sign_up: identity.sign_up,
                    denied_ranges: config.network.denied_ranges.clone(),
                    accelerate: config.products.accelerate,
                    pulse: config.products.pulse,
                },
            }),
            rng,
            db,
        };
        adopt_staged_key(config, rotation, &mut ctx).await?;
        anyhow::ensure!(
            control::database::knows_master_key(&ctx).await?,
            "storage.master_key: this is not the key under which the control database's secrets are encrypted. Give this server the master.key of the \
             one that runs already, or restore it from the backup"
        );
        let dialer = Dialer::new();
        dialer.set_guard(guard(&settings::load(&ctx).await?));
        let (system_identifier, database) = control::database::identity(&ctx).await?;
        dialer.protect(ControlDatabase::new(system_identifier, database));
        let mailer = SmtpMailer::configured(&config.mail)?.map(Arc::new);
        let verifier = Verifier::new(verify::Settings {
            max_stale: Duration::from_millis(u64::from(config.keys.max_stale_ms)),
            listen: config.keys.listen,
            ..verify::Settings::default()
        });
        let dialer = Arc::new(dialer);
        // Commands serve no queries.
        let cache = if name == SERVER { cache::connect(&config.cache, &ctx).await? } else { None };
        let data = &config.data;
        let own = gateways::Gateway::new(&ctx.rng, data.region.clone(), data.node_url(), data.url());
        let (routes, gateway, counts) = gateway(&ctx, &dialer, own.number, cache);
        let pulse = Arc::new(Pulse::new(ctx.clone(), dialer.clone(), own.id, config.pulse.limits()));
        let nodes = Arc::new(Nodes::new(ctx.clone(), dialer.clone(), own));
        Ok(Self { verifier: Arc::new(verifier), routes, gateway, counts, nodes, pulse, ctx, dialer, mailer, cluster })
    }

    /// Closes the pool and stops the cluster, if it is ours.
    pub async fn stop(self) {
        self.ctx.db.close().await;
        if let Some(cluster) = self.cluster
            && let Err(error) = cluster.stop().await
        {
            tracing::error!(error = %error, "the private Postgres did not stop cleanly");
        }
    }
}

/// The control plane over connections of its own to the same database, which the runtime that calls this makes as they are needed.
pub fn apart(ctx: &Ctx, connections: u32) -> Ctx {
    let options = ctx.db.connect_options().as_ref().clone();
    let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
    Ctx { db: pool.connect_lazy_with(options), ..ctx.clone() }
}

fn gateway(
    ctx: &Ctx,
    dialer: &Arc<Dialer>,
    node: u32,
    cache: Option<Arc<CacheServer>>,
) -> (Routes, Arc<Gateway>, Arc<Counts>) {
    let (routes, counts) = (Routes::new(ctx.clone()), Arc::<Counts>::default());
    let source = ControlSource { clock: ctx.clock.clone(), rng: ctx.rng.clone() };
    let gateway = Gateway::new(routes.clone(), source, Arc::clone(dialer));
    let gateway = gateway.metered(Arc::clone(&counts)).with_shared_cache(cache).with_node(node);
    (routes, Arc::new(gateway), counts)
}

/// Ends a rotation of the master key that was cut off after its transaction; within one that is under way, or in a turn of its own.
async fn adopt_staged_key(config: &Config, rotation: Option<&Rotation<'_>>, ctx: &mut Ctx) -> anyhow::Result<()> {
    let storage = &config.storage;
    if control::database::knows_master_key(ctx).await? || rotation::staged(storage)?.is_none() {
        return Ok(());
    }
    let own = if rotation.is_none() { Some(Rotation::begin(storage)?) } else { None };
    let (Some(rotation), Some(key)) = (rotation.or(own.as_ref()), rotation::staged(storage)?) else { return Ok(()) };
    let old = std::mem::replace(&mut ctx.vault, Arc::new(Vault::new(&key, ctx.rng.clone())?));
    if control::database::knows_master_key(ctx).await? {
        let kept = rotation.adopt(&key, ctx.now())?;
        tracing::warn!(
            ?kept,
            "finished a rotation of the master key that was cut off; the key before is kept for older backups"
        );
        return Ok(());
    }
    ctx.vault = old;
    Ok(())
}

/// What no connection string may lead to: metadata services always, and what the operator denies.
pub fn guard(settings: &Settings) -> Guard {
    Guard::new(Guard::default_ranges().into_iter().chain(settings.denied_ranges.iter().copied()))
}

fn cluster_config(config: &Config) -> ClusterConfig {
    let mut cluster = ClusterConfig::new(&config.storage.data_dir);
    cluster.bin_dir.clone_from(&config.storage.postgres_bin);
    cluster
}
