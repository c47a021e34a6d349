use super::StoredKey;
use super::uses::Use;
use crate::Error;
use crate::keys::HashedKey;
use ipnet::IpNet;
use kernel::key::Rights;
use kernel::{KeyId, OrgId, ProjectId, ResourceId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct KeyRow {
    key_hash: Vec<u8>,
    id: Uuid,
    org_id: Uuid,
    project_id: Uuid,
    resource_id: Option<Uuid>,
    rights: String,
    disabled: bool,
    expires_at: Option<OffsetDateTime>,
    allowed_ranges: Vec<IpNet>,
}

impl TryFrom<KeyRow> for (HashedKey, StoredKey) {
    type Error = Error;
    fn try_from(row: KeyRow) -> Result<Self, Error> {
        let key = StoredKey {
            id: KeyId::from_uuid(row.id),
            org: OrgId::from_uuid(row.org_id),
            project: ProjectId::from_uuid(row.project_id),
            resource: row.resource_id.map(ResourceId::from_uuid),
            rights: row.rights.parse::<Rights>().map_err(|_| Error::inconsistent("api_key", "rights", row.id))?,
            disabled: row.disabled,
            expires_at: row.expires_at,
            allowed_ranges: row.allowed_ranges,
        };
        Ok((hashed(&row.key_hash)?, key))
    }
}

fn hashed(bytes: &[u8]) -> Result<HashedKey, Error> {
    bytes.try_into().map(HashedKey).map_err(|_| Error::Fault("a key's hash in the database is not of 32 bytes".into()))
}

/// What a reader of the feed has seen.
pub struct Position {
    /// As `pg_snapshot` prints it.
    snapshot: String,
    /// A server that started anew may be another one, with transactions numbered differently.
    server_start: OffsetDateTime,
}

pub async fn position(db: &mut PgConnection) -> Result<Position, Error> {
    Ok(sqlx::query_as!(
        Position,
        r#"select pg_current_snapshot()::text as "snapshot!", pg_postmaster_start_time() as "server_start!""#
    )
    .fetch_one(db)
    .await?)
}

/// The hashes of keys that were made, changed or removed by transactions which `since` had not seen, and the position after them. None when
/// the feed cannot tell.
pub async fn changes(db: &mut PgConnection, since: &Position) -> Result<Option<(Position, Vec<HashedKey>)>, Error> {
    // Rows and floors that are not below the current snapshot came with a dump of another server.
    let row = sqlx::query!(
        r#"with changed as (
               select key_hash, project_id from key_change
               where xid >= pg_snapshot_xmin($1::text::pg_snapshot) and xid < pg_snapshot_xmax(pg_current_snapshot())
                 and not pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
           ), touched as (
               select key_hash from changed where key_hash is not null
               union
               select k.key_hash from changed c join api_key k on k.project_id = c.project_id and k.resource_id is null
           )
           select pg_current_snapshot()::text as "snapshot!", pg_postmaster_start_time() as "server_start!",
                  coalesce((select min(floor) from key_change_floor where floor <= pg_snapshot_xmin(pg_current_snapshot()))
                           > pg_snapshot_xmin($1::text::pg_snapshot), false) as "pruned!",
                  array(select key_hash from touched order by key_hash) as "hashes!""#,
        since.snapshot
    )
    .fetch_one(db)
    .await?;
    if row.pruned || row.server_start != since.server_start {
        return Ok(None);
    }
    let hashes = row.hashes.iter().map(|hash| hashed(hash)).collect::<Result<_, _>>()?;
    Ok(Some((Position { snapshot: row.snapshot, server_start: row.server_start }, hashes)))
}

/// Those of the keys that exist, sorted by hash.
pub async fn keys(db: &mut PgConnection, hashes: &[HashedKey]) -> Result<Vec<(HashedKey, StoredKey)>, Error> {
    let hashes: Vec<&[u8]> = hashes.iter().map(|hash| &hash.0[..]).collect();
    let rows = sqlx::query_as!(
        KeyRow,
        r#"select k.key_hash, k.id, p.org_id, k.project_id, coalesce(k.resource_id, p.default_resource_id) as resource_id, k.rights,
                  k.disabled_at is not null as "disabled!", k.expires_at, k.allowed_ranges
           from api_key k join project p on p.id = k.project_id where k.key_hash = any($1::bytea[]) order by k.key_hash"#,
        &hashes as &[&[u8]]
    )
    .fetch_all(db)
    .await?;
    Ok(consistent(rows))
}

