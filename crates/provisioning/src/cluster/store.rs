//! SQL of the cluster itself.

use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};

use super::error::ClusterError;

/// Postgres's codes for "it is there already": the second is what two at the same time can get.
const THERE_ALREADY: [&str; 2] = ["42P04", "23505"];

/// Makes the database unless there is one of that name; whether it was made here.
pub(super) async fn ensure_database(options: &PgConnectOptions, name: &str) -> Result<bool, ClusterError> {
    if name.is_empty() || name.len() > 63 || name.contains('\0') {
        return Err(ClusterError::BadName(name.to_owned()));
    }
    let mut connection = PgConnection::connect_with(options).await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&mut connection)
        .await?;
    let made = !there && create(&mut connection, name).await?;
    connection.close().await?;
    Ok(made)
}

async fn create(connection: &mut PgConnection, name: &str) -> Result<bool, ClusterError> {
    // A name cannot be a parameter here; as a quoted identifier it is data alone.
    let statement = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
    match sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| THERE_ALREADY.contains(&&*code)) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
