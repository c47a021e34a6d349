use super::User;
use super::sessions::{Session, Stored};
use crate::{Actor, Error};
use ipnet::IpNet;
use kernel::{Email, Name, SessionId, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use std::net::IpAddr;
use time::OffsetDateTime;
use uuid::Uuid;

struct UserRow {
    id: Uuid,
    email: String,
    name: String,
    is_operator: bool,
    created_at: OffsetDateTime,
}

impl TryFrom<UserRow> for User {
    type Error = Error;
    fn try_from(row: UserRow) -> Result<Self, Error> {
        let email = row.email.parse::<Email>().map_err(|_| Error::inconsistent("user_account", "email", row.id))?;
        let name = row.name.parse::<Name>().map_err(|_| Error::inconsistent("user_account", "name", row.id))?;
        Ok(Self { id: UserId::from_uuid(row.id), email, name, operator: row.is_operator, created_at: row.created_at })
    }
}

pub async fn user(db: &mut PgConnection, id: UserId) -> Result<Option<User>, Error> {
    let row = sqlx::query_as!(
        UserRow,
        "select id, email, name, is_operator, created_at from user_account where id = $1",
        id.uuid()
    )
    .fetch_optional(db)
    .await?;
    row.map(User::try_from).transpose()
}

pub async fn user_of_session(
    db: &mut PgConnection,
    session: SessionId,
    now: OffsetDateTime,
) -> Result<Option<User>, Error> {
    let row = sqlx::query_as!(
        UserRow,
        r#"select u.id, u.email, u.name, u.is_operator, u.created_at
           from session s join user_account u on u.id = s.user_id
           where s.id = $1 and s.expires_at > $2"#,
        session.uuid(),
        now
    )
    .fetch_optional(db)
    .await?;
    row.map(User::try_from).transpose()
}

/// The id and password hash behind an address.
pub async fn credentials(db: &mut PgConnection, email: &Email) -> Result<Option<(UserId, String)>, Error> {
    let row = sqlx::query!("select id, password_hash from user_account where email = $1", email.as_str())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| (UserId::from_uuid(row.id), row.password_hash)))
}

/// True for exactly one caller, ever: who makes the first account.
pub async fn claim_operator(db: &mut PgConnection, now: OffsetDateTime) -> Result<bool, Error> {
    let claimed =
        sqlx::query!("insert into setting (key, value, updated_at) values ('operator.claimed', 'true', $1) on conflict (key) do nothing", now).execute(db).await?;
    Ok(claimed.rows_affected() == 1)
}

pub async fn is_invited(db: &mut PgConnection, email: &Email, now: OffsetDateTime) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from invitation where email = $1 and expires_at > $2) as "found!""#,
        email.as_str(),
        now
    )
    .fetch_one(db)
    .await?;
    Ok(found)
}

pub struct NewUser<'a> {
    pub id: UserId,
    pub email: &'a Email,
    pub name: &'a Name,
    pub password_hash: &'a str,
    pub operator: bool,
    pub now: OffsetDateTime,
}

