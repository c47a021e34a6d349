use super::Invitation;
use crate::Error;
use kernel::{Email, InvitationId, OrgId, Role, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

struct InvitationRow {
    id: Uuid,
    org_id: Uuid,
    org_name: String,
    email: String,
    role: String,
    invited_by: Option<String>,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = Error;
    fn try_from(row: InvitationRow) -> Result<Self, Error> {
        Ok(Self {
            id: InvitationId::from_uuid(row.id),
            org: OrgId::from_uuid(row.org_id),
            org_name: row.org_name.parse().map_err(|_| Error::inconsistent("organization", "name", row.org_id))?,
            email: row.email.parse().map_err(|_| Error::inconsistent("invitation", "email", row.id))?,
            role: row.role.parse().map_err(|_| Error::inconsistent("invitation", "role", row.id))?,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

pub async fn list(db: &mut PgConnection, org: OrgId, now: OffsetDateTime) -> Result<Vec<Invitation>, Error> {
    let rows = sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.org_id, o.name as org_name, i.email, i.role, u.name as "invited_by?", i.created_at, i.expires_at
           from invitation i join organization o on o.id = i.org_id left join user_account u on u.id = i.invited_by
           where i.org_id = $1 and i.expires_at > $2 order by i.created_at desc, i.id desc"#,
        org.uuid(),
        now
    )
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Invitation::try_from).collect()
}

pub async fn find_in(
    db: &mut PgConnection,
    org: OrgId,
    id: InvitationId,
    now: OffsetDateTime,
) -> Result<Option<Invitation>, Error> {
    let row = sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.org_id, o.name as org_name, i.email, i.role, u.name as "invited_by?", i.created_at, i.expires_at
           from invitation i join organization o on o.id = i.org_id left join user_account u on u.id = i.invited_by
           where i.org_id = $1 and i.id = $2 and i.expires_at > $3"#,
        org.uuid(),
        id.uuid(),
        now
    )
    .fetch_optional(db)
    .await?;
    row.map(Invitation::try_from).transpose()
}

pub async fn find_by_token(
    db: &mut PgConnection,
    token_hash: &[u8],
    now: OffsetDateTime,
) -> Result<Option<Invitation>, Error> {
    let row = sqlx::query_as!(
        InvitationRow,
        r#"select i.id, i.org_id, o.name as org_name, i.email, i.role, u.name as "invited_by?", i.created_at, i.expires_at
           from invitation i join organization o on o.id = i.org_id left join user_account u on u.id = i.invited_by
           where i.token_hash = $1 and i.expires_at > $2"#,
        token_hash,
        now
    )
    .fetch_optional(db)
    .await?;
    row.map(Invitation::try_from).transpose()
}

/// The role that an address is invited to.
pub async fn role_of(
    db: &mut PgConnection,
    org: OrgId,
    email: &Email,
    now: OffsetDateTime,
) -> Result<Option<Role>, Error> {
    let role = sqlx::query_scalar!(
        "select role from invitation where org_id = $1 and email = $2 and expires_at > $3",
        org.uuid(),
        email.as_str(),
        now
    )
    .fetch_optional(db)
    .await?;
    role.map(|role| role.parse().map_err(|_| Error::inconsistent("invitation", "role", email))).transpose()
}

pub async fn count_open(db: &mut PgConnection, org: OrgId, now: OffsetDateTime) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from invitation where org_id = $1 and expires_at > $2"#,
        org.uuid(),
        now
    );
    Ok(count.fetch_one(db).await?)
}

pub struct NewInvitation<'a> {
    pub id: InvitationId,
    pub org: OrgId,
    pub email: &'a Email,
    pub role: Role,
    pub token_hash: &'a [u8],
    pub invited_by: UserId,
    pub now: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

/// In place of the address's earlier one.
pub async fn replace(db: &mut PgConnection, new: NewInvitation<'_>) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into invitation (id, org_id, email, role, token_hash, invited_by, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (org_id, email) do update
           set id = excluded.id, role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
               created_at = excluded.created_at, expires_at = excluded.expires_at"#,
        new.id.uuid(),
        new.org.uuid(),
        new.email.as_str(),
        new.role.as_str(),
        new.token_hash,
        new.invited_by.uuid(),
        new.now,
        new.expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete(db: &mut PgConnection, id: InvitationId) -> Result<(), Error> {
    sqlx::query!("delete from invitation where id = $1", id.uuid()).execute(db).await?;
    Ok(())
}

/// What one member has sent: who is taken out leaves no door open behind them.
pub async fn delete_by(db: &mut PgConnection, org: OrgId, user: UserId) -> Result<u64, Error> {
    let deleted = sqlx::query!("delete from invitation where org_id = $1 and invited_by = $2", org.uuid(), user.uuid());
    Ok(deleted.execute(db).await?.rows_affected())
}

pub async fn delete_expired(db: &mut PgConnection, now: OffsetDateTime) -> Result<u64, Error> {
    Ok(sqlx::query!("delete from invitation where expires_at <= $1", now).execute(db).await?.rows_affected())
}
