//! A gateway over databases of a throwaway cluster.

use accelerate::{Access, Directory, Gateway, Limits, QueryError, Resource, Source, Status, Strategy};
use futures::future::BoxFuture;
use kernel::{ProjectId, ResourceId};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, RwLock};
use std::time::{Duration, Instant};
use testkit::Cluster;
use upstream::{ConnectionString, Dialer};
use uuid::Uuid;

static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster::throwaway().unwrap());
static DATABASES: AtomicU64 = AtomicU64::new(0);

/// Any will do: the directory knows one.
pub const RESOURCE: ResourceId = ResourceId::from_uuid(Uuid::nil());

pub struct World {
    pub gateway: Gateway,
    pub known: Known,
    url: String,
    dialer: Arc<Dialer>,
}

/// What all nodes know of the resource; it can change.
#[derive(Clone)]
pub struct Known(Arc<RwLock<Arc<Resource>>>);

impl Known {
    pub fn change(&self, change: impl FnOnce(&mut Resource)) {
        let mut known = self.0.write().unwrap();
        let Resource { target, limits, project, rate, version, cache_epoch } = &**known;
        let mut resource = Resource {
            target: target.clone(),
            limits: limits.clone(),
            project: *project,
            rate: *rate,
            version: version + 1,
            cache_epoch: *cache_epoch,
        };
        change(&mut resource);
        *known = Arc::new(resource);
    }
}

impl Directory for Known {
    fn resource(&self, _: ResourceId) -> BoxFuture<'_, Result<Arc<Resource>, QueryError>> {
        Box::pin(std::future::ready(Ok(Arc::clone(&self.0.read().unwrap()))))
    }
}

/// A clock that stands still, and bytes that count up.
struct Fixed(AtomicU64);

impl Source for Fixed {
    fn now_ms(&self) -> u64 {
        1_760_000_000_123
    }

    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes()[0];
        }
    }
}

impl World {
    /// A new database with the tables of the recorded exchanges.
    pub async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let name = format!("accelerate{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let admin = CLUSTER.admin_url().unwrap();
        let dialer = Arc::new(Dialer::new());
        execute(&dialer, &admin, &format!("create database {name}")).await;
        let url = format!("{}/{name}", admin.rsplit_once('/').unwrap().0);
        execute(&dialer, &url, include_str!("samples/schema.sql")).await;
        let target = ConnectionString::parse(&url).unwrap();
        let project = ProjectId::from_uuid(Uuid::nil());
        let resource = Resource { target, limits, project, rate: None, version: 1, cache_epoch: 0 };
        let known = Known(Arc::new(RwLock::new(Arc::new(resource))));
        let gateway = Gateway::new(known.clone(), Fixed(AtomicU64::new(0)), Arc::clone(&dialer));
        Self { gateway, known, url, dialer }
    }

    /// Another node: a gateway over the same database.
    pub fn node(&self, directory: impl Directory, source: impl Source) -> Gateway {
        Gateway::new(directory, source, Arc::clone(&self.dialer))
    }

    /// Where the database is.
    pub fn target(&self) -> ConnectionString {
        ConnectionString::parse(&self.url).unwrap()
    }

    /// Runs SQL beside the gateway.
    pub async fn execute(&self, sql: &str) {
        execute(&self.dialer, &self.url, sql).await;
    }

    /// The first column of the first row, beside the gateway.
    pub async fn look(&self, sql: &str) -> i64 {
        let connected = self.dialer.connect(&ConnectionString::parse(&self.url).unwrap()).await.unwrap();
        let row = connected.client.query_one(sql, &[]).await.unwrap();
        row.get(0)
    }

    /// Until the first column of the first row is this, beside the gateway.
    pub async fn wait_for(&self, sql: &str, wanted: i64) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let found = self.look(sql).await;
            if found == wanted {
                return;
            }
            assert!(Instant::now() < deadline, "{found} instead of {wanted}: {sql}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks with a body; the answer's `data`.
    pub async fn ask(&self, access: Access, transaction: Option<&str>, body: &Value) -> Result<Value, QueryError> {
        Ok(self.ask_for(access, transaction, body, &Strategy::default()).await?.0)
    }

    pub async fn ask_for(
        &self,
        access: Access,
        transaction: Option<&str>,
        body: &Value,
        strategy: &Strategy,
    ) -> Result<(Value, Status), QueryError> {
        let body = serde_json::to_vec(body).unwrap().into();
        let answer = self.gateway.query(RESOURCE, access, transaction, &body, strategy, None).await?;
        Ok((serde_json::from_slice(&answer.json).unwrap(), answer.status))
    }

    /// A plan of the user's own statements, one after the other.
    pub async fn raw(&self, access: Access, statements: &[&str]) -> Result<Value, QueryError> {
        self.raw_in(access, None, statements).await
    }

    pub async fn raw_in(
        &self,
        access: Access,
        transaction: Option<&str>,
        statements: &[&str],
    ) -> Result<Value, QueryError> {
        let query = |sql: &&str| json!({ "type": "query", "args": { "type": "rawSql", "sql": sql, "args": [], "argTypes": [] } });
        let plan = json!({ "type": "seq", "args": statements.iter().map(query).collect::<Vec<_>>() });
        self.ask(access, transaction, &json!({ "operation": "queryRaw", "plan": plan, "params": {} })).await
    }
}

async fn execute(dialer: &Dialer, url: &str, sql: &str) {
    let connected = dialer.connect(&ConnectionString::parse(url).unwrap()).await.unwrap();
    connected.client.batch_execute(sql).await.unwrap();
    connected.close().await;
}
