use super::Org;
use crate::Error;
use kernel::{Access, Name, OrgId, Role, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct OrgRow {
    id: Uuid,
    name: String,
    role: String,
    accelerate_access: String,
    pulse_access: String,
    created_at: OffsetDateTime,
}

impl TryFrom<OrgRow> for Org {
    type Error = Error;
    fn try_from(row: OrgRow) -> Result<Self, Error> {
        let access = |column, text: &str| {
            text.parse::<Access>().map_err(|_| Error::inconsistent("organization", column, row.id))
        };
        Ok(Self {
            id: OrgId::from_uuid(row.id),
            name: row.name.parse::<Name>().map_err(|_| Error::inconsistent("organization", "name", row.id))?,
            role: row.role.parse::<Role>().map_err(|_| Error::inconsistent("member", "role", row.id))?,
            accelerate: access("accelerate_access", &row.accelerate_access)?,
            pulse: access("pulse_access", &row.pulse_access)?,
            created_at: row.created_at,
        })
    }
}

pub async fn find_for(db: &mut PgConnection, id: OrgId, user: UserId) -> Result<Option<Org>, Error> {
    let row = sqlx::query_as!(
        OrgRow,
        r#"select o.id, o.name, m.role, o.accelerate_access, o.pulse_access, o.created_at
           from organization o join member m on m.org_id = o.id where o.id = $1 and m.user_id = $2"#,
        id.uuid(),
        user.uuid()
    )
    .fetch_optional(db)
    .await?;
    row.map(Org::try_from).transpose()
}

pub async fn list_of(db: &mut PgConnection, user: UserId) -> Result<Vec<Org>, Error> {
    let rows = sqlx::query_as!(
        OrgRow,
        r#"select o.id, o.name, m.role, o.accelerate_access, o.pulse_access, o.created_at
           from organization o join member m on m.org_id = o.id where m.user_id = $1 order by lower(o.name), o.id"#,
        user.uuid()
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Org::try_from).collect()
}

pub async fn role_of(db: &mut PgConnection, org: OrgId, user: UserId) -> Result<Option<Role>, Error> {
    let role =
        sqlx::query_scalar!("select role from member where org_id = $1 and user_id = $2", org.uuid(), user.uuid())
            .fetch_optional(db)
            .await?;
    role.map(|role| role.parse().map_err(|_| Error::inconsistent("member", "role", org))).transpose()
}

pub async fn count_owned(db: &mut PgConnection, user: UserId) -> Result<i64, Error> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from member where user_id = $1 and role = 'owner'"#,
        user.uuid()
    )
    .fetch_one(db)
    .await?)
}

/// `access` is to Accelerate and to Pulse.
pub async fn insert(
    db: &mut PgConnection,
    id: OrgId,
    name: &Name,
    access: (Access, Access),
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into organization (id, name, accelerate_access, pulse_access, created_at) values ($1, $2, $3, $4, $5)",
        id.uuid(),
        name.as_str(),
        access.0.as_str(),
        access.1.as_str(),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Answers the name before; none when the organization is gone.
pub async fn rename(db: &mut PgConnection, id: OrgId, name: &Name) -> Result<Option<String>, Error> {
    let before = sqlx::query_scalar!(
        r#"update organization o set name = $2 from (select id, name from organization where id = $1 for update) b
           where o.id = b.id returning b.name as "name!""#,
        id.uuid(),
        name.as_str()
    )
    .fetch_optional(db)
    .await?;
    Ok(before)
}

/// Holds the organization's row until the transaction ends.
pub async fn lock(db: &mut PgConnection, id: OrgId) -> Result<(), Error> {
    sqlx::query!("select id from organization where id = $1 for update", id.uuid()).fetch_optional(db).await?;
    Ok(())
}

/// Everything below it goes with it.
pub async fn delete(db: &mut PgConnection, id: OrgId) -> Result<(), Error> {
    sqlx::query!("delete from organization where id = $1", id.uuid()).execute(db).await?;
    Ok(())
}
