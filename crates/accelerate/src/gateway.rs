//! From a request to its answer: which resource, which connection, which plan.

use crate::error::QueryError;
use crate::interpret::{Generators, Run};
use crate::limits::Limits;
use crate::pool::Pool;
use crate::request::{Plans, Query};
use crate::session::{Access, Lease};
use crate::transactions::{End, Transactions};
use futures::future::BoxFuture;
use kernel::ResourceId;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::timeout;
use upstream::{ConnectionString, Dialer};

/// Where a resource's database is, and what may be used of it.
#[derive(Debug)]
pub struct Resource {
    pub target: ConnectionString,
    pub limits: Limits,
    /// Another one whenever anything of the resource changes.
    pub version: u64,
}

/// What the control plane knows of resources.
pub trait Directory: Send + Sync + 'static {
    /// The resource as it is now, by what is at most a second old.
    ///
    /// # Errors
    /// Where Accelerate is not configured or not allowed, with what to do.
    fn resource(&self, id: ResourceId) -> BoxFuture<'_, Result<Arc<Resource>, QueryError>>;
}

/// Time and randomness.
pub trait Source: Send + Sync + 'static {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> u64;

    fn fill(&self, bytes: &mut [u8]);
}

/// Runs plans against the databases of all resources. One for the whole process.
pub struct Gateway {
    directory: Box<dyn Directory>,
    source: Box<dyn Source>,
    dialer: Arc<Dialer>,
    plans: Plans,
    tenants: RwLock<HashMap<(ResourceId, Access), Arc<Tenant>>>,
}

/// One resource by one kind of access: what one tenant does is felt by no other.
struct Tenant {
    version: u64,
    pool: Arc<Pool>,
    transactions: Arc<Transactions>,
}

/// The body of `/transaction/start`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// Milliseconds to wait for a connection.
    #[serde(default)]
    pub max_wait: Option<f64>,
    /// Milliseconds that the transaction may last.
    #[serde(default)]
    pub timeout: Option<f64>,
    #[serde(default)]
    pub isolation_level: Option<Isolation>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Isolation {
    #[serde(rename = "READ UNCOMMITTED")]
    ReadUncommitted,
    #[serde(rename = "READ COMMITTED")]
    ReadCommitted,
    #[serde(rename = "REPEATABLE READ")]
    RepeatableRead,
    Snapshot,
    Serializable,
}

/// How often idle connections are looked after.
const TENDING: Duration = Duration::from_secs(10);

impl Gateway {
    pub fn new(directory: impl Directory, source: impl Source, dialer: Arc<Dialer>) -> Self {
        Self {
            directory: Box::new(directory),
            source: Box::new(source),
            dialer,
            plans: Plans::default(),
            tenants: RwLock::default(),
        }
    }

