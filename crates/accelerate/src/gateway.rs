//! From a request to its answer: which resource, which connection, which plan.

use crate::cache::{Answer, Budget, Cache, CacheServer, Owner, Status, Strategy};
use crate::error::QueryError;
use crate::interpret::{Generators, Run};
use crate::limits::Limits;
use crate::meter::Meter;
use crate::pool::Pool;
use crate::request::{Plans, Query};
use crate::session::Access;
use crate::telemetry::{Capture, Recorder};
use crate::throttle::{Rate, Throttle, Throttles};
use crate::transactions::{End, Transactions};
use bytes::Bytes;
use futures::future::BoxFuture;
use kernel::{ProjectId, ResourceId};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::timeout;
use upstream::{ConnectionString, Dialer};

/// Where a resource's database is, and what may be used of it.
#[derive(Debug)]
pub struct Resource {
    pub target: ConnectionString,
    pub limits: Limits,
    pub project: ProjectId,
    /// How fast the queries of the project may come; none for any.
    pub rate: Option<Rate>,
    /// A greater one whenever anything of the resource changes.
    pub version: u64,
    /// Another one ends every kept answer.
    pub cache_epoch: i32,
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
    source: Arc<dyn Source>,
    dialer: Arc<Dialer>,
    /// Stands in the ids of transactions.
    node: u32,
    plans: Plans,
    /// Of all caches together.
    budget: Arc<Budget>,
    /// Where nodes share their answers.
    shared_cache: Option<Arc<CacheServer>>,
    tenants: RwLock<HashMap<(ResourceId, Access), Arc<Tenant>>>,
    throttles: Throttles,
    pub(crate) meter: Box<dyn Meter>,
}

/// One resource by one kind of access: what one tenant does is felt by no other.
pub(crate) struct Tenant {
    version: AtomicU64,
    /// Held by who takes a change up.
    changing: Mutex<()>,
    cache_epoch: AtomicI32,
    pool: Arc<Pool>,
    transactions: Arc<Transactions>,
    cache: Cache,
    /// Of the whole project.
    pub throttle: Arc<Throttle>,
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

/// Bytes of all answers that are kept.
const CACHE: usize = 512 * 1024 * 1024;
/// How often idle connections are looked after.
const TENDING: Duration = Duration::from_secs(10);

impl Gateway {
    pub fn new(directory: impl Directory, source: impl Source, dialer: Arc<Dialer>) -> Self {
        Self {
            directory: Box::new(directory),
            source: Arc::new(source),
            dialer,
            node: 0,
            plans: Plans::default(),
            budget: Budget::new(CACHE),
            shared_cache: None,
            tenants: RwLock::default(),
            throttles: Throttles::default(),
            meter: Box::new(()),
        }
    }

    /// Whether answers are kept in this process alone, so that others have to be told when some end.
    pub fn keeps_its_own_answers(&self) -> bool {
        self.shared_cache.is_none()
    }

    /// One of several: the ids of its transactions begin with this number, as [`crate::node_of`] reads it.
    #[must_use]
    pub fn with_node(self, node: u32) -> Self {
        Self { node, ..self }
    }

    /// The same with answers kept in that server, where other nodes find them, instead of in memory.
    #[must_use]
    pub fn with_shared_cache(mut self, server: Option<Arc<CacheServer>>) -> Self {
        self.shared_cache = server;
        self
    }

    /// Notes what a client asks to be told beside one answer.
    pub fn recorder(&self, capture: Capture) -> Arc<Recorder> {
        Arc::new(Recorder::new(capture, Arc::clone(&self.source)))
    }

    /// Tells the meter of every operation from now on.
    #[must_use]
    pub fn metered(self, meter: impl Meter) -> Self {
        Self { meter: Box::new(meter), ..self }
    }

