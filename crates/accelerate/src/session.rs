//! A connection in the hands of one request: its transaction, its rights, and its way back into the pool.

use crate::error::QueryError;
use crate::pool::Place;
use crate::server_error::failed;
use crate::wire::{Completion, Connection, Failure, Params, Sink, Status};
use std::time::Duration;

/// What a key may do with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    Full,
    ReadOnly,
}

/// Begins what a key that only reads may do. The snapshot that `select 1` takes is what makes it last: Postgres lets nobody turn a transaction that
/// has one into a writing one.
const READ_ONLY: &str = "begin read only; select 1";
/// Ends such a transaction, and the one thing that a rollback leaves behind.
const END_READ_ONLY: &str = "rollback; select pg_advisory_unlock_all()";

/// Ends what outlives a transaction and would be in the way of others.
const CLEAN: &str = "select pg_advisory_unlock_all(); unlisten *; discard temp";
/// Who leaves that behind has to say one of these words, or to call a function that does.
const LEAVES: [&str; 8] = [
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "listen",
    "temp",
    "temporary",
    "pg_temp",
];

/// A connection that goes back into its pool when this is dropped, if it is fit for another request.
pub struct Lease {
    /// Gone when it was lost.
    connection: Option<Connection>,
    place: Place,
    access: Access,
    transaction: Transaction,
    /// Commands that go out with the next statement.
    queued: usize,
    /// Whether a statement may have left more in the session than its transaction.
    marked: bool,
}

/// What was begun on the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    /// By this run of a plan, and ended by it.
    Own,
    /// By the client, who ends it.
    Interactive,
    /// Around everything that a key without the right to write does.
    ReadOnly,
}

impl Lease {
    pub(crate) fn new(connection: Connection, place: Place, access: Access) -> Self {
        Self { connection: Some(connection), place, access, transaction: Transaction::None, queued: 0, marked: false }
    }

    /// Bytes of an answer at most.
    pub fn most_bytes(&self) -> usize {
        self.place.limits().response_bytes
    }

    /// How long the database may take.
    pub fn time_limit(&self) -> Duration {
        self.place.limits().query_timeout
    }

    /// Whether there is no connection any more.
    pub fn is_lost(&self) -> bool {
        self.connection.is_none()
    }

    /// Begins a transaction unless there is one; answers whether it was begun here. It goes out with the first statement.
    pub fn begin(&mut self) -> Result<bool, QueryError> {
        if self.access == Access::ReadOnly || self.transaction != Transaction::None {
            return Ok(false);
        }
        self.queue("begin", Transaction::Own)?;
        Ok(true)
    }

    /// Begins the client's own transaction, now.
    pub async fn begin_interactive(&mut self, isolation: Option<&str>) -> Result<(), QueryError> {
        let level = isolation.map(|level| format!(" isolation level {level}")).unwrap_or_default();
        let words = match self.access {
            Access::Full => format!("begin{level}"),
            Access::ReadOnly => format!("begin{level} read only; select 1"),
        };
        self.transaction = Transaction::Interactive;
        self.command(&words).await
    }

    pub async fn commit(&mut self) -> Result<(), QueryError> {
        // Of a transaction that only read, nothing of the session may stay: `set` is undone with it.
        let words = if self.access == Access::ReadOnly { END_READ_ONLY } else { "commit" };
        self.leave(words).await
    }

    /// Whatever goes wrong here ends the transaction too: the connection is given up.
    pub async fn roll_back(&mut self) {
        let words = if self.access == Access::ReadOnly { END_READ_ONLY } else { "rollback" };
        if self.leave(words).await.is_err() {
            self.connection = None;
        }
    }

    async fn leave(&mut self, words: &str) -> Result<(), QueryError> {
        self.transaction = Transaction::None;
        if std::mem::take(&mut self.queued) > 0 {
            // Nothing was said to the database yet.
            self.live()?.unqueue();
            return Ok(());
        }
        self.command(words).await
    }

    async fn command(&mut self, words: &str) -> Result<(), QueryError> {
        match self.live()?.command(words).await {
            Ok(()) => Ok(()),
            Err(failure) => Err(self.fail(failure, false)),
        }
    }

