//! API keys on nodes that follow one database.

mod feed;
mod last_used;
mod load;
mod misses;
mod model;
mod outage;
mod prune;

use crate::world::{World, key_input};
use control::keys::create::CreateKeyInput;
use control::keys::verify::{self, LiveKey, Refusal, Settings, Verifier};
use control::keys::{NewKey, PlainKey, create};
use control::{Actor, Ctx, projects, resources};
use kernel::{KeyId, OrgId, ProjectId, ResourceId};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// A project with its first environment.
struct Shop {
    ctx: Ctx,
    actor: Actor,
    org: OrgId,
    project: ProjectId,
    resource: ResourceId,
}

impl Shop {
    async fn new(db: PgPool) -> Self {
        let world = World::new(db);
        let actor = world.user("ada").await;
        let org = world.org(&actor, "Acme").await;
        let project = projects::create::create(&world.ctx, &actor, org, "Shop").await.unwrap();
        let resource = resources::create::create(&world.ctx, &actor, project, "Production", None).await.unwrap();
        Self { ctx: world.ctx, actor, org, project, resource }
    }

    /// A second environment of the project.
    async fn staging(&self) -> ResourceId {
        resources::create::create(&self.ctx, &self.actor, self.project, "Staging", None).await.unwrap()
    }

    /// A key of the resource, or of the project.
    async fn key(&self, resource: Option<ResourceId>) -> NewKey {
        let input = CreateKeyInput { resource, ..key_input("production") };
        create::create(&self.ctx, &self.actor, self.project, input).await.unwrap()
    }

    /// A key of the project, inserted without any lock.
    async fn insert_key(&self) -> NewKey {
        let (id, plain): (KeyId, _) = (self.ctx.new_id(), PlainKey::generate(&self.ctx.rng));
        sqlx::query(
            "insert into api_key (id, project_id, name, key_hash, visible_start, visible_end, rights, created_at)
             values ($1, $2, 'production', $3, '', '', 'full', $4)",
        )
        .bind(id.uuid())
        .bind(self.project.uuid())
        .bind(&plain.hashed().0[..])
        .bind(self.ctx.now())
        .execute(&self.ctx.db)
        .await
        .unwrap();
        NewKey { id, plain }
    }

    async fn remove(&self, id: KeyId) {
        control::keys::remove::remove(&self.ctx, &self.actor, id).await.unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.ctx.db).await.unwrap()
    }
}

/// One node's verifier with its feed running.
struct Node {
    ctx: Ctx,
    verifier: Arc<Verifier>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

/// Polls often and hears no notifications, as behind a pooler.
fn deaf() -> Settings {
    Settings {
        poll: Duration::from_millis(50),
        max_stale: Duration::from_secs(3600),
        listen: false,
        ..Default::default()
    }
}

/// Polls when something asks for it, never by itself.
fn only_when_asked() -> Settings {
    Settings { poll: Duration::from_secs(3600), ..deaf() }
}

impl Node {
    /// A node that has read all keys.
    async fn start(shop: &Shop, settings: Settings) -> Self {
        let (ctx, verifier) = (shop.ctx.clone(), Arc::new(Verifier::new(settings)));
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn({
            let (ctx, verifier) = (ctx.clone(), verifier.clone());
            async move {
                verify::run(&ctx, &verifier, async {
                    let _ = stopped.await;
                })
                .await;
            }
        });
        let node = Self { ctx, verifier, stop, running };
        node.settle().await;
        node
    }

    async fn settle(&self) {
        tokio::time::timeout(Duration::from_secs(60), self.verifier.catch_up()).await.unwrap();
    }

    /// From memory alone.
    fn check(&self, key: &NewKey) -> Result<LiveKey, Refusal> {
        self.verifier.table().verify(key.plain.expose(), None, self.ctx.now(), None)
    }

    /// Until memory says so by itself; the limit is generous.
    async fn wait_for(&self, key: &NewKey, refusal: Option<Refusal>) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.check(key).err() != refusal {
            assert!(Instant::now() < deadline, "{:?} instead of {refusal:?}", self.check(key));
            sleep(Duration::from_millis(10)).await;
        }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
    }
}
