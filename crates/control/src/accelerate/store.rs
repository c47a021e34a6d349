use super::directory::Version;
use super::traffic::Traffic;
use super::{Configured, Settings};
use crate::plans::store::{number, rate};
use crate::{Error, plans};
use kernel::{ProjectId, ResourceId, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    region: String,
    connections: Option<i32>,
    query_timeout_ms: Option<i32>,
    transaction_timeout_ms: Option<i32>,
    response_bytes: Option<i32>,
    cache: bool,
    configured_at: OffsetDateTime,
}

impl From<Row> for Configured {
    fn from(row: Row) -> Self {
        // The table allows positive numbers alone.
        let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        let settings = Settings {
            connections: number(row.connections),
            query_timeout_ms: number(row.query_timeout_ms),
            transaction_timeout_ms: number(row.transaction_timeout_ms),
            response_bytes: number(row.response_bytes),
            cache: row.cache,
        };
        Self { region: row.region, settings, configured_at: row.configured_at }
    }
}

pub async fn find(db: &mut PgConnection, id: ResourceId) -> Result<Option<Configured>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select region, connections, query_timeout_ms, transaction_timeout_ms, response_bytes, cache, configured_at
         from accelerate where resource_id = $1",
        id.uuid()
    );
    Ok(row.fetch_optional(db).await?.map(Into::into))
}

pub async fn of_project(db: &mut PgConnection, project: ProjectId) -> Result<Vec<ResourceId>, Error> {
    let ids = sqlx::query_scalar!(
        "select a.resource_id from accelerate a join resource r on r.id = a.resource_id where r.project_id = $1",
        project.uuid()
    );
    Ok(ids.fetch_all(db).await?.into_iter().map(ResourceId::from_uuid).collect())
}

pub async fn configure(
    db: &mut PgConnection,
    id: ResourceId,
    region: &str,
    by: UserId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into accelerate (resource_id, region, configured_by, configured_at)
         values ($1, $2, (select id from user_account where id = $3), $4)
         on conflict (resource_id) do update set region = excluded.region, configured_by = excluded.configured_by, configured_at = excluded.configured_at",
        id.uuid(),
        region,
        by.uuid(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set(db: &mut PgConnection, id: ResourceId, settings: &Settings) -> Result<(), Error> {
    let number = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    sqlx::query!(
        "update accelerate set connections = $2, query_timeout_ms = $3, transaction_timeout_ms = $4, response_bytes = $5, cache = $6
         where resource_id = $1",
        id.uuid(),
        number(settings.connections),
        number(settings.query_timeout_ms),
        number(settings.transaction_timeout_ms),
        number(settings.response_bytes),
        settings.cache
    )
    .execute(db)
    .await?;
    Ok(())
}

/// One that never was the epoch of any resource. False where Accelerate is not configured.
pub async fn next_epoch(db: &mut PgConnection, id: ResourceId) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update accelerate set cache_epoch = nextval('accelerate_epoch') where resource_id = $1",
        id.uuid()
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What was there, deleted.
pub async fn delete(db: &mut PgConnection, id: ResourceId) -> Result<Option<Configured>, Error> {
    let row = sqlx::query_as!(
        Row,
        "delete from accelerate where resource_id = $1
         returning region, connections, query_timeout_ms, transaction_timeout_ms, response_bytes, cache, configured_at",
        id.uuid()
    );
    Ok(row.fetch_optional(db).await?.map(Into::into))
}

/// A route, its connection string still sealed.
pub struct SealedRoute {
    pub connection: Vec<u8>,
    pub settings: Settings,
    pub project: ProjectId,
    pub plan: plans::Limits,
    pub cache_epoch: i32,
    pub version: Version,
}

pub async fn route(db: &mut PgConnection, id: ResourceId) -> Result<Option<SealedRoute>, Error> {
    let row = sqlx::query!(
        r#"select r.connection_string as "connection!", a.region, a.connections, a.query_timeout_ms, a.transaction_timeout_ms,
                  a.response_bytes, a.cache, a.cache_epoch, a.configured_at, p.id as project, l.requests, l.queued,
                  l.connections as most_connections, l.query_timeout_ms as most_query_timeout_ms,
                  l.transaction_timeout_ms as most_transaction_timeout_ms, l.response_bytes as most_response_bytes,
                  format('%s.%s.%s.%s.%s', r.xmin, a.xmin, o.xmin, p.xmin, l.xmin) as "version!"
           from accelerate a join resource r on r.id = a.resource_id join project p on p.id = r.project_id
                join organization o on o.id = p.org_id join plan l on l.id = p.plan_id
           where a.resource_id = $1 and r.connection_string is not null and o.accelerate_access <> 'off'"#,
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        let configured = Configured::from(Row {
            region: row.region,
            connections: row.connections,
            query_timeout_ms: row.query_timeout_ms,
            transaction_timeout_ms: row.transaction_timeout_ms,
            response_bytes: row.response_bytes,
            cache: row.cache,
            configured_at: row.configured_at,
        });
        SealedRoute {
            connection: row.connection,
            settings: configured.settings,
            project: ProjectId::from_uuid(row.project),
            plan: plans::Limits {
                rate: rate(row.requests, row.queued),
                connections: number(row.most_connections),
                query_timeout_ms: number(row.most_query_timeout_ms),
                transaction_timeout_ms: number(row.most_transaction_timeout_ms),
                response_bytes: number(row.most_response_bytes),
            },
            cache_epoch: row.cache_epoch,
            version: Version(row.version),
        }
    }))
}

