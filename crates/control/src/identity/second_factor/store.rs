use super::Status;
use crate::Error;
use kernel::UserId;
use sqlx::PgConnection;
use time::OffsetDateTime;

pub async fn status(db: &mut PgConnection, user: UserId) -> Result<Option<Status>, Error> {
    let row = sqlx::query!(
        r#"select totp_confirmed_at, (select count(*) from recovery_code c where c.user_id = u.id and c.used_at is null) as "left!"
           from user_account u where id = $1"#,
        user.uuid()
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Status {
        enabled_since: row.totp_confirmed_at,
        recovery_codes_left: u32::try_from(row.left).unwrap_or(u32::MAX),
    }))
}

/// The sealed secret and how far it is.
pub struct Secret {
    pub sealed: Vec<u8>,
    pub confirmed: bool,
    pub last_step: Option<i64>,
    pub password_changed_at: OffsetDateTime,
}

/// The user's secret, its row held until the transaction ends: one code is tried at a time.
pub async fn lock_secret(db: &mut PgConnection, user: UserId) -> Result<Option<Secret>, Error> {
    let row = sqlx::query!(
        "select totp_secret, totp_confirmed_at, totp_last_step, password_changed_at from user_account where id = $1 for update",
        user.uuid()
    )
    .fetch_optional(db)
    .await?;
    Ok(row.and_then(|row| {
        Some(Secret {
            sealed: row.totp_secret?,
            confirmed: row.totp_confirmed_at.is_some(),
            last_step: row.totp_last_step,
            password_changed_at: row.password_changed_at,
        })
    }))
}

/// A secret that is still to be confirmed.
pub async fn set_secret(db: &mut PgConnection, user: UserId, sealed: &[u8]) -> Result<(), Error> {
    sqlx::query!(
        "update user_account set totp_secret = $2, totp_confirmed_at = null, totp_last_step = null where id = $1",
        user.uuid(),
        sealed
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn confirm(db: &mut PgConnection, user: UserId, now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!("update user_account set totp_confirmed_at = $2 where id = $1", user.uuid(), now).execute(db).await?;
    Ok(())
}

pub async fn set_last_step(db: &mut PgConnection, user: UserId, step: i64) -> Result<(), Error> {
    sqlx::query!("update user_account set totp_last_step = $2 where id = $1", user.uuid(), step).execute(db).await?;
    Ok(())
}

/// The secret and the recovery codes.
pub async fn clear(db: &mut PgConnection, user: UserId) -> Result<(), Error> {
    sqlx::query!(
        "update user_account set totp_secret = null, totp_confirmed_at = null, totp_last_step = null where id = $1",
        user.uuid()
    )
    .execute(&mut *db)
    .await?;
    replace_codes(db, user, &[]).await
}

pub async fn replace_codes(db: &mut PgConnection, user: UserId, hashes: &[Vec<u8>]) -> Result<(), Error> {
    sqlx::query!("delete from recovery_code where user_id = $1", user.uuid()).execute(&mut *db).await?;
    sqlx::query!(
        "insert into recovery_code (user_id, code_hash) select $1, hash from unnest($2::bytea[]) as hash",
        user.uuid(),
        hashes
    )
    .execute(db)
    .await?;
    Ok(())
}

/// True for the one caller who uses the code first.
pub async fn use_code(db: &mut PgConnection, user: UserId, hash: &[u8], now: OffsetDateTime) -> Result<bool, Error> {
    let used = sqlx::query!(
        "update recovery_code set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null",
        user.uuid(),
        hash,
        now
    )
    .execute(db)
    .await?;
    Ok(used.rows_affected() == 1)
}
