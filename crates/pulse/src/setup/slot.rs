//! The place in the log that the server keeps for us.

use std::time::Duration;

use upstream::{ConnectionString, Dialer};

use super::{session, store};
use crate::{Error, Lsn, error::SqlState, wire::Row};

/// A session that was told to end needs a moment.
const TRIES: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(100);

/// A slot as its server shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotStatus {
    /// Whether a connection reads it.
    pub is_active: bool,
    /// What it was told is durable here.
    pub confirmed: Lsn,
    /// From where on the server keeps its log for it.
    pub restart: Option<Lsn>,
    /// Bytes of log behind what is confirmed; `None` on a standby.
    pub lag: Option<u64>,
    /// Bytes of log that it makes the server keep; `None` on a standby, and of a lost slot.
    pub held: Option<u64>,
    /// Whether all of that is still there.
    pub wal: WalStatus,
    /// Bytes that may still be written before it is in danger; `None` without a limit.
    pub safe: Option<u64>,
}

/// Whether the log that a slot needs is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalStatus {
    /// Within `max_wal_size`.
    Reserved,
    /// Beyond it, and kept.
    Extended,
    /// To be removed at the next checkpoint.
    Unreserved,
    /// Gone: the slot is of no use any more.
    Lost,
}

/// How the slot is; `None` where there is none of this name in this database.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn slot_status(dialer: &Dialer, target: &ConnectionString, slot: &str) -> Result<Option<SlotStatus>, Error> {
    let row = session(dialer, target, async |connection| store::slot(connection, slot).await).await?;
    row.map(read).transpose()
}

pub(super) fn read(row: Row) -> Result<SlotStatus, Error> {
    let [active, _, restart, confirmed, wal, safe, lag, held] =
        <[_; 8]>::try_from(row).map_err(|_| Error::NotPostgres)?;
    let bytes = |text: Option<String>| text.and_then(|text| text.parse().ok());
    let restart: Option<Lsn> = restart.and_then(|text| text.parse().ok());
    let wal = match wal.as_deref() {
        Some("reserved") => WalStatus::Reserved,
        Some("extended") => WalStatus::Extended,
        Some("unreserved") => WalStatus::Unreserved,
        Some("lost") | None => WalStatus::Lost,
        Some(_) => return Err(Error::NotPostgres),
    };
    Ok(SlotStatus {
        is_active: active.as_deref() == Some("true"),
        confirmed: confirmed.and_then(|text| text.parse().ok()).unwrap_or_default(),
        restart,
        lag: bytes(lag),
        held: bytes(held),
        wal,
        safe: bytes(safe),
    })
}

/// Ends the server's session that reads the slot; whether there was one.
///
/// # Errors
/// [`Error::Refused`] with `INSUFFICIENT_PRIVILEGE` where the session is another user's.
pub async fn end_walsender(dialer: &Dialer, target: &ConnectionString, slot: &str) -> Result<bool, Error> {
    session(dialer, target, async |connection| store::end_walsender(connection, slot).await).await
}

/// Ends whoever reads the slot and removes it, so that the server keeps no log for it; whether it was there.
///
/// # Errors
/// [`Error::Refused`] with `OBJECT_IN_USE` where somebody takes it again and again.
pub async fn drop_slot(dialer: &Dialer, target: &ConnectionString, slot: &str) -> Result<bool, Error> {
    let drop = async |connection: &mut _| {
        for _ in 0..TRIES {
            store::end_walsender(connection, slot).await?;
            match store::drop_slot(connection, slot).await {
                Ok(()) => return Ok(true),
                Err(error) if error.is(SqlState::UNDEFINED_OBJECT) => return Ok(false),
                Err(error) if error.is(SqlState::OBJECT_IN_USE) => tokio::time::sleep(BETWEEN).await,
                Err(error) => return Err(error),
            }
        }
        Err(Error::Refused(SqlState::OBJECT_IN_USE))
    };
    session(dialer, target, drop).await
}
