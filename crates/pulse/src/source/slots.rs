//! Commands of the replication protocol about the server and its slots.

use std::time::Duration;

use upstream::{ConnectionString, Dialer};

use crate::{
    Error, Lsn,
    wire::{Connection, Mode, Row, identifier},
};

/// For transactions that were running before the slot to end.
const CREATING: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_secs(15);

/// Which server it is, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Given by `initdb`: the same for a server and its standbys, another after a restore into a new cluster.
    pub identifier: String,
    /// Goes up with each promotion.
    pub timeline: u32,
    /// Where its log ends.
    pub end: Lsn,
}

/// Asks the server who it is (`IDENTIFY_SYSTEM`).
///
/// # Errors
/// Where it cannot be dialled, or the user may not replicate.
pub async fn identify(dialer: &Dialer, target: &ConnectionString) -> Result<System, Error> {
    let asked = async {
        let mut connection = Connection::open(dialer, target, Mode::Replication).await?;
        let rows = connection.ask("IDENTIFY_SYSTEM").await?;
        let Some([Some(identifier), Some(timeline), Some(end), ..]) = rows.first().map(Row::as_slice) else {
            return Err(Error::NotPostgres);
        };
        let timeline = timeline.parse().map_err(|_| Error::NotPostgres)?;
        let end = end.parse().map_err(|_| Error::NotPostgres)?;
        Ok(System { identifier: identifier.clone(), timeline, end })
    };
    tokio::time::timeout(ANSWER, asked).await.unwrap_or(Err(Error::Silent))
}

/// Makes a slot for `pgoutput` and answers from where on it has every change. Transactions that run already have to end first.
///
/// # Errors
/// [`Error::Silent`] where they do not end within a minute; the attempt is cancelled then.
pub async fn create_slot(dialer: &Dialer, target: &ConnectionString, slot: &str) -> Result<Lsn, Error> {
    let mut connection = Connection::open(dialer, target, Mode::Replication).await?;
    let key = connection.cancel_key().clone();
    let command = format!("CREATE_REPLICATION_SLOT {} LOGICAL pgoutput NOEXPORT_SNAPSHOT", identifier(slot));
    let Ok(rows) = tokio::time::timeout(CREATING, connection.ask(&command)).await else {
        dialer.cancel(target, &key).await?;
        return Err(Error::Silent);
    };
    let point = rows?.into_iter().next().and_then(|row| row.into_iter().nth(1).flatten());
    point.and_then(|point| point.parse().ok()).ok_or(Error::NotPostgres)
}
