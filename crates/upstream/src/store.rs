//! The few statements that are asked of a server. All run in the simple protocol, which every pooler passes on, and
//! name their schema: a role's `search_path` must not choose whose functions answer.

use tokio_postgres::{Client, Error, SimpleQueryMessage};

/// The server's identifier (a number that `initdb` draws) where it may be read, and the database's name. `None` where
/// the server answers with something else.
///
/// PUBLIC may execute `pg_control_system` by default, but an operator can revoke it and relatives of Postgres lack it.
pub(crate) async fn identity(client: &Client) -> Result<Option<(Option<i64>, String)>, Error> {
    let both = "select pg_catalog.current_database(), system_identifier from pg_catalog.pg_control_system()";
    let messages = match client.simple_query(both).await {
        Err(error) if error.as_db_error().is_some() => {
            client.simple_query("select pg_catalog.current_database()").await?
        }
        answer => answer?,
    };
    Ok(messages.iter().find_map(|message| {
        let SimpleQueryMessage::Row(row) = message else { return None };
        let database = row.try_get(0).ok()??.to_owned();
        let identifier = if row.len() > 1 { row.try_get(1).ok()?.and_then(|text| text.parse().ok()) } else { None };
        Some((identifier, database))
    }))
}

/// The smallest statement that a server answers.
pub(crate) async fn ping(client: &Client) -> Result<(), Error> {
    client.simple_query("select 1").await.map(drop)
}
