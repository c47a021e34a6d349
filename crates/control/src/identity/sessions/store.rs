use super::{Session, Stored};
use crate::{Actor, Error};
use ipnet::IpNet;
use kernel::{SessionId, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use std::net::IpAddr;
use time::OffsetDateTime;
use uuid::Uuid;

/// Characters that are kept of what a browser calls itself.
const MOST_USER_AGENT: usize = 300;

/// A live session by its cookie's hash, and when it was last seen.
pub async fn find(
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

/// Moves the session's idle end on, and what members see as "last seen".
///
/// Two transactions on purpose: one that held the session while it waited for the user would meet a changed password, which ends sessions while it
/// holds the user.
pub async fn touch(db: &mut PgConnection, id: SessionId, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!("update session set last_seen_at = $2 where id = $1", id.uuid(), now).execute(&mut *db).await?;
    sqlx::query!(
        "update user_account set last_seen_at = $2 where id = (select user_id from session where id = $1)",
        id.uuid(),
        now
    )
    .execute(db)
    .await?;
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
pub async fn insert(db: &mut PgConnection, new: NewSession<'_>) -> Result<bool, Error> {
    let user = signed_in_user(new.data);
    let address = new.data.get("address").and_then(Value::as_str).and_then(|text| text.parse::<IpAddr>().ok());
    let address = address.map(|address| IpNet::from(address.to_canonical()));
    let user_agent = new.data.get("user_agent").and_then(Value::as_str);
    let user_agent = user_agent.map(|text| text.chars().take(MOST_USER_AGENT).collect::<String>());
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

pub async fn update(db: &mut PgConnection, token_hash: &[u8], data: &Value) -> Result<(), Error> {
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

pub async fn delete(db: &mut PgConnection, token_hash: &[u8]) -> Result<(), Error> {
    sqlx::query!("delete from session where token_hash = $1", token_hash).execute(db).await?;
    Ok(())
}

/// All sessions of a user but `keep`, and those of sign-ins that wait for their code; answers how many.
pub async fn delete_all(db: &mut PgConnection, user: UserId, keep: Option<SessionId>) -> Result<u64, Error> {
    let keep = keep.map(SessionId::uuid);
    let waiting = sqlx::query!(
        "delete from session where data ? 'second_factor_of' and data -> 'second_factor_of' ->> 'user' = $1",
        user.to_string()
    )
    .execute(&mut *db)
    .await?;
    let deleted = sqlx::query!("delete from session where user_id = $1 and id is distinct from $2", user.uuid(), keep)
        .execute(db)
        .await?;
    Ok(waiting.rows_affected() + deleted.rows_affected())
}

/// One session of the user; answers whether there was one.
pub async fn delete_of(db: &mut PgConnection, user: UserId, id: SessionId) -> Result<bool, Error> {
    let deleted =
        sqlx::query!("delete from session where user_id = $1 and id = $2", user.uuid(), id.uuid()).execute(db).await?;
    Ok(deleted.rows_affected() == 1)
}

/// Sessions that have ended, and parcels that nobody took in time.
pub async fn delete_expired(
    db: &mut PgConnection,
    now: OffsetDateTime,
    idle_since: OffsetDateTime,
) -> Result<u64, Error> {
    let deleted = sqlx::query!("delete from session where expires_at <= $1 or last_seen_at <= $2", now, idle_since)
        .execute(&mut *db)
        .await?;
    sqlx::query!("delete from session_parcel where expires_at <= $1", now).execute(db).await?;
    Ok(deleted.rows_affected())
}

pub async fn list(
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

/// False when the session has ended meanwhile.
pub async fn put_parcel(
    db: &mut PgConnection,
    session: SessionId,
    purpose: &str,
    sealed: &[u8],
    expires_at: OffsetDateTime,
) -> Result<bool, Error> {
    let put = sqlx::query!(
        "insert into session_parcel (session_id, purpose, sealed, expires_at)
         select id, $2, $3, $4 from session where id = $1 for key share
         on conflict (session_id, purpose) do update set sealed = excluded.sealed, expires_at = excluded.expires_at",
        session.uuid(),
        purpose,
        sealed,
        expires_at
    )
    .execute(db)
    .await?;
    Ok(put.rows_affected() == 1)
}

/// The parcel, deleted in the same statement.
pub async fn take_parcel(
    db: &mut PgConnection,
    session: SessionId,
    purpose: &str,
    now: OffsetDateTime,
) -> Result<Option<Vec<u8>>, Error> {
    let row = sqlx::query!(
        r#"delete from session_parcel where session_id = $1 and purpose = $2 returning sealed, expires_at > $3 as "fresh!""#,
        session.uuid(),
        purpose,
        now
    )
    .fetch_optional(db)
    .await?;
    Ok(row.filter(|row| row.fresh).map(|row| row.sealed))
}
