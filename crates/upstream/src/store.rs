//! The few statements that are asked of a server. All run in the simple protocol, which every pooler passes on, and
//! name their schema: a role's `search_path` must not choose whose functions answer.

use tokio_postgres::{Client, Error, SimpleQueryMessage};

use crate::{DialError, answer};

/// The columns of a row, as text.
pub(crate) type Row = Vec<Option<String>>;

/// Why a statement has no answer.
pub(crate) enum Failure {
    /// The server refuses it; the session goes on.
    Refused(DialError),
    /// The session is over.
    Broken(DialError),
}

impl From<Failure> for DialError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) | Failure::Broken(error) => error,
        }
    }
}

/// What can put a statement to a server.
pub(crate) trait Ask: Send {
    /// The first row of the answer, if it has any.
    fn ask(&mut self, sql: &str) -> impl Future<Output = Result<Option<Row>, Failure>> + Send;
}

impl Ask for &Client {
    async fn ask(&mut self, sql: &str) -> Result<Option<Row>, Failure> {
        let messages = self.simple_query(sql).await.map_err(|error| {
            let failure = if error.as_db_error().is_some() { Failure::Refused } else { Failure::Broken };
            failure(answer::classify(&error))
        })?;
        Ok(messages.iter().find_map(|message| {
            let SimpleQueryMessage::Row(row) = message else { return None };
            Some((0..row.len()).map(|column| row.try_get(column).ok()?.map(str::to_owned)).collect())
        }))
    }
}

/// The server's identifier (a number that `initdb` draws) where it may be read, and the database's name. `None` where
/// the server answers with something else.
///
/// PUBLIC may execute `pg_control_system` by default, but an operator can revoke it and relatives of Postgres lack it.
pub(crate) async fn identity(server: &mut impl Ask) -> Result<Option<(Option<i64>, String)>, DialError> {
    let both = "select pg_catalog.current_database(), system_identifier from pg_catalog.pg_control_system()";
    let row = match server.ask(both).await {
        Err(Failure::Refused(_)) => server.ask("select pg_catalog.current_database()").await?,
        answer => answer?,
    };
    let mut columns = row.unwrap_or_default().into_iter();
    let database = columns.next().flatten();
    let identifier = columns.next().flatten().and_then(|text| text.parse().ok());
    Ok(database.map(|database| (identifier, database)))
}

/// The smallest statement that a server answers.
pub(crate) async fn ping(client: &Client) -> Result<(), Error> {
    client.simple_query("select 1").await.map(drop)
}
