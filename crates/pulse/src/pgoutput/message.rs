//! What a message says.

use bytes::Bytes;

use super::{Relation, Tuple, TypeName};
use crate::Lsn;

/// A message of `pgoutput`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A committed transaction begins.
    Begin {
        /// Where its commit stands in the log: the order of transactions.
        commit: Lsn,
        /// Its id.
        xid: u32,
    },
    /// It is complete.
    Commit {
        /// Where its commit stands.
        commit: Lsn,
        /// Where the commit ends: what to confirm.
        end: Lsn,
    },
    /// The transaction came from another server.
    Origin,
    /// A table, before the first change of it.
    Relation(Relation),
    /// A type that is not built in, before the table that uses it.
    Type(TypeName),
    /// A new row.
    Insert {
        /// The table's object id.
        relation: u32,
        /// The row.
        new: Tuple,
    },
    /// A changed row.
    Update {
        /// The table's object id.
        relation: u32,
        /// What is known of the row as it was; by default only where its key has changed.
        old: Option<Old>,
        /// The row as it is.
        new: Tuple,
    },
    /// A row that is gone.
    Delete {
        /// The table's object id.
        relation: u32,
        /// What is known of it.
        old: Old,
    },
    /// Emptied tables.
    Truncate {
        /// Their object ids.
        relations: Box<[u32]>,
    },
    /// What `pg_logical_emit_message` wrote.
    Logical {
        /// Whether it is part of its transaction; else it stands alone, even inside of another.
        is_transactional: bool,
        /// Where it stands.
        at: Lsn,
        /// Who it is for.
        prefix: Box<str>,
        /// Any bytes.
        content: Bytes,
    },
    /// Changes of an unfinished transaction follow.
    StreamStart {
        /// Its top-level id.
        xid: u32,
        /// Whether these are its first.
        is_first: bool,
    },
    /// They end for now.
    StreamStop,
    /// A streamed transaction is committed.
    StreamCommit {
        /// Its top-level id.
        xid: u32,
        /// Where its commit stands.
        commit: Lsn,
        /// Where the commit ends.
        end: Lsn,
    },
    /// A streamed transaction, or one of its sub-transactions, is rolled back.
    StreamAbort {
        /// Its top-level id.
        xid: u32,
        /// What is rolled back: the same for all of it.
        subxid: u32,
    },
}

/// A row as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Old {
    /// The columns of the replica identity; the others are null without meaning it.
    Key(Tuple),
    /// All columns: `REPLICA IDENTITY FULL`.
    Row(Tuple),
}
