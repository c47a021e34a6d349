//! Accelerate: Prisma Client's query plans, run against customers' Postgres.
//!
//! Prisma Client 7 (and 6.16 and later with `engineType = "client"`) compiles a query to a plan: a tree of nodes around finished SQL. The client sends
//! the plan as JSON; this crate runs it, shapes the result and answers. It never sees a schema.
//!
//! ```text
//! body -request-> Query -Gateway-> Pool -> Lease -interpret-> wire <-> Postgres
//!                                                     rows -shape-> JSON
//! ```
//!
//! What the crate needs of the control plane it asks by [`Directory`]; time and randomness by [`Source`].

mod cache;
mod error;
mod gateway;
mod interpret;
mod js;
mod limits;
mod plan;
mod pool;
mod request;
mod server_error;
mod session;
mod shape;
mod transactions;
mod value;
mod wire;

pub use cache::{Answer, CacheError, CacheServer, CacheSettings, Status, Strategy};
pub use error::{Class, QueryError};
pub use gateway::{Directory, Gateway, Isolation, Resource, Source, Start};
pub use limits::Limits;
pub use session::Access;
pub use transactions::End;