    /// Answers `POST /query`, or `POST /transaction/ID/query`: the value of `data`, as JSON.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn query(
        &self,
        resource: ResourceId,
        access: Access,
        transaction: Option<&str>,
        body: &[u8],
    ) -> Result<Vec<u8>, QueryError> {
        let tenant = self.tenant(resource, access).await?;
        let query = self.plans.read(body)?;
        let limit = tenant.pool.limits().query_timeout;
        let answer = async {
            let mut out = Vec::with_capacity(1024);
            match transaction {
                Some(id) => tenant.transactions.with(id, async |lease| self.run(lease, &query, &mut out).await).await?,
                None => {
                    let mut lease = tenant.pool.lease(None).await?;
                    let outcome = self.run(&mut lease, &query, &mut out).await;
                    lease.release().await;
                    outcome?;
                }
            }
            Ok(out)
        };
        // What is left of a query that took too long is cancelled by its lease.
        timeout(limit, answer).await.unwrap_or_else(|_| {
            Err(QueryError::limit(
                "P6004",
                format!("Query timeout exceeded: the query took longer than {} ms.", limit.as_millis()),
            ))
        })
    }

    async fn run(&self, lease: &mut Lease, query: &Query, out: &mut Vec<u8>) -> Result<(), QueryError> {
        let mut random = |bytes: &mut [u8]| self.source.fill(bytes);
        let tools = Generators { now_ms: self.source.now_ms(), random: &mut random };
        Run::new(lease, &query.params, &query.comment, tools).answer(&query.plan.root, out).await
    }

    /// Answers `POST /transaction/start`: the id of the new transaction.
    ///
    /// # Errors
    /// P2028 when no connection became free in time.
    pub async fn start(&self, resource: ResourceId, access: Access, start: Start) -> Result<String, QueryError> {
        let tenant = self.tenant(resource, access).await?;
        let limits = tenant.pool.limits();
        let millis = |given: Option<f64>, most: Duration| {
            let given = given.filter(|given| given.is_finite() && *given >= 0.0);
            given.map_or(most, |given| Duration::from_secs_f64(given / 1000.0).min(most))
        };
        let level = match start.isolation_level {
            None => None,
            Some(Isolation::ReadUncommitted) => Some("read uncommitted"),
            Some(Isolation::ReadCommitted) => Some("read committed"),
            Some(Isolation::RepeatableRead) => Some("repeatable read"),
            Some(Isolation::Serializable) => Some("serializable"),
            Some(Isolation::Snapshot) => return Err(QueryError::transaction("Invalid isolation level: SNAPSHOT")),
        };
        let wait = millis(start.max_wait, limits.connection_wait);
        let begun = async {
            let mut lease = tenant.pool.lease(Some(wait)).await?;
            lease.begin_interactive(level).await?;
            Ok::<_, QueryError>(lease)
        };
        let late = || QueryError::transaction("Unable to start a transaction in the given time.");
        let lease = match timeout(wait, begun).await {
            Ok(Err(error)) if error.code == "P2024" => return Err(late()),
            Ok(begun) => begun?,
            Err(_) => return Err(late()),
        };
        let id = crate::js::generate::uuid_v4(&mut |bytes: &mut [u8]| self.source.fill(bytes));
        tenant.transactions.open(&id, lease, millis(start.timeout, limits.transaction_timeout));
        Ok(id)
    }

    /// Answers `POST /transaction/ID/commit` and `/rollback`.
    ///
    /// # Errors
    /// P2028 where there is no such transaction any more.
    pub async fn end(&self, resource: ResourceId, access: Access, id: &str, end: End) -> Result<(), QueryError> {
        self.tenant(resource, access).await?.transactions.end(id, end).await
    }

    /// Answers `GET /connection-info`: the schema that plans are to name, where the connection string has one.
    ///
    /// # Errors
    /// Where the resource cannot be used.
    pub async fn schema(&self, resource: ResourceId, access: Access) -> Result<Option<String>, QueryError> {
        let tenant = self.tenant(resource, access).await?;
        Ok(tenant.pool.target().parameter("schema").map(str::to_owned))
    }

    /// Closes connections that nobody uses, for ever.
    pub async fn tend(&self) {
        loop {
            tokio::time::sleep(TENDING).await;
            self.tenants
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .retain(|_, tenant| tenant.pool.close_idle() || tenant.transactions.count() > 0);
        }
    }

    async fn tenant(&self, id: ResourceId, access: Access) -> Result<Arc<Tenant>, QueryError> {
        let resource = self.directory.resource(id).await?;
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&(id, access)).cloned();
        if let Some(tenant) = known.filter(|tenant| tenant.version == resource.version) {
            return Ok(tenant);
        }
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = tenants.get(&(id, access)).filter(|tenant| tenant.version == resource.version) {
            return Ok(Arc::clone(tenant));
        }
        let tenant = Arc::new(Tenant {
            version: resource.version,
            pool: Pool::new(resource.target.clone(), Arc::clone(&self.dialer), access, resource.limits.clone()),
            transactions: Arc::default(),
        });
        if let Some(old) = tenants.insert((id, access), Arc::clone(&tenant)) {
            old.pool.close();
        }
        Ok(tenant)
    }
}
