use super::directory::Listing;
use super::{Project, ProjectSummary};
use crate::Error;
use kernel::page::{Page, PageRequest};
use kernel::{KeyId, Name, OrgId, ProjectId, ResourceId, Role, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

fn project(
    id: Uuid,
    org: Uuid,
    name: &str,
    default_resource: Option<Uuid>,
    role: Role,
    created_at: OffsetDateTime,
) -> Result<Project, Error> {
    Ok(Project {
        id: ProjectId::from_uuid(id),
        org: OrgId::from_uuid(org),
        name: name.parse::<Name>().map_err(|_| Error::inconsistent("project", "name", id))?,
        default_resource: default_resource.map(ResourceId::from_uuid),
        role,
        created_at,
    })
}

pub async fn find_for(db: &mut PgConnection, id: ProjectId, user: UserId) -> Result<Option<Project>, Error> {
    let row = sqlx::query!(
        r#"select p.id, p.org_id, p.name, p.default_resource_id, m.role, p.created_at
           from project p join member m on m.org_id = p.org_id where p.id = $1 and m.user_id = $2"#,
        id.uuid(),
        user.uuid()
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let role = row.role.parse().map_err(|_| Error::inconsistent("member", "role", row.org_id))?;
        project(row.id, row.org_id, &row.name, row.default_resource_id, role, row.created_at)
    })
    .transpose()
}

pub async fn page(
    db: &mut PgConnection,
    org: OrgId,
    role: Role,
    search: &str,
    request: PageRequest,
) -> Result<Page<ProjectSummary>, Error> {
    let rows = sqlx::query!(
        r#"select p.id, p.org_id, p.name, p.default_resource_id, p.created_at,
                  (select count(*) from resource r where r.project_id = p.id) as "resources!",
                  (select count(*) from api_key k where k.project_id = p.id) as "keys!",
                  count(*) over () as "total!"
           from project p where p.org_id = $1 and position(lower($2) in lower(p.name)) > 0
           order by case $5 when 'name' then lower(p.name) end, case $5 when '-name' then lower(p.name) end desc,
                    case $5 when 'created' then p.created_at end, p.created_at desc, p.id desc
           limit $3 offset $4"#,
        org.uuid(),
        search.trim(),
        request.limit(),
        request.offset(),
        request.sort.as_str()
    )
    .fetch_all(db)
    .await?;
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(ProjectSummary {
                project: project(row.id, row.org_id, &row.name, row.default_resource_id, role, row.created_at)?,
                resources: u32::try_from(row.resources).unwrap_or(u32::MAX),
                keys: u32::try_from(row.keys).unwrap_or(u32::MAX),
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Page { items, total, request })
}

pub async fn names(db: &mut PgConnection, org: OrgId, limit: i64) -> Result<Vec<(ProjectId, String)>, Error> {
    let rows = sqlx::query!(
        "select id, name from project where org_id = $1 order by created_at desc, id desc limit $2",
        org.uuid(),
        limit
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (ProjectId::from_uuid(row.id), row.name)).collect())
}

pub async fn count(db: &mut PgConnection, org: OrgId) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from project where org_id = $1"#, org.uuid());
    Ok(count.fetch_one(db).await?)
}

struct DirectoryRow {
    org: Uuid,
    org_name: String,
    id: Uuid,
    name: String,
    resources: Option<Vec<Uuid>>,
    resource_names: Option<Vec<String>>,
    keys: Option<Vec<Uuid>>,
    key_names: Option<Vec<String>>,
}

pub async fn directory(db: &mut PgConnection, user: UserId, limit: i64, keys: i64) -> Result<Vec<Listing>, Error> {
    let rows = sqlx::query_as!(
        DirectoryRow,
        r#"select o.id as org, o.name as org_name, p.id, p.name,
                  array_agg(r.id order by lower(r.name)) filter (where r.id is not null) as "resources: Vec<Uuid>",
                  array_agg(r.name order by lower(r.name)) filter (where r.id is not null) as "resource_names: Vec<String>",
                  k.ids as "keys: Vec<Uuid>", k.names as "key_names: Vec<String>"
           from member m join organization o on o.id = m.org_id join project p on p.org_id = o.id left join resource r on r.project_id = p.id
                left join lateral (
                  select array_agg(n.id order by lower(n.name)) as ids, array_agg(n.name order by lower(n.name)) as names
                  from (select id, name from api_key where project_id = p.id order by created_at desc, id desc limit $3) n
                ) k on true
           where m.user_id = $1 group by o.id, p.id, k.ids, k.names order by lower(o.name), lower(p.name) limit $2"#,
        user.uuid(),
        limit,
        keys
    )
    .fetch_all(db)
    .await?;
    let listing = |row: DirectoryRow| Listing {
        org: OrgId::from_uuid(row.org),
        org_name: row.org_name,
        id: ProjectId::from_uuid(row.id),
        name: row.name,
        resources: row
            .resources
            .into_iter()
            .flatten()
            .map(ResourceId::from_uuid)
            .zip(row.resource_names.into_iter().flatten())
            .collect(),
        keys: row.keys.into_iter().flatten().map(KeyId::from_uuid).zip(row.key_names.into_iter().flatten()).collect(),
    };
    Ok(rows.into_iter().map(listing).collect())
}

pub async fn insert(
    db: &mut PgConnection,
    id: ProjectId,
    org: OrgId,
    name: &Name,
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into project (id, org_id, name, created_at) values ($1, $2, $3, $4)",
        id.uuid(),
        org.uuid(),
        name.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn rename(db: &mut PgConnection, id: ProjectId, name: &Name) -> Result<(), Error> {
    sqlx::query!("update project set name = $2 where id = $1", id.uuid(), name.as_str()).execute(db).await?;
    Ok(())
}

/// The resource becomes the default unless there is one; answers whether it did.
pub async fn claim_default(db: &mut PgConnection, id: ProjectId, resource: ResourceId) -> Result<bool, Error> {
    let query = sqlx::query!(
        "update project set default_resource_id = $2 where id = $1 and default_resource_id is null",
        id.uuid(),
        resource.uuid()
    );
    Ok(query.execute(db).await?.rows_affected() == 1)
}

/// Holds the project's row until the transaction ends, so that its resources change one transaction at a time.
pub async fn lock(db: &mut PgConnection, id: ProjectId) -> Result<(), Error> {
    sqlx::query!("select id from project where id = $1 for update", id.uuid()).fetch_optional(db).await?;
    Ok(())
}

pub async fn set_default_resource(
    db: &mut PgConnection,
    id: ProjectId,
    resource: Option<ResourceId>,
) -> Result<(), Error> {
    sqlx::query!(
        "update project set default_resource_id = $2 where id = $1",
        id.uuid(),
        resource.map(ResourceId::uuid)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Resources, connection strings and keys go with it.
pub async fn delete(db: &mut PgConnection, id: ProjectId) -> Result<(), Error> {
    sqlx::query!("delete from project where id = $1", id.uuid()).execute(db).await?;
    Ok(())
}
