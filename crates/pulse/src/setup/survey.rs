//! Everything that is shown of a database, by one session.

use upstream::{ConnectionString, Dialer};

use super::{
    Item, Names, SlotStatus, TableName, Tables,
    checklist::{Facts, Table},
    session, slot, store,
};
use crate::Error;

/// How a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The server's major version.
    pub version: u32,
    /// As [`super::checklist`] has it; what is published already needs nobody who may publish it.
    pub items: Vec<Item>,
    /// All tables that can be published.
    pub tables: Vec<TableName>,
    /// The slot, if it is there.
    pub slot: Option<SlotStatus>,
    /// The published tables, if the publication is there.
    pub published: Option<Vec<TableName>>,
}

/// Looks at a database for what Pulse needs there, and for what it keeps there. Where its slot is there already, no other has to be free.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn survey(
    dialer: &Dialer,
    target: &ConnectionString,
    names: &Names,
    tables: &Tables,
) -> Result<Survey, Error> {
    let (facts, rows, slot, (is_published, published)) = session(dialer, target, async |connection| {
        let facts = store::facts(connection).await?;
        let rows = store::tables(connection).await?;
        let slot = store::slot(connection, &names.slot).await?;
        Ok((facts, rows, slot, store::publication(connection, &names.publication).await?))
    })
    .await?;
    let facts = Facts::read(facts)?;
    let found = rows.into_iter().map(Table::read).collect::<Result<Vec<_>, _>>()?;
    Ok(Survey {
        version: facts.version / 10_000,
        items: facts.checklist(tables, &found, slot.is_some(), &names.publication, is_published),
        tables: found.into_iter().map(|table| table.name).collect(),
        slot: slot.map(slot::read).transpose()?,
        published: is_published.then_some(published),
    })
}
