//! Interactive transactions: begun by one request, used by others, ended by the client or by their time.

use crate::error::QueryError;
use crate::session::Lease;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::{Instant, timeout};

/// Ended transactions that are remembered, to say how they ended.
const REMEMBERED: usize = 1000;

/// The open transactions of one resource and kind of access.
#[derive(Default)]
pub struct Transactions {
    open: Mutex<HashMap<Box<str>, Arc<Transaction>>>,
    closed: Mutex<VecDeque<Closed>>,
}

pub struct Transaction {
    /// Empty once it is over. One request at a time.
    lease: Arc<AsyncMutex<Option<Lease>>>,
    timeout: Duration,
    started: Instant,
}

/// The connection of a transaction, in the hands of one request. A request that goes away before its end takes the transaction with it: what the
/// database is doing is cancelled, what it has done is rolled back, and the connection is free.
pub struct Held {
    lease: OwnedMutexGuard<Option<Lease>>,
    transactions: Arc<Transactions>,
    transaction: Arc<Transaction>,
    id: Box<str>,
    done: bool,
}

impl Held {
    pub fn lease(&mut self) -> Result<&mut Lease, QueryError> {
        self.lease.as_mut().ok_or_else(|| QueryError::internal("A transaction without a connection"))
    }

    /// The request has come to its end, whatever it is. A transaction that has lost its connection is over all the same.
    pub fn give_back(mut self) {
        self.done = true;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.done && self.lease.as_ref().is_some_and(|lease| !lease.is_lost()) {
            return;
        }
        self.transactions.close(&self.id, &self.transaction, End::RolledBack);
        *self.lease = None;
    }
}

struct Closed {
    id: Box<str>,
    end: End,
    timeout: Duration,
    started: Instant,
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Committed,
    RolledBack,
    TimedOut,
}

impl Transactions {
    /// Keeps a transaction that has begun until it is ended, at the latest after its time.
    pub fn open(self: &Arc<Self>, id: &str, lease: Lease, timeout: Duration) {
        let transaction =
            Arc::new(Transaction { lease: Arc::new(AsyncMutex::new(Some(lease))), timeout, started: Instant::now() });
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(id.into(), transaction);
        let (transactions, id) = (Arc::downgrade(self), id.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(timeout).await;
            if let Some(transactions) = Weak::upgrade(&transactions) {
                let _ = transactions.end(&id, End::TimedOut).await;
            }
        });
    }

    /// A transaction for one request; others of it wait.
    ///
    /// # Errors
    /// P2028 where there is none of this id any more.
    pub async fn hold(self: &Arc<Self>, id: &str, operation: &str) -> Result<Held, QueryError> {
        let transaction = self.find(id).ok_or_else(|| self.gone(id, operation))?;
        let lease = Arc::clone(&transaction.lease).lock_owned().await;
        match *lease {
            Some(_) => Ok(Held { lease, transactions: Arc::clone(self), transaction, id: id.into(), done: false }),
            None => Err(self.gone(id, operation)),
        }
    }

    /// Commits or rolls back. A database that does not answer in the time of a query loses the connection.
    ///
    /// # Errors
    /// P2028 where there is none of this id any more, P6004 where the commit was not confirmed in time, or what the database says to it.
    pub async fn end(&self, id: &str, end: End) -> Result<(), QueryError> {
        let operation = if end == End::Committed { "commit" } else { "rollback" };
        let transaction = self.find(id).ok_or_else(|| self.gone(id, operation))?;
        let Some(mut lease) = transaction.lease.lock().await.take() else { return Err(self.gone(id, operation)) };
        self.close(id, &transaction, end);
        let limit = lease.time_limit();
        let ended = async {
            let outcome = match end {
                End::Committed => lease.commit().await,
                End::RolledBack | End::TimedOut => {
                    lease.roll_back().await;
                    Ok(())
                }
            };
            lease.release().await;
            outcome
        };
        match (timeout(limit, ended).await, end) {
            (Ok(outcome), _) => outcome,
            (Err(_), End::Committed) => Err(unconfirmed(limit)),
            // The database rolls back by itself what has lost its connection.
            (Err(_), End::RolledBack | End::TimedOut) => Ok(()),
        }
    }

    fn close(&self, id: &str, transaction: &Transaction, end: End) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        self.remember(Closed { id: id.into(), end, timeout: transaction.timeout, started: transaction.started });
    }

    pub fn count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn find(&self, id: &str) -> Option<Arc<Transaction>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn remember(&self, one: Closed) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        if closed.len() == REMEMBERED {
            closed.pop_front();
        }
        closed.push_back(one);
    }

    /// Why there is no such transaction, in the words of the official executor.
    fn gone(&self, id: &str, operation: &str) -> QueryError {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(one) = closed.iter().rev().find(|one| *one.id == *id) else {
            return QueryError::transaction(
                "Transaction not found. Transaction ID is invalid, refers to an old closed transaction Prisma doesn't have information about anymore, or was obtained before disconnecting.",
            );
        };
        match one.end {
            End::Committed => QueryError::transaction(format!(
                "Transaction already closed: A {operation} cannot be executed on a committed transaction."
            )),
            End::RolledBack => QueryError::transaction(format!(
                "Transaction already closed: A {operation} cannot be executed on a transaction that was rolled back."
            )),
            End::TimedOut => {
                let (timeout, taken) = (one.timeout.as_millis(), one.started.elapsed().as_millis());
                let mut meta = serde_json::Map::new();
                meta.insert("operation".into(), operation.into());
                meta.insert("timeout".into(), u64::try_from(timeout).unwrap_or(u64::MAX).into());
                meta.insert("timeTaken".into(), u64::try_from(taken).unwrap_or(u64::MAX).into());
                QueryError::transaction(format!(
                    "A {operation} cannot be executed on an expired transaction. The timeout for this transaction was {timeout} ms, however {taken} ms passed since the start of the transaction. Consider increasing the interactive transaction timeout or doing less work in the transaction."
                ))
                .with_meta(meta)
            }
        }
    }
}

fn unconfirmed(limit: Duration) -> QueryError {
    let limit = limit.as_millis();
    QueryError::limit(
        "P6004",
        format!(
            "Query timeout exceeded: the database did not confirm the commit within {limit} ms. Whether the transaction was committed is unknown."
        ),
    )
}
