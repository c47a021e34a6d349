use super::Purpose;
use crate::Error;
use kernel::{Email, UserId};
use sqlx::PgConnection;
use time::OffsetDateTime;

pub async fn insert(
    db: &mut PgConnection,
    token_hash: &[u8],
    user: UserId,
    purpose: Purpose,
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into mailed_link (token_hash, user_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        token_hash,
        user.uuid(),
        purpose.as_str(),
        now,
        expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn find(
    db: &mut PgConnection,
    token_hash: &[u8],
    purpose: Purpose,
    now: OffsetDateTime,
) -> Result<Option<UserId>, Error> {
    let user = sqlx::query_scalar!(
        "select user_id from mailed_link where token_hash = $1 and purpose = $2 and expires_at > $3",
        token_hash,
        purpose.as_str(),
        now
    );
    Ok(user.fetch_optional(db).await?.map(UserId::from_uuid))
}

/// The same, deleted in the same statement.
pub async fn take(
    db: &mut PgConnection,
    token_hash: &[u8],
    purpose: Purpose,
    now: OffsetDateTime,
) -> Result<Option<UserId>, Error> {
    let user = sqlx::query_scalar!(
        "delete from mailed_link where token_hash = $1 and purpose = $2 and expires_at > $3 returning user_id",
        token_hash,
        purpose.as_str(),
        now
    );
    Ok(user.fetch_optional(db).await?.map(UserId::from_uuid))
}

pub async fn delete_of(db: &mut PgConnection, user: UserId) -> Result<(), Error> {
    sqlx::query!("delete from mailed_link where user_id = $1", user.uuid()).execute(db).await?;
    Ok(())
}

/// Links that would verify an earlier sign-up with this address, and with it a password that the address's owner may not have chosen. Links that set
/// a password stay: who floods an address with sign-ups cannot keep its owner out.
pub async fn delete_of_pending(db: &mut PgConnection, email: &Email) -> Result<(), Error> {
    sqlx::query!(
        "delete from mailed_link where purpose = $2 and user_id = (select id from user_account where email = $1 and is_pending)",
        email.as_str(),
        Purpose::VerifyEmail.as_str()
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete_expired(db: &mut PgConnection, now: OffsetDateTime) -> Result<u64, Error> {
    Ok(sqlx::query!("delete from mailed_link where expires_at <= $1", now).execute(db).await?.rows_affected())
}
