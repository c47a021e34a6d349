use super::Resource;
use crate::Error;
use kernel::{Name, ProjectId, ResourceId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct ResourceRow {
    id: Uuid,
    project_id: Uuid,
    name: String,
    connection_masked: Option<String>,
    is_default: bool,
    keys: i64,
    created_at: OffsetDateTime,
}

impl TryFrom<ResourceRow> for Resource {
    type Error = Error;
    fn try_from(row: ResourceRow) -> Result<Self, Error> {
        Ok(Self {
            id: ResourceId::from_uuid(row.id),
            project: ProjectId::from_uuid(row.project_id),
            name: row.name.parse::<Name>().map_err(|_| Error::inconsistent("resource", "name", row.id))?,
            connection: row.connection_masked,
            is_default: row.is_default,
            keys: u32::try_from(row.keys).unwrap_or(u32::MAX),
            created_at: row.created_at,
        })
    }
}

pub async fn find(db: &mut PgConnection, id: ResourceId) -> Result<Option<Resource>, Error> {
    let row = sqlx::query_as!(
        ResourceRow,
        r#"select r.id, r.project_id, r.name, r.connection_masked, p.default_resource_id is not distinct from r.id as "is_default!",
                  (select count(*) from api_key k where k.resource_id = r.id) as "keys!", r.created_at
           from resource r join project p on p.id = r.project_id where r.id = $1"#,
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    row.map(Resource::try_from).transpose()
}

pub async fn list(db: &mut PgConnection, project: ProjectId) -> Result<Vec<Resource>, Error> {
    let rows = sqlx::query_as!(
        ResourceRow,
        r#"select r.id, r.project_id, r.name, r.connection_masked, p.default_resource_id is not distinct from r.id as "is_default!",
                  (select count(*) from api_key k where k.resource_id = r.id) as "keys!", r.created_at
           from resource r join project p on p.id = r.project_id where r.project_id = $1
           order by (p.default_resource_id is not distinct from r.id) desc, lower(r.name)"#,
        project.uuid()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Resource::try_from).collect()
}

pub struct NewResource<'a> {
    pub id: ResourceId,
    pub project: ProjectId,
    pub name: &'a Name,
    pub sealed: Option<&'a [u8]>,
    pub masked: Option<&'a str>,
    pub now: OffsetDateTime,
}

pub async fn insert(db: &mut PgConnection, new: NewResource<'_>) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into resource (id, project_id, kind, name, connection_string, connection_masked, created_at)
           values ($1, $2, 'environment', $3, $4, $5, $6)"#,
        new.id.uuid(),
        new.project.uuid(),
        new.name.as_str(),
        new.sealed,
        new.masked,
        new.now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn rename(db: &mut PgConnection, id: ResourceId, name: &Name) -> Result<(), Error> {
    sqlx::query!("update resource set name = $2 where id = $1", id.uuid(), name.as_str()).execute(db).await?;
    Ok(())
}

pub async fn set_connection(db: &mut PgConnection, id: ResourceId, sealed: &[u8], masked: &str) -> Result<(), Error> {
    sqlx::query!(
        "update resource set connection_string = $2, connection_masked = $3 where id = $1",
        id.uuid(),
        sealed,
        masked
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The sealed connection string.
pub async fn connection(db: &mut PgConnection, id: ResourceId) -> Result<Option<Vec<u8>>, Error> {
    Ok(sqlx::query_scalar!("select connection_string from resource where id = $1", id.uuid())
        .fetch_optional(db)
        .await?
        .flatten())
}

pub async fn delete(db: &mut PgConnection, id: ResourceId) -> Result<(), Error> {
    sqlx::query!("delete from resource where id = $1", id.uuid()).execute(db).await?;
    Ok(())
}
