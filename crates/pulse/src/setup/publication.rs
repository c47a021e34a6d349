//! Which tables are told of.

use upstream::{ConnectionString, Dialer};

use super::{TableName, Tables, session, store};
use crate::{Error, wire::identifier};

/// The statement that publishes these tables.
pub(super) fn statement(name: &str, tables: &Tables, version: u32) -> String {
    let what = match tables {
        Tables::All => "ALL TABLES".to_owned(),
        Tables::Chosen(tables) => {
            let tables: Vec<_> = tables.iter().map(TableName::quoted).collect();
            format!("TABLE {}", tables.join(", "))
        }
    };
    // Prisma's model is the partitioned table, not its partitions.
    let root = if version >= 13 { " WITH (publish_via_partition_root = true)" } else { "" };
    // Nothing chosen is a publication of nothing.
    let what = if matches!(tables, Tables::Chosen(tables) if tables.is_empty()) {
        String::new()
    } else {
        format!(" FOR {what}")
    };
    format!("CREATE PUBLICATION {}{what}{root}", identifier(name))
}

pub(super) fn drop_statement(name: &str) -> String {
    format!("DROP PUBLICATION IF EXISTS {}", identifier(name))
}

/// Makes the publication of a resource, in place of one that is there.
///
/// # Errors
/// [`Error::Refused`] with `INSUFFICIENT_PRIVILEGE` where the user owns a table not, or wants all of them and is no superuser.
pub async fn create_publication(
    dialer: &Dialer,
    target: &ConnectionString,
    name: &str,
    tables: &Tables,
) -> Result<(), Error> {
    session(dialer, target, async |connection| store::publish(connection, name, tables).await).await
}

/// Removes it, if it is there.
///
/// # Errors
/// Where the database cannot be asked, or the user does not own it.
pub async fn drop_publication(dialer: &Dialer, target: &ConnectionString, name: &str) -> Result<(), Error> {
    session(dialer, target, async |connection| store::unpublish(connection, name).await).await
}

/// The tables that are published now; `None` where there is no such publication.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn published(
    dialer: &Dialer,
    target: &ConnectionString,
    name: &str,
) -> Result<Option<Vec<TableName>>, Error> {
    let (exists, tables) =
        session(dialer, target, async |connection| store::publication(connection, name).await).await?;
    Ok(exists.then_some(tables))
}