pub async fn insert_user(db: &mut PgConnection, new: NewUser<'_>) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into user_account (id, email, name, password_hash, password_changed_at, is_operator, created_at)
           values ($1, $2, $3, $4, $5, $6, $5)"#,
        new.id.uuid(),
        new.email.as_str(),
        new.name.as_str(),
        new.password_hash,
        new.now,
        new.operator,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// `changed_at` stays as it is when the same password is only hashed anew.
pub async fn set_password(
    db: &mut PgConnection,
    user: UserId,
    hash: &str,
    changed_at: Option<OffsetDateTime>,
) -> Result<(), Error> {
    sqlx::query!(
        "update user_account set password_hash = $2, password_changed_at = coalesce($3, password_changed_at) where id = $1",
        user.uuid(),
        hash,
        changed_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A live session by its cookie's hash, and when it was last seen.
pub async fn session(
    db: &mut PgConnection,
    token_hash: &[u8],
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<Option<(Stored, OffsetDateTime)>, Error> {
    let row = sqlx::query!(
        "select id, data, expires_at, last_seen_at from session where token_hash = $1 and expires_at > $2 and last_seen_at > $3",
        token_hash,
        now,
        idle_since
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| {
        (Stored { id: SessionId::from_uuid(row.id), data: row.data, expires_at: row.expires_at }, row.last_seen_at)
    }))
}

pub async fn touch_session(db: &mut PgConnection, id: SessionId, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!("update session set last_seen_at = $2 where id = $1", id.uuid(), now).execute(db).await?;
    Ok(())
}

pub struct NewSession<'a> {
    pub token_hash: &'a [u8],
    pub id: SessionId,
    pub data: &'a Value,
    pub now: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

/// The user, address and browser are read from the cookie store's data, which is the one place that sign-in writes them to.
pub async fn insert_session(db: &mut PgConnection, new: NewSession<'_>) -> Result<bool, Error> {
    let user = signed_in_user(new.data);
    let address =
        new.data.get("address").and_then(Value::as_str).and_then(|text| text.parse::<IpAddr>().ok()).map(IpNet::from);
    let user_agent = new.data.get("user_agent").and_then(Value::as_str);
    let inserted = sqlx::query!(
        r#"insert into session (token_hash, id, user_id, data, address, user_agent, created_at, last_seen_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $7, $8) on conflict (token_hash) do nothing"#,
        new.token_hash,
        new.id.uuid(),
        user,
        new.data,
        address,
        user_agent,
        new.now,
        new.expires_at,
    )
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

pub async fn update_session(db: &mut PgConnection, token_hash: &[u8], data: &Value) -> Result<(), Error> {
    sqlx::query!(
        "update session set data = $2, user_id = $3 where token_hash = $1",
        token_hash,
        data,
        signed_in_user(data)
    )
    .execute(db)
    .await?;
    Ok(())
}

fn signed_in_user(data: &Value) -> Option<Uuid> {
    data.get("user").and_then(Value::as_str).and_then(|text| text.parse::<UserId>().ok()).map(UserId::uuid)
}

pub async fn delete_session(db: &mut PgConnection, token_hash: &[u8]) -> Result<(), Error> {
    sqlx::query!("delete from session where token_hash = $1", token_hash).execute(db).await?;
    Ok(())
}

/// All sessions of a user but `keep`.
pub async fn delete_sessions(db: &mut PgConnection, user: UserId, keep: Option<SessionId>) -> Result<u64, Error> {
    let keep = keep.map(SessionId::uuid);
    let deleted = sqlx::query!("delete from session where user_id = $1 and id is distinct from $2", user.uuid(), keep)
        .execute(db)
        .await?;
    Ok(deleted.rows_affected())
}

pub async fn delete_expired_sessions(
    db: &mut PgConnection,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<u64, Error> {
    let deleted = sqlx::query!("delete from session where expires_at <= $1 or last_seen_at <= $2", now, idle_since)
        .execute(db)
        .await?;
    Ok(deleted.rows_affected())
}

pub async fn sessions_of(
    db: &mut PgConnection,
    actor: &Actor,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<Vec<Session>, Error> {
    let rows = sqlx::query!(
        r#"select id, host(address) as address, user_agent, created_at, last_seen_at from session
           where user_id = $1 and expires_at > $2 and last_seen_at > $3 order by last_seen_at desc limit 100"#,
        actor.user.uuid(),
        now,
        idle_since
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: SessionId::from_uuid(row.id),
            address: row.address,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            current: actor.session == Some(SessionId::from_uuid(row.id)),
        })
        .collect())
}

pub async fn put_parcel(
    db: &mut PgConnection,
    session: SessionId,
    sealed: &[u8],
    expires_at: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "update session set parcel = $2, parcel_expires_at = $3 where id = $1",
        session.uuid(),
        sealed,
        expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The parcel as it was, deleted in the same statement.
pub async fn take_parcel(
    db: &mut PgConnection,
    session: SessionId,
    now: OffsetDateTime,
) -> Result<Option<Vec<u8>>, Error> {
    let row = sqlx::query!(
        r#"with taken as (select id, parcel, parcel_expires_at from session where id = $1 and parcel is not null for update)
           update session s set parcel = null, parcel_expires_at = null from taken where s.id = taken.id
           returning taken.parcel as "parcel!", taken.parcel_expires_at > $2 as "fresh!""#,
        session.uuid(),
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(row.filter(|row| row.fresh).map(|row| row.parcel))
}