/// Some of all keys, sorted by hash.
pub struct KeyPage {
    pub keys: Vec<(HashedKey, StoredKey)>,
    /// Where the next page goes on; none when this is the last.
    pub last: Option<HashedKey>,
}

pub async fn page(db: &mut PgConnection, after: Option<&HashedKey>, limit: u16) -> Result<KeyPage, Error> {
    let rows = sqlx::query_as!(
        KeyRow,
        r#"select k.key_hash, k.id, p.org_id, k.project_id, coalesce(k.resource_id, p.default_resource_id) as resource_id, k.rights,
                  k.disabled_at is not null as "disabled!", k.expires_at, k.allowed_ranges
           from api_key k join project p on p.id = k.project_id where k.key_hash > $1 order by k.key_hash limit $2"#,
        after.map_or(&[][..], |hash| &hash.0[..]),
        i64::from(limit)
    )
    .fetch_all(db)
    .await?;
    let full = rows.len() == usize::from(limit);
    let last = rows.last().filter(|_| full).map(|row| hashed(&row.key_hash)).transpose()?;
    Ok(KeyPage { keys: consistent(rows), last })
}

/// A row that cannot be is logged and left out: its key opens nothing, and all others go on working.
fn consistent(rows: Vec<KeyRow>) -> Vec<(HashedKey, StoredKey)> {
    let keys = rows.into_iter().map(<(HashedKey, StoredKey)>::try_from);
    keys.filter_map(|key| key.inspect_err(|error| tracing::error!(%error, "an API key is left out")).ok()).collect()
}

/// Notes when and from where keys were used, unless a later use is noted already.
pub async fn write_uses(db: &mut PgConnection, uses: &[Use]) -> Result<(), Error> {
    let ids: Vec<Uuid> = uses.iter().map(|noted| noted.key.uuid()).collect();
    let times: Vec<OffsetDateTime> = uses.iter().map(|noted| noted.at).collect();
    let addresses: Vec<Option<IpNet>> = uses.iter().map(|noted| noted.address.map(IpNet::from)).collect();
    // Locked in one order, so that the flushes of two nodes do not wait for each other in a ring.
    sqlx::query!(
        r#"with used as (
               select * from unnest($1::uuid[], $2::timestamptz[], $3::inet[]) as used (id, at, address)
           ), locked as (
               select k.id from api_key k join used u on u.id = k.id
               where k.last_used_at is null or k.last_used_at < u.at order by k.id for no key update of k
           )
           update api_key k set last_used_at = u.at, last_used_from = u.address
           from used u join locked l on l.id = u.id
           where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)"#,
        &ids,
        &times,
        &addresses as &[Option<IpNet>]
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Removes the changes of transactions that had all ended by `until`, and notes where the feed begins now. Answers how many are gone.
pub async fn prune(db: &mut PgConnection, now: OffsetDateTime, until: OffsetDateTime) -> Result<u64, Error> {
    // In the same transaction as the floors, so that no reader sees a change gone without the floor that says so.
    let pruned = sqlx::query!(
        r#"delete from key_change
           where xid < (select max(floor) from key_change_floor
                        where taken_at <= $1 and floor <= pg_snapshot_xmin(pg_current_snapshot()))
              or xid >= pg_snapshot_xmax(pg_current_snapshot())"#,
        until
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        r#"delete from key_change_floor
           where floor < (select max(floor) from key_change_floor
                          where taken_at <= $1 and floor <= pg_snapshot_xmin(pg_current_snapshot()))
              or floor > pg_snapshot_xmin(pg_current_snapshot())"#,
        until
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into key_change_floor (floor, taken_at) values (pg_snapshot_xmin(pg_current_snapshot()), $1)",
        now
    )
    .execute(db)
    .await?;
    Ok(pruned.rows_affected())
}