    /// Runs a query beside throttle and meter, for whoever is no client; a client's goes by [`Gateway::ask`]. `strategy`: whether the answer may be one
    /// that was given before. The `recorder` is told of what this request runs, which is nothing for an answer that was
    /// kept.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn query(
        &self,
        resource: ResourceId,
        access: Access,
        transaction: Option<&str>,
        body: &Bytes,
        strategy: &Strategy,
        recorder: Option<&Arc<Recorder>>,
    ) -> Result<Answer, QueryError> {
        let tenant = self.tenant(resource, access).await?;
        self.answer(tenant, transaction, body, strategy, recorder).await
    }

    pub(crate) async fn answer(
        &self,
        tenant: Arc<Tenant>,
        transaction: Option<&str>,
        body: &Bytes,
        strategy: &Strategy,
        recorder: Option<&Arc<Recorder>>,
    ) -> Result<Answer, QueryError> {
        let query = self.plans.read(body)?;
        if let (Some(params), None, true, false) =
            (query.raw_params(), transaction, tenant.pool.limits().cache, strategy.is_none() || !query.plan.reads)
        {
            let (plan, params) = (Arc::clone(&query.plan), params.clone());
            let (cache, source) = (tenant.cache.clone(), Arc::clone(&self.source));
            let now_ms = source.now_ms();
            let recorder = recorder.cloned();
            let run = || -> BoxFuture<'static, _> {
                Box::pin(async move { run(tenant, source, query, None, recorder.as_deref()).await })
            };
            return cache.answer(&plan, params, strategy, now_ms, run).await;
        }
        let recorder = recorder.map(|recorder| &**recorder);
        let (json, at_ms) = run(tenant, Arc::clone(&self.source), query, transaction, recorder).await?;
        Ok(Answer { json, status: Status::None, at_ms })
    }

    /// Answers `POST /invalidate`: ends the kept answers that have one of the tags, or all.
    ///
    /// # Errors
    /// Where the resource cannot be used, and where nodes share answers and their server did not acknowledge it.
    pub async fn invalidate(&self, resource: ResourceId, tags: Option<&[Box<str>]>) -> Result<(), QueryError> {
        for access in [Access::Full, Access::ReadOnly] {
            self.tenant(resource, access).await?.cache.invalidate(tags).await?;
        }
        Ok(())
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
            given
                .and_then(|given| Duration::try_from_secs_f64(given / 1000.0).ok())
                .map_or(most, |given| given.min(most))
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
        let id = crate::transaction_id::new(self.node, &mut |bytes: &mut [u8]| self.source.fill(bytes));
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

    /// Closes connections that nobody uses and drops answers whose time is over, for ever.
    pub async fn tend(&self) {
        loop {
            tokio::time::sleep(TENDING).await;
            self.throttles.tend();
            // One after the other, and none under the lock that every query takes.
            let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner).clone();
            for (key, tenant) in tenants {
                tenant.cache.sweep(self.source.now_ms()).await;
                tenant.pool.close_idle();
                if tenant.is_unused() {
                    self.forget(key, &tenant);
                }
            }
        }
    }

    /// Unless somebody has begun to use it again: then there is another hand on it than the list's and the one here.
    fn forget(&self, key: (ResourceId, Access), tenant: &Arc<Tenant>) {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if tenants.get(&key).is_some_and(|known| Arc::ptr_eq(known, tenant))
            && Arc::strong_count(tenant) == 2
            && tenant.is_unused()
        {
            tenants.remove(&key);
        }
    }

    pub(crate) async fn tenant(&self, id: ResourceId, access: Access) -> Result<Arc<Tenant>, QueryError> {
        let resource = self.directory.resource(id).await?;
        let known = self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&(id, access)).cloned();
        if let Some(tenant) = known.filter(|tenant| tenant.is_of(&resource)) {
            return Ok(tenant);
        }
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        let old = tenants.get(&(id, access)).cloned();
        if let Some(tenant) = old.as_ref().filter(|tenant| tenant.is_of(&resource)) {
            return Ok(Arc::clone(tenant));
        }
        let limits = resource.limits.clone();
        let tenant = Arc::new(Tenant {
            version: AtomicU64::new(resource.version),
            changing: Mutex::default(),
            cache_epoch: AtomicI32::new(resource.cache_epoch),
            cache: self.cache(id, access, &resource),
            pool: Pool::new(resource.target.clone(), Arc::clone(&self.dialer), access, limits),
            // Those that are open go on where they began.
            transactions: old.as_ref().map(|old| Arc::clone(&old.transactions)).unwrap_or_default(),
            throttle: self.throttles.of(resource.project, resource.rate),
        });
        tenants.insert((id, access), Arc::clone(&tenant));
        if let Some(old) = old {
            old.pool.retire();
        }
        Ok(tenant)
    }

    fn cache(&self, id: ResourceId, access: Access, resource: &Resource) -> Cache {
        let most = resource.limits.cache_bytes;
        let Some(server) = &self.shared_cache else { return Cache::in_memory(most, Arc::clone(&self.budget)) };
        let (target, epoch, source) = (&resource.target, resource.cache_epoch, Arc::clone(&self.source));
        Cache::shared(Arc::clone(server), &Owner { resource: id, access, target, epoch, source }, most)
    }
}

