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
//! What the crate needs of the control plane it asks by [`Directory`]; time and randomness by [`Source`]. What it did it tells a [`Meter`].

mod asked;
mod cache;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzz;
mod gateway;
mod interpret;
mod js;
mod limits;
mod meter;
mod plan;
mod pool;
mod request;
mod server_error;
mod session;
mod shape;
mod telemetry;
mod throttle;
mod transaction_id;
mod transactions;
mod value;
mod wire;

pub use asked::{Asked, Caller};
pub use cache::{Answer, CacheError, CacheServer, CacheSettings, Status, Strategy};
pub use error::{Class, QueryError};
pub use gateway::{Directory, Gateway, Isolation, Resource, Source, Start};
pub use limits::Limits;
pub use meter::{Meter, Operation, Outcome};
pub use session::Access;
pub use telemetry::{Begun, Capture, Recorder};
pub use throttle::Rate;
pub use transaction_id::node_of;
pub use transactions::End;
