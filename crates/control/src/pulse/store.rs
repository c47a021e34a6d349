use super::consumers::Opened;
use super::directory::{Served, Wanted};
use super::journal::{NewEvent, Position, Pruned, StoredEvent};
use super::leases::Lease;
use super::streams::Stream;
use super::{Enabled, Settings};
use crate::Error;
use crate::gateways::NodeId;
use kernel::{ResourceId, UserId};
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

type Tables = Option<Json<Vec<(String, String)>>>;

pub async fn find(db: &mut PgConnection, id: ResourceId) -> Result<Option<Enabled>, Error> {
    let row = sqlx::query!(
        r#"select p.persistence, p.retention_hours, p.tables as "tables: Json<Vec<(String, String)>>", p.automatic, p.enabled_at, p.paused_at,
                  p.removed_at, j.gap_at, j.gap_reason
           from pulse p join pulse_journal j using (resource_id) where p.resource_id = $1"#,
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    let enabled = row.map(|row| {
        let settings = Settings {
            persistence: row.persistence,
            retention_hours: u32::try_from(row.retention_hours)
                .map_err(|_| Error::inconsistent("pulse", "retention_hours", id))?,
            tables: row.tables.map(|tables| tables.0),
            automatic: row.automatic,
        };
        let gap = row.gap_at.zip(row.gap_reason);
        let (enabled_at, paused_at, removed_at) = (row.enabled_at, row.paused_at, row.removed_at);
        Ok(Enabled { settings, enabled_at, paused_at, removed_at, gap })
    });
    enabled.transpose()
}

pub async fn enable(
    db: &mut PgConnection,
    id: ResourceId,
    settings: &Settings,
    by: UserId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let hours = i32::try_from(settings.retention_hours).unwrap_or(i32::MAX);
    let tables: Tables = settings.tables.clone().map(Json);
    sqlx::query!(
        "insert into pulse (resource_id, persistence, retention_hours, tables, automatic, enabled_by, enabled_at)
         values ($1, $2, $3, $4, $7, (select id from user_account where id = $5), $6)
         on conflict (resource_id) do update set persistence = excluded.persistence, retention_hours = excluded.retention_hours",
        id.uuid(),
        settings.persistence,
        hours,
        tables as _,
        by.uuid(),
        now,
        settings.automatic
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("insert into pulse_journal (resource_id) values ($1) on conflict do nothing", id.uuid())
        .execute(db)
        .await?;
    Ok(())
}

/// Whether it was there. What is left in the database is noted by a trigger.
pub async fn delete(db: &mut PgConnection, id: ResourceId) -> Result<bool, Error> {
    let done = sqlx::query!("delete from pulse where resource_id = $1", id.uuid()).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

pub async fn pause(db: &mut PgConnection, id: ResourceId, at: Option<OffsetDateTime>) -> Result<(), Error> {
    sqlx::query!("update pulse set paused_at = $2, removed_at = null where resource_id = $1", id.uuid(), at)
        .execute(db)
        .await?;
    Ok(())
}

/// Pauses it too, unless it is.
pub async fn remove(db: &mut PgConnection, id: ResourceId, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!(
        "update pulse set paused_at = coalesce(paused_at, $2), removed_at = $2 where resource_id = $1",
        id.uuid(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set(db: &mut PgConnection, id: ResourceId, persistence: bool, hours: u32) -> Result<(), Error> {
    let hours = i32::try_from(hours).unwrap_or(i32::MAX);
    sqlx::query!(
        "update pulse set persistence = $2, retention_hours = $3 where resource_id = $1",
        id.uuid(),
        persistence,
        hours
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn served(db: &mut PgConnection, id: ResourceId) -> Result<Option<Served>, Error> {
    let served = sqlx::query_as!(
        Served,
        "select p.persistence, j.streams_version, j.epoch, j.gap_reason from pulse p join pulse_journal j using (resource_id)
              join resource r on r.id = p.resource_id join project on project.id = r.project_id join organization o on o.id = project.org_id
         where p.resource_id = $1 and o.pulse_access <> 'off'",
        id.uuid()
    );
    Ok(served.fetch_optional(db).await?)
}

/// A row's `xmin` is another one after each change.
pub async fn wanted(db: &mut PgConnection) -> Result<Vec<Wanted>, Error> {
    let rows = sqlx::query!(
        r#"select p.resource_id, format('%s.%s', p.xmin, r.xmin) as "version!", l.expires_at is null or l.expires_at < clock_timestamp() as "is_free!"
           from pulse p join resource r on r.id = p.resource_id join project on project.id = r.project_id
                join organization o on o.id = project.org_id left join pulse_lease l on l.resource_id = p.resource_id
           where p.paused_at is null and r.connection_string is not null and o.pulse_access <> 'off'
                 and not exists (select from pulse_leftover x where x.resource_id = p.resource_id)"#
    )
    .fetch_all(db)
    .await?;
    let wanted = rows.into_iter().map(|row| Wanted {
        resource: ResourceId::from_uuid(row.resource_id),
        version: row.version,
        is_free: row.is_free,
    });
    Ok(wanted.collect())
}

/// Of a [`super::directory::Target`], its connection string still sealed.
pub struct SealedTarget {
    pub connection: Vec<u8>,
    pub tables: Option<Vec<(String, String)>>,
    pub automatic: bool,
}

pub async fn target(db: &mut PgConnection, id: ResourceId) -> Result<Option<SealedTarget>, Error> {
    let row = sqlx::query!(
        r#"select r.connection_string as "connection!", p.tables as "tables: Json<Vec<(String, String)>>", p.automatic
           from pulse p join resource r on r.id = p.resource_id where p.resource_id = $1 and r.connection_string is not null"#,
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| SealedTarget {
        connection: row.connection,
        tables: row.tables.map(|tables| tables.0),
        automatic: row.automatic,
    }))
}

pub async fn take_lease(db: &mut PgConnection, id: ResourceId, node: NodeId, term: f64) -> Result<Option<i64>, Error> {
    let token = sqlx::query_scalar!(
        "insert into pulse_lease as l (resource_id, owner, token, expires_at)
         values ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
         on conflict (resource_id) do update set owner = excluded.owner, token = l.token + 1, expires_at = clock_timestamp() + make_interval(secs => $3)
             where l.expires_at < clock_timestamp()
         returning token",
        id.uuid(),
        node.0,
        term
    );
    Ok(token.fetch_optional(db).await?)
}

pub async fn renew_leases(db: &mut PgConnection, leases: &[Lease], term: f64) -> Result<Vec<ResourceId>, Error> {
    let (ids, tokens): (Vec<Uuid>, Vec<i64>) = leases.iter().map(|lease| (lease.resource.uuid(), lease.token)).unzip();
    let held = sqlx::query_scalar!(
        "update pulse_lease l set expires_at = clock_timestamp() + make_interval(secs => $3)
         from unnest($1::uuid[], $2::bigint[]) as held (id, token) where l.resource_id = held.id and l.token = held.token
         returning l.resource_id",
        &ids,
        &tokens,
        term
    );
    Ok(held.fetch_all(db).await?.into_iter().map(ResourceId::from_uuid).collect())
}

pub async fn give_up_lease(db: &mut PgConnection, lease: Lease) -> Result<(), Error> {
    sqlx::query!(
        "update pulse_lease set expires_at = '-infinity' where resource_id = $1 and token = $2",
        lease.resource.uuid(),
        lease.token
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn leftovers(db: &mut PgConnection) -> Result<Vec<ResourceId>, Error> {
    let ids = sqlx::query_scalar!("select resource_id from pulse_leftover where next_try_at <= clock_timestamp()");
    Ok(ids.fetch_all(db).await?.into_iter().map(ResourceId::from_uuid).collect())
}

pub async fn leftover(db: &mut PgConnection, lease: Lease) -> Result<Option<Vec<u8>>, Error> {
    let sealed = sqlx::query_scalar!(
        "select connection_string from pulse_leftover join pulse_lease using (resource_id) where resource_id = $1 and token = $2",
        lease.resource.uuid(),
        lease.token
    );
    Ok(sealed.fetch_optional(db).await?)
}

pub async fn delete_leftover(db: &mut PgConnection, id: ResourceId) -> Result<(), Error> {
    sqlx::query!("delete from pulse_leftover where resource_id = $1", id.uuid()).execute(db).await?;
    Ok(())
}

pub async fn delay_leftover(db: &mut PgConnection, id: ResourceId) -> Result<bool, Error> {
    sqlx::query!(
        "delete from pulse_leftover x where resource_id = $1 and exists (select from pulse p where p.resource_id = x.resource_id)",
        id.uuid()
    )
    .execute(&mut *db)
    .await?;
    let done = sqlx::query!(
        "update pulse_leftover set tries = tries + 1, next_try_at = clock_timestamp() + least(10 * 2 ^ least(tries, 20), 3600) * interval '1 second'
         where resource_id = $1",
        id.uuid()
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn position(db: &mut PgConnection, lease: Lease) -> Result<Option<Option<Position>>, Error> {
    let row = sqlx::query!(
        "select epoch, system, through from pulse_journal join pulse_lease using (resource_id) where resource_id = $1 and token = $2",
        lease.resource.uuid(),
        lease.token
    )
    .fetch_optional(db)
    .await?;
    let position = row.map(|row| {
        let fault = |column| Error::inconsistent("pulse_journal", column, lease.resource);
        Ok(Position {
            epoch: u32::try_from(row.epoch).map_err(|_| fault("epoch"))?,
            system: row.system,
            through: u64::try_from(row.through).map_err(|_| fault("through"))?,
        })
    });
    let position: Option<Position> = position.transpose().map_err(|error: Error| error)?;
    Ok(position.map(|position| (position.epoch > 0).then_some(position)))
}

pub async fn begin(db: &mut PgConnection, lease: Lease, at: &Position, gap: Option<&str>) -> Result<bool, Error> {
    let done = sqlx::query!(
        "with held as (select from pulse_lease where resource_id = $1 and token = $2 for share)
         update pulse_journal set epoch = $3, system = $4, through = $5, gap_reason = coalesce($6, gap_reason),
             gap_at = case when $6::text is null then gap_at else now() end
         where resource_id = $1 and exists (select from held)",
        lease.resource.uuid(),
        lease.token,
        i64::from(at.epoch),
        at.system,
        signed(at.through),
        gap
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// One statement, so that the token is checked, and held, while it writes: whoever takes the lease waits for it, and sees what it has written.
pub async fn append(
    db: &mut PgConnection,
    lease: Lease,
    events: &[NewEvent<'_>],
    through: u64,
) -> Result<Option<u64>, Error> {
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let actions: String = events.iter().map(|event| event.action).collect();
    let tables: Vec<i64> = events.iter().map(|event| event.table).collect();
    let changes: Vec<&[u8]> = events.iter().map(|event| event.change).collect();
    let through = sqlx::query_scalar!(
        "with held as (select from pulse_lease where resource_id = $1 and token = $2 for share),
              added as (insert into pulse_batch (resource_id, first, last, events, ids, actions, tables, changes, arrived_at)
                        select $1, ($4::text[])[1], ($4::text[])[cardinality($4::text[])], cardinality($4::text[]), $4, $5, $6, $7, clock_timestamp()
                        where cardinality($4::text[]) > 0 and exists (select from held)
                        on conflict do nothing)
         update pulse_journal set through = greatest(through, $3) where resource_id = $1 and exists (select from held) returning through",
        lease.resource.uuid(),
        lease.token,
        signed(through),
        &ids as _,
        &actions,
        &tables,
        &changes as _
    );
    Ok(through.fetch_optional(db).await?.and_then(|through| u64::try_from(through).ok()))
}

pub async fn table(db: &mut PgConnection, id: ResourceId, digest: &[u8], encoded: &[u8]) -> Result<i64, Error> {
    let number = sqlx::query_scalar!(
        "insert into pulse_table (resource_id, digest, encoded) values ($1, $2, $3)
         on conflict (resource_id, digest) do update set encoded = excluded.encoded returning id",
        id.uuid(),
        digest,
        encoded
    );
    Ok(number.fetch_one(db).await?)
}

pub async fn encoded_table(db: &mut PgConnection, id: ResourceId, number: i64) -> Result<Option<Vec<u8>>, Error> {
    let encoded =
        sqlx::query_scalar!("select encoded from pulse_table where resource_id = $1 and id = $2", id.uuid(), number);
    Ok(encoded.fetch_optional(db).await?)
}

pub async fn last(db: &mut PgConnection, id: ResourceId) -> Result<String, Error> {
    let last = sqlx::query_scalar!(
        r#"select coalesce(max(last), '') as "last!" from pulse_batch where resource_id = $1"#,
        id.uuid()
    );
    Ok(last.fetch_one(db).await?)
}

pub async fn has_between(db: &mut PgConnection, id: ResourceId, after: &str, before: &str) -> Result<bool, Error> {
    let has = sqlx::query_scalar!(
        r#"select exists (select from pulse_batch where resource_id = $1 and last > $2 and last < $3) as "has!""#,
        id.uuid(),
        after,
        before
    );
    Ok(has.fetch_one(db).await?)
}

pub async fn read(
    db: &mut PgConnection,
    id: ResourceId,
    after: &str,
    most: i64,
) -> Result<Vec<Vec<StoredEvent>>, Error> {
    let rows = sqlx::query!(
        "select ids, actions, tables, changes from
             (select b.*, sum(octet_length) over (order by last) - octet_length as before from
                  (select *, pg_column_size(changes) as octet_length from pulse_batch where resource_id = $1 and last > $2 order by last limit 1000) b) b
         where before < $3 order by last",
        id.uuid(),
        after,
        most
    );
    let batches = rows.fetch_all(db).await?.into_iter().map(|row| {
        let events = row.ids.into_iter().zip(row.actions.bytes()).zip(row.tables.into_iter().zip(row.changes));
        events.map(|((id, action), (table, change))| StoredEvent { id, action, table, change }).collect()
    });
    Ok(batches.collect())
}

pub async fn prune(db: &mut PgConnection) -> Result<Pruned, Error> {
    let pruned = sqlx::query!(
        r#"with kept as (
               select p.resource_id, coalesce(min(s.cursor), '~') as acknowledged,
                      case when p.persistence then make_interval(hours => p.retention_hours) else interval '1 minute' end as retention
               from pulse p left join pulse_stream s using (resource_id) group by p.resource_id),
           gone as (
               delete from pulse_batch b using kept k
               where b.resource_id = k.resource_id and b.arrived_at < now() - interval '1 minute'
                     and (b.last <= k.acknowledged or b.arrived_at < now() - k.retention)
               returning b.events, case when b.last <= k.acknowledged then 0 when b.first > k.acknowledged then b.events
                         else (select count(*) from unnest(b.ids) as id where id > k.acknowledged) end as unacknowledged)
           select coalesce(sum(events), 0)::bigint as "events!", coalesce(sum(unacknowledged), 0)::bigint as "unacknowledged!" from gone"#
    )
    .fetch_one(db)
    .await?;
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Pruned { events: count(pruned.events), unacknowledged: count(pruned.unacknowledged) })
}

pub async fn open_stream(db: &mut PgConnection, id: ResourceId, name: &str) -> Result<Option<Opened>, Error> {
    let opened = sqlx::query_as!(
        Opened,
        "insert into pulse_stream as s (resource_id, name, cursor, created_at, seen_at)
         select p.resource_id, $2, coalesce((select max(b.last) from pulse_batch b where b.resource_id = $1), ''), now(), now()
         from pulse p where p.resource_id = $1
         on conflict (resource_id, name) do update set seen_at = now() returning s.cursor, s.generation",
        id.uuid(),
        name
    );
    Ok(opened.fetch_optional(db).await?)
}

pub async fn acknowledge(
    db: &mut PgConnection,
    id: ResourceId,
    name: &str,
    generation: i64,
    event: &str,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "update pulse_stream set cursor = greatest(cursor, $4), seen_at = now() where resource_id = $1 and name = $2 and generation = $3",
        id.uuid(),
        name,
        generation,
        event
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn streams(db: &mut PgConnection, id: ResourceId) -> Result<Vec<Stream>, Error> {
    let rows = sqlx::query!(
        r#"select name, cursor, created_at, seen_at,
                  (select coalesce(sum(case when b.first > s.cursor then b.events
                                           else (select count(*) from unnest(b.ids) as id where id > s.cursor) end), 0)::bigint
                   from pulse_batch b where b.resource_id = s.resource_id and b.last > s.cursor) as "waiting!",
                  (select b.arrived_at from pulse_batch b where b.resource_id = s.resource_id and b.last > s.cursor order by b.last limit 1) as waiting_since
           from pulse_stream s where resource_id = $1 order by name"#,
        id.uuid()
    )
    .fetch_all(db)
    .await?;
    let streams = rows.into_iter().map(|row| Stream {
        name: row.name,
        cursor: Some(row.cursor).filter(|cursor| !cursor.is_empty()),
        waiting: u64::try_from(row.waiting).unwrap_or_default(),
        waiting_since: row.waiting_since,
        created_at: row.created_at,
        seen_at: row.seen_at,
    });
    Ok(streams.collect())
}

/// Where it stood.
pub async fn delete_stream(db: &mut PgConnection, id: ResourceId, name: &str) -> Result<Option<String>, Error> {
    let cursor = sqlx::query_scalar!(
        "delete from pulse_stream where resource_id = $1 and name = $2 returning cursor",
        id.uuid(),
        name
    );
    let cursor = cursor.fetch_optional(&mut *db).await?;
    end_connections(db, id).await?;
    Ok(cursor)
}

/// Where it stood.
pub async fn replay(db: &mut PgConnection, id: ResourceId, name: &str, after: &str) -> Result<Option<String>, Error> {
    let before = sqlx::query_scalar!(
        "with before as (select cursor from pulse_stream where resource_id = $1 and name = $2 for update)
         update pulse_stream set cursor = $3, generation = generation + 1 from before
         where resource_id = $1 and name = $2 returning before.cursor",
        id.uuid(),
        name,
        after
    );
    let before = before.fetch_optional(&mut *db).await?;
    end_connections(db, id).await?;
    Ok(before)
}

async fn end_connections(db: &mut PgConnection, id: ResourceId) -> Result<(), Error> {
    sqlx::query!("update pulse_journal set streams_version = streams_version + 1 where resource_id = $1", id.uuid())
        .execute(db)
        .await?;
    Ok(())
}

/// A position in a log of Postgres, of which the highest bit is never set.
fn signed(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