impl Tenant {
    /// Whether it still is this resource, taking up what has changed: only another database or other credentials make it another one. A request that knows
    /// less than others before it gets what they made of it.
    fn is_of(&self, resource: &Resource) -> bool {
        let is_known = || self.version.load(Ordering::Acquire) >= resource.version;
        if is_known() {
            return true;
        }
        if !self.pool.target().is_same(&resource.target) {
            return false;
        }
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if is_known() {
            return true;
        }
        if **self.pool.limits() != resource.limits {
            self.pool.take_up(resource.limits.clone());
            self.cache.bound(resource.limits.cache_bytes);
        }
        if self.cache_epoch.swap(resource.cache_epoch, Ordering::Relaxed) != resource.cache_epoch {
            self.cache.enter(resource.cache_epoch);
        }
        self.throttle.set(resource.rate);
        self.version.store(resource.version, Ordering::Release);
        true
    }

    /// Nothing is lost by forgetting it: kept answers are told without a connection.
    fn is_unused(&self) -> bool {
        self.pool.is_empty() && self.transactions.count() == 0 && self.cache.bytes() == 0
    }
}

/// Runs a query over a connection of its own, or the one of its transaction: the value of `data` as JSON, and when it was asked for.
async fn run(
    tenant: Arc<Tenant>,
    source: Arc<dyn Source>,
    query: Query,
    transaction: Option<&str>,
    recorder: Option<&Recorder>,
) -> Result<(Bytes, u64), QueryError> {
    let (plan, params, comment) = query.read()?;
    let now_ms = source.now_ms();
    let (limit, mut out) = (tenant.pool.limits().query_timeout, Vec::with_capacity(1024));
    let answer = async {
        let mut random = |bytes: &mut [u8]| source.fill(bytes);
        match transaction {
            Some(id) => {
                let mut held = tenant.transactions.hold(id, "query").await?;
                let tools = Generators { now_ms, random: &mut random, pairs: 0 };
                let mut run = Run::new(held.lease()?, &params, &comment, tools).telling(recorder);
                let outcome = run.answer(&plan.root, &mut out).await;
                held.give_back();
                outcome
            }
            None => {
                let mut lease = tenant.pool.lease(None).await?;
                let tools = Generators { now_ms, random: &mut random, pairs: 0 };
                let mut run = Run::new(&mut lease, &params, &comment, tools).telling(recorder);
                let outcome = run.answer(&plan.root, &mut out).await;
                lease.release().await;
                outcome
            }
        }
    };
    // What is left of a query that took too long, or whose client went away, is cancelled by its lease; the transaction that it stood in ends with it.
    timeout(limit, answer).await.unwrap_or_else(|_| {
        let limit = limit.as_millis();
        Err(QueryError::limit("P6004", format!("Query timeout exceeded: the query took longer than {limit} ms.")))
    })?;
    Ok((out.into(), now_ms))
}
