use crate::Error;
use sqlx::PgConnection;

pub async fn identity(db: &mut PgConnection) -> Result<(Option<i64>, String), Error> {
    let name: String = sqlx::query_scalar("select current_database()::text").fetch_one(&mut *db).await?;
    // A managed Postgres may keep the identifier to itself.
    let identifier = sqlx::query_scalar("select system_identifier from pg_control_system()").fetch_one(db).await.ok();
    Ok((identifier, name))
}

pub async fn ping(db: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select 1").execute(db).await?;
    Ok(())
}