/// A row's `xmin` is another one after each change.
pub async fn versions(db: &mut PgConnection, ids: &[ResourceId]) -> Result<Vec<(ResourceId, Version)>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select a.resource_id, format('%s.%s.%s.%s.%s', r.xmin, a.xmin, o.xmin, p.xmin, l.xmin) as "version!"
           from accelerate a join resource r on r.id = a.resource_id join project p on p.id = r.project_id
                join organization o on o.id = p.org_id join plan l on l.id = p.plan_id
           where a.resource_id = any($1) and r.connection_string is not null and o.accelerate_access <> 'off'"#,
        &ids
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (ResourceId::from_uuid(row.resource_id), Version(row.version))).collect())
}

pub async fn traffic(db: &mut PgConnection, id: ResourceId) -> Result<Option<Traffic>, Error> {
    let traffic = sqlx::query_as!(
        Traffic,
        "select t.first_query_at, t.last_query_at from accelerate_traffic t join accelerate a using (resource_id)
         where t.resource_id = $1 and t.first_query_at >= a.configured_at",
        id.uuid()
    );
    Ok(traffic.fetch_optional(db).await?)
}

/// What was seen before the resource was configured the last time counts for nothing. In the order of the ids, so that two nodes wait for each other
/// and do not meet.
pub async fn saw(db: &mut PgConnection, seen: &[(ResourceId, OffsetDateTime)]) -> Result<(), Error> {
    let (ids, times): (Vec<Uuid>, Vec<OffsetDateTime>) = seen.iter().map(|(id, at)| (id.uuid(), *at)).unzip();
    sqlx::query!(
        "insert into accelerate_traffic as t (resource_id, first_query_at, last_query_at)
         select a.resource_id, min(s.at), max(s.at) from unnest($1::uuid[], $2::timestamptz[]) as s (id, at) join accelerate a on a.resource_id = s.id
         where s.at >= a.configured_at group by a.resource_id order by a.resource_id
         on conflict (resource_id) do update set
             first_query_at = case when t.first_query_at >= (select configured_at from accelerate a where a.resource_id = t.resource_id)
                                   then least(t.first_query_at, excluded.first_query_at) else excluded.first_query_at end,
             last_query_at = greatest(t.last_query_at, excluded.last_query_at)",
        &ids,
        &times
    )
    .execute(db)
    .await?;
    Ok(())
}
