use super::{HashedKey, Key};
use crate::Error;
use ipnet::IpNet;
use kernel::key::Rights;
use kernel::page::{Page, PageRequest};
use kernel::{KeyId, Name, ProjectId, ResourceId, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct KeyRow {
    id: Uuid,
    project_id: Uuid,
    resource_id: Option<Uuid>,
    resource_name: Option<String>,
    name: String,
    visible_start: String,
    visible_end: String,
    rights: String,
    allowed_ranges: Vec<IpNet>,
    created_by: Option<String>,
    created_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    disabled_at: Option<OffsetDateTime>,
    rotated_at: Option<OffsetDateTime>,
    last_used_at: Option<OffsetDateTime>,
    last_used_from: Option<String>,
    total: i64,
}

impl TryFrom<KeyRow> for Key {
    type Error = Error;
    fn try_from(row: KeyRow) -> Result<Self, Error> {
        Ok(Self {
            id: KeyId::from_uuid(row.id),
            project: ProjectId::from_uuid(row.project_id),
            resource: row.resource_id.map(ResourceId::from_uuid).zip(row.resource_name),
            name: row.name.parse::<Name>().map_err(|_| Error::inconsistent("api_key", "name", row.id))?,
            visible: (row.visible_start, row.visible_end),
            rights: row.rights.parse::<Rights>().map_err(|_| Error::inconsistent("api_key", "rights", row.id))?,
            allowed_ranges: row.allowed_ranges,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            disabled_at: row.disabled_at,
            rotated_at: row.rotated_at,
            last_used_at: row.last_used_at,
            last_used_from: row.last_used_from,
        })
    }
}

pub async fn find(db: &mut PgConnection, id: KeyId) -> Result<Option<Key>, Error> {
    let row = sqlx::query_as!(
        KeyRow,
        r#"select k.id, k.project_id, k.resource_id, r.name as "resource_name?", k.name, k.visible_start, k.visible_end, k.rights, k.allowed_ranges,
                  u.name as "created_by?", k.created_at, k.expires_at, k.disabled_at, k.rotated_at, k.last_used_at, host(k.last_used_from) as last_used_from, 1::bigint as "total!"
           from api_key k left join resource r on r.id = k.resource_id left join user_account u on u.id = k.created_by
           where k.id = $1"#,
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    row.map(Key::try_from).transpose()
}

pub async fn page(
    db: &mut PgConnection,
    project: ProjectId,
    resource: Option<ResourceId>,
    search: &str,
    request: PageRequest,
) -> Result<Page<Key>, Error> {
    let rows = sqlx::query_as!(
        KeyRow,
        r#"select k.id, k.project_id, k.resource_id, r.name as "resource_name?", k.name, k.visible_start, k.visible_end, k.rights, k.allowed_ranges,
                  u.name as "created_by?", k.created_at, k.expires_at, k.disabled_at, k.rotated_at, k.last_used_at, host(k.last_used_from) as last_used_from,
                  count(*) over () as "total!"
           from api_key k left join resource r on r.id = k.resource_id left join user_account u on u.id = k.created_by
           where k.project_id = $1 and ($2::uuid is null or k.resource_id = $2) and position(lower($6) in lower(k.name)) > 0
           order by case $5 when 'name' then lower(k.name) end, case $5 when '-name' then lower(k.name) end desc,
                    case $5 when 'created' then k.created_at end, k.created_at desc, k.id desc
           limit $3 offset $4"#,
        project.uuid(),
        resource.map(ResourceId::uuid),
        request.limit(),
        request.offset(),
        request.sort.as_str(),
        search.trim()
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    let items = rows.into_iter().map(Key::try_from).collect::<Result<_, _>>()?;
    Ok(Page { items, total, request })
}

pub async fn count(db: &mut PgConnection, project: ProjectId) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(r#"select count(*) as "count!" from api_key where project_id = $1"#, project.uuid())
        .fetch_one(db)
        .await?)
}

pub struct NewRow<'a> {
    pub id: KeyId,
    pub project: ProjectId,
    pub resource: Option<ResourceId>,
    pub name: &'a Name,
    pub hash: &'a HashedKey,
    pub visible: &'a (String, String),
    pub rights: Rights,
    pub ranges: &'a [IpNet],
    pub created_by: UserId,
    pub now: OffsetDateTime,
    pub expires_at: Option<OffsetDateTime>,
}

pub async fn insert(db: &mut PgConnection, new: NewRow<'_>) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into api_key (id, project_id, resource_id, name, key_hash, visible_start, visible_end, rights, allowed_ranges, created_by, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"#,
        new.id.uuid(),
        new.project.uuid(),
        new.resource.map(ResourceId::uuid),
        new.name.as_str(),
        &new.hash.0[..],
        new.visible.0,
        new.visible.1,
        new.rights.as_str(),
        new.ranges,
        new.created_by.uuid(),
        new.now,
        new.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn update(
    db: &mut PgConnection,
    id: KeyId,
    name: &Name,
    rights: Rights,
    ranges: &[IpNet],
) -> Result<(), Error> {
    sqlx::query!(
        "update api_key set name = $2, rights = $3, allowed_ranges = $4 where id = $1",
        id.uuid(),
        name.as_str(),
        rights.as_str(),
        ranges
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn set_disabled_at(db: &mut PgConnection, id: KeyId, at: Option<OffsetDateTime>) -> Result<(), Error> {
    sqlx::query!("update api_key set disabled_at = $2 where id = $1", id.uuid(), at).execute(db).await?;
    Ok(())
}

/// The project's own keys, but those that are disabled already; answers how many.
pub async fn disable_of_project(db: &mut PgConnection, project: ProjectId, now: OffsetDateTime) -> Result<u64, Error> {
    let disabled = sqlx::query!(
        "update api_key set disabled_at = $2 where project_id = $1 and resource_id is null and disabled_at is null",
        project.uuid(),
        now
    );
    Ok(disabled.execute(db).await?.rows_affected())
}

/// The key has a successor and dies at `end`; where that is now, on every node at once, whatever its clock says.
pub async fn set_rotated(
    db: &mut PgConnection,
    id: KeyId,
    now: OffsetDateTime,
    end: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "update api_key set rotated_at = $2, expires_at = $3, disabled_at = case when $3::timestamptz <= $2::timestamptz then $2 else disabled_at end where id = $1",
        id.uuid(),
        now,
        end
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete(db: &mut PgConnection, id: KeyId) -> Result<(), Error> {
    sqlx::query!("delete from api_key where id = $1", id.uuid()).execute(db).await?;
    Ok(())
}