    fn queue(&mut self, words: &str, begun: Transaction) -> Result<(), QueryError> {
        self.live()?.queue_command(words);
        self.queued += 1;
        self.transaction = begun;
        Ok(())
    }

    /// Runs one statement. `raw`: of the user's own words.
    pub async fn query(
        &mut self,
        sql: &str,
        params: &Params,
        raw: bool,
        sink: &mut impl Sink,
    ) -> Result<Completion, QueryError> {
        if self.access == Access::ReadOnly && self.transaction == Transaction::None {
            self.queue(READ_ONLY, Transaction::ReadOnly)?;
        }
        // A key that only reads is cleaned up after in any case.
        self.marked |= raw && self.access == Access::Full && leaves(sql);
        let (begun, queued) = (self.transaction, std::mem::take(&mut self.queued));
        let mut outcome = self.live()?.query(sql, params, queued, sink).await;
        if let Err(Failure::Server(error)) = &outcome
            && error.is_of_statement()
            && (begun == Transaction::None || queued > 0)
        {
            // The schema has changed under a statement that was parsed before. Nothing has happened yet, so it is tried once more.
            if queued > 0 {
                self.command("rollback").await?;
                let words = if begun == Transaction::ReadOnly { READ_ONLY } else { "begin" };
                self.live()?.queue_command(words);
            }
            outcome = self.live()?.query(sql, params, queued, sink).await;
        }
        match outcome {
            Ok(done) if self.access == Access::ReadOnly && !reads(&done.command) => {
                // A command that reaches beyond its transaction: the connection must not see another statement.
                self.connection = None;
                Err(QueryError::unauthorized(format!("This API key is read-only: {} is not allowed.", done.command)))
            }
            Ok(done) => Ok(done),
            Err(failure) => Err(self.fail(failure, raw)),
        }
    }

    fn fail(&mut self, failure: Failure, raw: bool) -> QueryError {
        match failure {
            Failure::Server(error) if error.code == "25006" && self.access == Access::ReadOnly => {
                QueryError::unauthorized(format!("This API key is read-only: {}.", error.message))
            }
            Failure::Server(error) => failed(Failure::Server(error), raw),
            lost => {
                self.give_up();
                failed(lost, raw)
            }
        }
    }

    /// Ends the connection, and what the database is still doing for it.
    pub fn give_up(&mut self) {
        if let Some(connection) = self.connection.take().filter(|connection| !connection.is_clean()) {
            self.place.cancel(&connection);
        }
    }

    /// The connection, unless an earlier request of its transaction went away in the middle of a statement: the answer to that would be taken for ours.
    fn live(&mut self) -> Result<&mut Connection, QueryError> {
        if self.connection.as_ref().is_some_and(|connection| !connection.is_clean()) {
            self.give_up();
        }
        self.connection.as_mut().ok_or_else(|| failed(Failure::Closed, false))
    }

    /// Ends a transaction that reads alone, and whatever would be in the way of others, so that the connection can go back.
    pub async fn release(mut self) {
        if self.transaction == Transaction::ReadOnly {
            self.roll_back().await;
        }
        let is_idle = self.connection.as_ref().is_some_and(|connection| connection.status() == Status::Idle);
        if self.marked && is_idle && self.command(CLEAN).await.is_ok() {
            self.marked = false;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let fit = connection.is_clean() && connection.status() == Status::Idle && self.queued == 0 && !self.marked;
        match (fit, connection.is_clean()) {
            (true, _) => self.place.put_back(connection),
            // A request that went away in the middle of a statement: the database need not finish it.
            (false, false) => self.place.cancel(&connection),
            (false, true) => {}
        }
    }
}

/// Whether the user's own words may leave something in the session.
fn leaves(sql: &str) -> bool {
    let words = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.into_iter().any(|word| LEAVES.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// Commands that neither write nor reach beyond their transaction.
fn reads(command: &str) -> bool {
    matches!(command, "SELECT" | "SHOW" | "EXPLAIN" | "FETCH" | "")
}

impl crate::wire::ServerError {
    /// A statement that cannot be used any more: its result changed with the schema, or somebody threw it away.
    pub fn is_of_statement(&self) -> bool {
        self.code == "26000" || (self.code == "0A000" && self.routine.as_deref() == Some("RevalidateCachedQuery"))
    }
}
