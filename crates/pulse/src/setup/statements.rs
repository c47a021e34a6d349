//! What somebody runs who makes, or removes, by hand what Pulse keeps in a database.

use super::{Names, Tables, publication};
use crate::wire::{identifier, literal};

/// Each ends in a semicolon, and those that remove may be run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    /// Makes the publication; refused where there is one.
    pub publish: String,
    /// Makes the slot; refused where there is one.
    pub create_slot: String,
    /// Ends the server's session that reads the slot.
    pub end_walsender: String,
    /// Removes the slot, once nobody reads it.
    pub drop_slot: String,
    /// Removes the publication.
    pub drop_publication: String,
}

impl Statements {
    /// For a server of this major version.
    #[must_use]
    pub fn of(names: &Names, tables: &Tables, version: u32) -> Self {
        let slot = literal(&names.slot);
        Self {
            publish: format!("{};", publication::statement(&names.publication, tables, version)),
            create_slot: format!("SELECT pg_create_logical_replication_slot(\n  {slot}, 'pgoutput');"),
            end_walsender: format!(
                "SELECT pg_terminate_backend(active_pid)\n  FROM pg_replication_slots\n WHERE slot_name = {slot}\n   AND active_pid IS NOT NULL;"
            ),
            drop_slot: format!(
                "SELECT pg_drop_replication_slot(slot_name)\n  FROM pg_replication_slots\n WHERE slot_name = {slot};"
            ),
            drop_publication: format!("DROP PUBLICATION IF EXISTS\n  {};", identifier(&names.publication)),
        }
    }
}
