//! The control plane: who may do what, with which key, in which organization.
//!
//! One module a noun, one file an operation, `store.rs` for the SQL of the noun. An operation takes the context, the actor and its input; it
//! checks the actor's right, opens one transaction, writes one audit event in it, and answers a value or an [`Error`] that a face can show.

pub mod accelerate;
pub mod audit;
pub mod context;
pub mod database;
pub mod error;
pub mod gateways;
pub mod identity;
pub mod keys;
pub mod mail;
pub mod operator;
pub mod orgs;
pub mod plans;
pub mod projects;
pub mod pulse;
pub mod resources;
pub mod rights;
pub mod usage;
pub mod vault;

pub use context::{Actor, Clock, Ctx, Origin, Rng};
pub use error::Error;
pub(crate) use error::commit;

/// The schema of the control database, applied in order at start.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();
