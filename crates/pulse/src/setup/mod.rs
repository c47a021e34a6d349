//! What a database needs for change streams, and what Pulse keeps in it: one publication and one slot for each resource.

mod checklist;
mod names;
mod publication;
mod slot;
mod statements;
mod store;
mod survey;

pub use checklist::{Check, Item, State, checklist};
pub use names::{Names, TableName, Tables};
pub use publication::{create_publication, drop_publication, published};
pub use slot::{SlotStatus, WalStatus, drop_slot, end_walsender, slot_status};
pub use statements::Statements;
pub use survey::{Survey, survey};

use std::{future::Future, time::Duration};

use upstream::{ConnectionString, Dialer};

use crate::{
    Error,
    wire::{Connection, Mode},
};

/// For a whole exchange, on top of the server's own limit of a statement.
const PATIENCE: Duration = Duration::from_secs(30);

/// Opens a session, does `work` with it and closes it.
async fn session<T>(
    dialer: &Dialer,
    target: &ConnectionString,
    work: impl AsyncFnOnce(&mut Connection) -> Result<T, Error>,
) -> Result<T, Error> {
    let whole = async {
        let mut connection = Connection::open(dialer, target, Mode::Sql).await?;
        work(&mut connection).await
    };
    bounded(whole).await
}

async fn bounded<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(Error::Silent))
}
