use super::{Limits, Plan, Rate};
use crate::Error;
use kernel::{Name, PlanId, ProjectId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct Row {
    id: Uuid,
    name: String,
    built_in: bool,
    requests: Option<i32>,
    queued: Option<i32>,
    connections: Option<i32>,
    query_timeout_ms: Option<i32>,
    transaction_timeout_ms: Option<i32>,
    response_bytes: Option<i32>,
}

impl TryFrom<Row> for Plan {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let limits = Limits {
            rate: rate(row.requests, row.queued),
            connections: number(row.connections),
            query_timeout_ms: number(row.query_timeout_ms),
            transaction_timeout_ms: number(row.transaction_timeout_ms),
            response_bytes: number(row.response_bytes),
        };
        let name = row.name.parse().map_err(|_| Error::inconsistent("plan", "name", row.id))?;
        Ok(Self { id: PlanId::from_uuid(row.id), name, built_in: row.built_in, limits })
    }
}

/// The table allows no negative ones.
pub(crate) fn number(number: Option<i32>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

pub(crate) fn rate(requests: Option<i32>, queued: Option<i32>) -> Option<Rate> {
    Some(Rate { requests: number(requests)?, queued: number(queued)? })
}

/// Held until the transaction ends, so that what was read stays true.
pub async fn lock(db: &mut PgConnection, id: PlanId) -> Result<Option<Plan>, Error> {
    let row = sqlx::query_as!(
        Row,
        "select id, name, built_in, requests, queued, connections, query_timeout_ms, transaction_timeout_ms, response_bytes
         from plan where id = $1 for update",
        id.uuid()
    );
    row.fetch_optional(db).await?.map(TryInto::try_into).transpose()
}

pub async fn of_project(db: &mut PgConnection, project: ProjectId) -> Result<Plan, Error> {
    let row = sqlx::query_as!(
        Row,
        "select l.id, l.name, l.built_in, l.requests, l.queued, l.connections, l.query_timeout_ms, l.transaction_timeout_ms, l.response_bytes
         from plan l join project p on p.plan_id = l.id where p.id = $1",
        project.uuid()
    );
    row.fetch_one(db).await?.try_into()
}

/// A plan, and how many projects have it.
pub struct Counted {
    pub plan: Plan,
    pub projects: u32,
}

/// All plans, those of the product first; `only` narrows them to one.
pub async fn all(db: &mut PgConnection, only: Option<PlanId>) -> Result<Vec<Counted>, Error> {
    let rows = sqlx::query!(
        r#"select id, name, built_in, requests, queued, connections, query_timeout_ms, transaction_timeout_ms, response_bytes,
                  (select count(*) from project p where p.plan_id = l.id) as "projects!"
           from plan l where $1::uuid is null or id = $1 order by not built_in, case when built_in then id end, lower(name)"#,
        only.map(PlanId::uuid)
    )
    .fetch_all(db)
    .await?;
    let counted = rows.into_iter().map(|row| {
        let plan = Row {
            id: row.id,
            name: row.name,
            built_in: row.built_in,
            requests: row.requests,
            queued: row.queued,
            connections: row.connections,
            query_timeout_ms: row.query_timeout_ms,
            transaction_timeout_ms: row.transaction_timeout_ms,
            response_bytes: row.response_bytes,
        };
        Ok(Counted { plan: plan.try_into()?, projects: u32::try_from(row.projects).unwrap_or(u32::MAX) })
    });
    counted.collect()
}

pub async fn count(db: &mut PgConnection) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from plan"#).fetch_one(db).await?)
}

pub async fn projects(db: &mut PgConnection, id: PlanId) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from project where plan_id = $1"#, id.uuid());
    Ok(count.fetch_one(db).await?)
}

/// As the columns have it.
fn column(number: Option<u32>) -> Option<i32> {
    number.and_then(|number| i32::try_from(number).ok())
}

pub async fn insert(
    db: &mut PgConnection,
    id: PlanId,
    name: &Name,
    limits: &Limits,
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into plan (id, name, requests, queued, connections, query_timeout_ms, transaction_timeout_ms, response_bytes, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.uuid(),
        name.as_str(),
        column(limits.rate.map(|rate| rate.requests)),
        column(limits.rate.map(|rate| rate.queued)),
        column(limits.connections),
        column(limits.query_timeout_ms),
        column(limits.transaction_timeout_ms),
        column(limits.response_bytes),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn update(db: &mut PgConnection, id: PlanId, name: &Name, limits: &Limits) -> Result<(), Error> {
    sqlx::query!(
        "update plan set name = $2, requests = $3, queued = $4, connections = $5, query_timeout_ms = $6, transaction_timeout_ms = $7, response_bytes = $8
         where id = $1",
        id.uuid(),
        name.as_str(),
        column(limits.rate.map(|rate| rate.requests)),
        column(limits.rate.map(|rate| rate.queued)),
        column(limits.connections),
        column(limits.query_timeout_ms),
        column(limits.transaction_timeout_ms),
        column(limits.response_bytes)
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete(db: &mut PgConnection, id: PlanId) -> Result<(), Error> {
    sqlx::query!("delete from plan where id = $1", id.uuid()).execute(db).await?;
    Ok(())
}

/// What a project had before.
pub struct Before {
    pub org: Uuid,
    pub plan: Uuid,
}

/// None where there is no such project.
pub async fn assign(db: &mut PgConnection, project: ProjectId, plan: PlanId) -> Result<Option<Before>, Error> {
    let before = sqlx::query_as!(
        Before,
        r#"update project p set plan_id = $2
           from (select id, org_id, plan_id from project where id = $1 for no key update) b
           where p.id = b.id returning b.org_id as org, b.plan_id as plan"#,
        project.uuid(),
        plan.uuid()
    );
    Ok(before.fetch_optional(db).await?)
}
