use super::SettingKey;
use crate::{Actor, Error};
use kernel::UserId;
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

pub struct Row {
    pub key: String,
    pub value: Value,
    pub updated_at: OffsetDateTime,
    /// An address.
    pub updated_by: Option<String>,
}

pub async fn rows(db: &mut PgConnection) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select s.key, s.value, s.updated_at, u.email as "updated_by?"
           from setting s left join user_account u on u.id = s.updated_by"#
    );
    Ok(rows.fetch_all(db).await?)
}

/// Changes go one at a time, so that each one's "before" is true. Readers do not wait.
///
/// The operator's own row comes first: whoever deletes an account holds the operators while it lets go of the settings they made.
pub async fn lock(db: &mut PgConnection, actor: &Actor) -> Result<(), Error> {
    sqlx::query!("select id from user_account where id = $1 for key share", actor.user.uuid())
        .fetch_optional(&mut *db)
        .await?;
    sqlx::query!("lock table setting in share row exclusive mode").execute(db).await?;
    Ok(())
}

pub async fn put(
    db: &mut PgConnection,
    key: SettingKey,
    value: &Value,
    actor: &Actor,
    now: OffsetDateTime,
) -> Result<(), Error> {
    sqlx::query!(
        r#"insert into setting (key, value, updated_at, updated_by) values ($1, $2, $3, $4)
           on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at, updated_by = excluded.updated_by"#,
        key.config_key(),
        value,
        now,
        actor.account().map(UserId::uuid)
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Answers whether there was an override.
pub async fn delete(db: &mut PgConnection, key: SettingKey) -> Result<bool, Error> {
    let deleted = sqlx::query!("delete from setting where key = $1", key.config_key()).execute(db).await?;
    Ok(deleted.rows_affected() == 1)
}
