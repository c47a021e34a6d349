//! Why something about a change stream failed, with the codes that `@prisma/extension-pulse` knows.

use std::{fmt, io};

use upstream::DialError;

use crate::pgoutput::Malformed;

/// Why it failed. The messages are for the one who asked; no text of a database is in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be reached.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The database refused a statement.
    #[error("The database refused it (SQLSTATE {0}){hint}", hint = .0.hint())]
    Refused(SqlState),
    /// The connection ended in the middle.
    #[error("The connection to the database ended")]
    Closed,
    /// The database says nothing any more.
    #[error("The database did not answer in time")]
    Silent,
    /// What the database sent cannot be understood.
    #[error("The database sent what is no answer of PostgreSQL")]
    NotPostgres,
    /// A message of the database is larger than this many bytes.
    #[error("A change is larger than the {0} bytes that are taken in one piece")]
    TooLarge(usize),
    /// Large transactions wait on this machine's disk until they are committed, up to this many bytes.
    #[error("Transactions that are not committed yet take more than the {0} bytes set aside for them")]
    SpillFull(u64),
    /// This machine's disk.
    #[error("Large transactions cannot be put aside on this machine's disk ({0})")]
    Spill(io::ErrorKind),
    /// The subscription is wrong; says where and how.
    #[error("{0}")]
    Subscription(String),
    /// Somebody subscribes with a key that is none, or not for this.
    #[error("The API key is invalid")]
    Unauthorized,
    /// Changes are missing in front of what a stream would tell next.
    #[error(
        "Changes are missing, since {0}. They are in no stream: read the tables anew. The next connection goes on behind the gap"
    )]
    Gap(&'static str),
    /// Change streams are turned off for the resource.
    #[error("Pulse is disabled for this environment")]
    ProjectDisabled,
    /// The organization is suspended.
    #[error("The account is on hold")]
    AccountHold,
    /// The client is too old or too new.
    #[error("This version of Prisma Client is not supported; use version 4.16.1 or later")]
    VersionNotSupported,
    /// The resource keeps no events.
    #[error("Event persistence is turned off for this environment, so there are no streams; use subscribe()")]
    StreamsDisabled,
}

/// A code of five digits and letters by which a database says what went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SqlState([u8; 5]);

impl SqlState {
    /// Something with this name exists already.
    pub const DUPLICATE_OBJECT: Self = Self(*b"42710");
    /// A slot is in use by another connection.
    pub const OBJECT_IN_USE: Self = Self(*b"55006");
    /// There is no such slot, publication or role.
    pub const UNDEFINED_OBJECT: Self = Self(*b"42704");
    /// The role may not.
    pub const INSUFFICIENT_PRIVILEGE: Self = Self(*b"42501");
    /// `wal_level` is not logical, or the slot is lost.
    pub const NOT_IN_PREREQUISITE_STATE: Self = Self(*b"55000");
    /// No slot, sender or connection is left.
    pub const CONFIGURATION_LIMIT: Self = Self(*b"53400");

    /// `None` for what is no such code.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let code: [u8; 5] = text.try_into().ok()?;
        code.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()).then_some(Self(code))
    }

    fn hint(self) -> &'static str {
        match self {
            Self::INSUFFICIENT_PRIVILEGE => ": the user of the connection string lacks a privilege",
            Self::OBJECT_IN_USE => ": another connection uses the replication slot",
            Self::CONFIGURATION_LIMIT => ": no replication slot or sender is left; raise max_replication_slots",
            Self::NOT_IN_PREREQUISITE_STATE => ": the database is not prepared; check wal_level and the slot",
            _ => "",
        }
    }
}

impl fmt::Display for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl fmt::Debug for SqlState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error {
    /// The code by which the extension chooses its error: `P6100` to `P6106`. It has none for a wrong subscription, so that is `P6100`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Spill(_) | Self::SpillFull(_) | Self::Subscription(_) => "P6100",
            Self::Dial(_)
            | Self::Refused(_)
            | Self::Closed
            | Self::Silent
            | Self::NotPostgres
            | Self::TooLarge(_)
            | Self::Gap(_) => "P6101",
            Self::Unauthorized => "P6102",
            Self::ProjectDisabled => "P6103",
            Self::AccountHold => "P6104",
            Self::VersionNotSupported => "P6105",
            Self::StreamsDisabled => "P6106",
        }
    }

    pub(crate) fn is(&self, state: SqlState) -> bool {
        *self == Self::Refused(state)
    }
}

impl From<Malformed> for Error {
    fn from(_: Malformed) -> Self {
        Self::NotPostgres
    }
}
