//! The server that holds answers for all nodes: Redis 7 or newer, or Valkey, on its own.
//!
//! One connection a node, shared by all requests. Whoever uses it waits for [`CacheSettings::limit`] at most. When the server is away, nobody waits:
//! the connection is given up, and a task of its own makes a new one.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, Pipeline, RedisError, RedisResult, ServerErrorKind};
use redis::{FromRedisValue, TlsCertificates};
use secrecy::{ExposeSecret, SecretString};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;
use tokio::time::Instant;

/// How to reach the server, and what the nodes have in common.
pub struct CacheSettings {
    /// `redis://` or `rediss://`, with user, password and number of the database.
    pub url: SecretString,
    /// The certificates in PEM that vouch for the server, where the system's do not.
    pub ca: Option<Vec<u8>>,
    /// How long a request waits for the server.
    pub limit: Duration,
    /// The same on every node of this installation and known to nobody else: answers are named and sealed by it.
    pub secret: [u8; 32],
}

/// Why there is no shared cache. No text has the password in it.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error("not a URL like redis://user:password@host:6379/0, or rediss:// with TLS")]
    Url,
    #[error("the certificates cannot be read: {0}")]
    Certificates(String),
    #[error("the server does not take its user and password: {0}")]
    SignIn(String),
    #[error("the server refuses what is needed of it (Redis 7 or newer, or Valkey, alone and no replica): {0}")]
    Refused(String),
    #[error("the server does not answer: {0}")]
    Away(String),
}

/// The server, as a node has it.
pub struct CacheServer {
    client: Client,
    limit: Duration,
    pub(super) secret: [u8; 32],
    link: RwLock<Option<Arc<Link>>>,
    began: Instant,
    /// When a refusal was told of, in seconds since it began: once a minute is enough.
    told: AtomicU64,
}

/// A connection that answers, as far as is known.
pub struct Link {
    connection: MultiplexedConnection,
    /// Of the run of the server. One that was started again may have come back with what it had long ago, and a replica that took over may lack
    /// what was ended last: what they hold from before is found by nobody.
    pub run: Box<str>,
    /// When the server said something last, in milliseconds since [`CacheServer::began`].
    answered_ms: AtomicU64,
}

/// After so long a server that was away is looked for again.
const PAUSE: Duration = Duration::from_secs(1);
/// How long making a connection may take; no request waits for it.
const CONNECTING: Duration = Duration::from_secs(3);
const MINUTE: u64 = 60;

impl CacheServer {
    /// Connects, and sees whether the server does what is needed of it. One that does not answer is looked for in the background.
    ///
    /// # Errors
    /// Everything but [`CacheError::Away`].
    pub async fn connect(settings: CacheSettings) -> Result<Arc<Self>, CacheError> {
        let url = settings.url.expose_secret();
        let client = match settings.ca {
            Some(ca) => {
                Client::open(url).map_err(|_| CacheError::Url)?;
                let certificates = TlsCertificates { client_tls: None, root_cert: Some(ca) };
                Client::build_with_tls(url, certificates)
                    .map_err(|error| CacheError::Certificates(error.to_string()))?
            }
            None => Client::open(url).map_err(|_| CacheError::Url)?,
        };
        let server = Arc::new(Self {
            client,
            limit: settings.limit,
            secret: settings.secret,
            link: RwLock::default(),
            began: Instant::now(),
            told: AtomicU64::new(0),
        });
        match server.dial().await {
            Ok(link) => server.set(Some(Arc::new(link))),
            Err(CacheError::Away(reason)) => {
                tracing::warn!(reason, "the cache server does not answer; queries run without a cache until it does");
                tokio::spawn(Self::look_for(Arc::downgrade(&server)));
            }
            Err(error) => return Err(error),
        }
        Ok(server)
    }

    /// None while it is away.
    pub fn link(&self) -> Option<Arc<Link>> {
        self.link.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, link: Option<Arc<Link>>) {
        *self.link.write().unwrap_or_else(PoisonError::into_inner) = link;
    }

