//! Pentaprism's own database, recognised from within a connection.

use tokio_postgres::Client;

use crate::{
    DialError,
    store::{self, Ask},
};

/// Which database is Pentaprism's own. Two connections with equal values lead to the same database, whatever names,
/// addresses, tunnels or poolers they came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlDatabase {
    system_identifier: Option<i64>,
    database: String,
}

impl ControlDatabase {
    /// From `pg_control_system().system_identifier` (`None` if it cannot be read) and `current_database()`.
    #[must_use]
    pub fn new(system_identifier: Option<i64>, database: impl Into<String>) -> Self {
        Self { system_identifier, database: database.into() }
    }

    /// Reads both from a connection to the control database.
    ///
    /// # Errors
    /// [`DialError::NotPostgres`] if the connection breaks or the answer makes no sense, [`DialError::Other`] if the
    /// server refuses to name even the database.
    pub async fn identify(mut client: &Client) -> Result<Self, DialError> {
        Self::ask(&mut client).await
    }

    /// As [`ControlDatabase::identify`], by whatever puts the questions.
    pub(crate) async fn ask(server: &mut impl Ask) -> Result<Self, DialError> {
        let identity = store::identity(server).await?;
        let (system_identifier, database) = identity.ok_or(DialError::NotPostgres)?;
        Ok(Self { system_identifier, database })
    }

    /// Whether a connection with this identity leads to the control database. Where either identifier could not be
    /// read, an equal name is enough: a wrong refusal costs a customer a rename, a wrong admission costs everything.
    #[must_use]
    pub fn is(&self, seen: &Self) -> bool {
        let same_server = match (self.system_identifier, seen.system_identifier) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        same_server && self.database == seen.database
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unread_identifier_counts_as_equal() {
        let own = ControlDatabase::new(Some(7), "pentaprism");
        assert!(own.is(&ControlDatabase::new(Some(7), "pentaprism")));
        assert!(own.is(&ControlDatabase::new(None, "pentaprism")));
        assert!(!own.is(&ControlDatabase::new(Some(8), "pentaprism")));
        assert!(!own.is(&ControlDatabase::new(Some(7), "shop")));
        assert!(!own.is(&ControlDatabase::new(None, "shop")));
    }
}
