use crate::Error;
use data_encoding::BASE64;
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

pub async fn identity(db: &mut PgConnection) -> Result<(Option<i64>, String), Error> {
    let name: String = sqlx::query_scalar("select current_database()::text").fetch_one(&mut *db).await?;
    // A managed Postgres may keep the identifier to itself.
    let identifier = sqlx::query_scalar("select system_identifier from pg_control_system()").fetch_one(db).await.ok();
    Ok((identifier, name))
}

/// `150004` for 15.4.
pub async fn version(db: &mut PgConnection) -> Result<i32, Error> {
    Ok(sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(db).await?)
}

pub async fn ping(db: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select 1").execute(db).await?;
    Ok(())
}

/// Leaves this witness unless there is one. Either way it waits for a rotation that is under way.
pub async fn leave_witness(db: &mut PgConnection, sealed: &[u8], now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!(
        "insert into setting (key, value, updated_at) values ('vault.witness', $1, $2) on conflict (key) do update set key = excluded.key",
        Value::String(BASE64.encode(sealed)),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn witness(db: &mut PgConnection) -> Result<Option<Vec<u8>>, Error> {
    let value = sqlx::query_scalar!("select value from setting where key = 'vault.witness'").fetch_optional(db).await?;
    let fault = || Error::inconsistent("setting", "value", "vault.witness");
    value.map(|value| BASE64.decode(value.as_str().ok_or_else(fault)?.as_bytes()).map_err(|_| fault())).transpose()
}

/// Puts another witness in the place of the one that is there.
pub async fn replace_witness(db: &mut PgConnection, sealed: &[u8], now: OffsetDateTime) -> Result<(), Error> {
    sqlx::query!(
        "update setting set value = $1, updated_at = $2 where key = 'vault.witness'",
        Value::String(BASE64.encode(sealed)),
        now
    )
    .execute(db)
    .await?;
    Ok(())
}