    async fn dial(&self) -> Result<Link, CacheError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECTING))
            .set_response_timeout(Some(CONNECTING))
            .set_pipeline_buffer_size(1024);
        let away = |error: RedisError| CacheError::Away(error.to_string());
        let connected = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let mut connection = connected.map_err(|error| match error.kind() {
            ErrorKind::AuthenticationFailed => CacheError::SignIn(error.to_string()),
            ErrorKind::Server(_) if !passes(&error) => CacheError::Refused(error.to_string()),
            _ => away(error),
        })?;
        let said = |error: RedisError| match error.kind() {
            ErrorKind::Server(_) | ErrorKind::Extension if !passes(&error) => CacheError::Refused(error.to_string()),
            _ => away(error),
        };
        let info: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await.map_err(said)?;
        let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        if field("redis_mode").is_some_and(|mode| mode.trim() == "cluster") {
            return Err(CacheError::Refused("it is part of a cluster".to_owned()));
        }
        let run = field("run_id").map(str::trim).filter(|run| !run.is_empty());
        let run: Box<str> = run
            .ok_or_else(|| CacheError::Refused("it does not tell its run_id".to_owned()))?
            .chars()
            .take(16)
            .collect();
        // What requests will ask of it.
        let probe = format!("pentaprism:{run}:probe");
        let set = redis::cmd("SET").arg(&probe).arg(1).arg("NX").arg("PX").arg(1000).exec_async(&mut connection).await;
        match set {
            // One that is full, or cannot save, still tells what it has.
            Err(error) if matches!(error.code(), Some("OOM" | "MISCONF")) => {}
            set => set.map_err(said)?,
        }
        let mut commands = redis::pipe();
        commands.cmd("PEXPIRE").arg(&probe).arg(2000).arg("GT");
        commands.cmd("GETRANGE").arg(&probe).arg(0).arg(9);
        commands.cmd("MGET").arg(&probe).cmd("DEL").arg(&probe);
        commands.exec_async(&mut connection).await.map_err(said)?;
        connection.set_response_timeout(self.limit);
        Ok(Link { connection, run, answered_ms: AtomicU64::new(self.since_ms()) })
    }

    async fn look_for(server: Weak<Self>) {
        let mut told = false;
        loop {
            tokio::time::sleep(PAUSE).await;
            let Some(server) = server.upgrade() else { return };
            match server.dial().await {
                Ok(link) => {
                    server.set(Some(Arc::new(link)));
                    tracing::info!("the cache server answers again");
                    return;
                }
                Err(CacheError::Away(_)) => {}
                Err(error) if told => tracing::debug!(%error, "the cache server cannot be used"),
                Err(error) => {
                    tracing::warn!(%error, "the cache server cannot be used");
                    told = true;
                }
            }
        }
    }

    /// What the server says to these commands; none where it says nothing in time, or refuses.
    pub async fn ask<T: FromRedisValue>(self: &Arc<Self>, link: &Arc<Link>, commands: &Pipeline) -> Option<T> {
        let said: RedisResult<T> = commands.query_async(&mut link.connection.clone()).await;
        match said {
            Ok(said) => {
                link.answered_ms.store(self.since_ms(), Ordering::Relaxed);
                Some(said)
            }
            Err(error) => {
                self.failed(link, &error);
                None
            }
        }
    }

    fn failed(self: &Arc<Self>, link: &Arc<Link>, error: &RedisError) {
        let limit = u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX);
        let silent_ms = self.since_ms().saturating_sub(link.answered_ms.load(Ordering::Relaxed));
        if error.is_timeout() && silent_ms < limit {
            // It serves others: this answer was late behind large ones.
            return;
        }
        if error.is_timeout() || error.is_io_error() || error.is_unrecoverable_error() || passes(error) {
            let mut current = self.link.write().unwrap_or_else(PoisonError::into_inner);
            if current.as_ref().is_some_and(|current| Arc::ptr_eq(current, link)) {
                *current = None;
                tracing::warn!(%error, "the cache server does not answer; queries run without a cache until it does");
                tokio::spawn(Self::look_for(Arc::downgrade(self)));
            }
            return;
        }
        let now = self.began.elapsed().as_secs() + MINUTE;
        let told = self.told.load(Ordering::Relaxed);
        if now.saturating_sub(told) >= MINUTE
            && self.told.compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            tracing::warn!(%error, "the cache server refuses what is needed of it");
        }
    }

    fn since_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// What a server says that will do it in a moment, or whose successor does: it loads its data, or is a replica.
fn passes(error: &RedisError) -> bool {
    use ServerErrorKind::{BusyLoading, MasterDown, ReadOnly, TryAgain};
    matches!(error.kind(), ErrorKind::Server(BusyLoading | MasterDown | ReadOnly | TryAgain))
}
