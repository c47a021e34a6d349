//! What pages and forms ask of the control plane: the one place of the console that knows the domain crates.
//!
//! A read is a plain function that answers a view model. A mutation is a server function with an endpoint of its own name, posted by a plain
//! form; it says where the browser goes next through [`respond`]. Rules live below, in `control`.

pub mod accelerate;
pub mod admin;
pub mod identity;
pub mod keys;
pub mod links;
pub mod members;
pub mod orgs;
pub mod palette;
pub mod place;
pub mod plans;
pub mod projects;
pub mod pulse;
pub mod regions;
pub mod request;
pub mod resources;
pub mod respond;
mod secrets;
pub mod security;

pub use request::{Deadline, Gateways, Server, Signed, Streams};
pub use secrets::SECRET_FIELDS;

use control::identity::sessions::parcel::Taken;
use kernel::Problem;
use std::time::{Duration, Instant};

/// What is left of the time that a page has for its queries.
fn time_left() -> Duration {
    match request::deadline() {
        Some(Deadline(at)) => at.saturating_duration_since(Instant::now()),
        None => request::server().map_or(Duration::ZERO, |server| server.page_wait),
    }
}

/// What of it a page may wait for what other servers are asked for: the rest is for its own queries and for rendering.
fn time_to_look() -> Duration {
    time_left().mul_f32(0.6)
}

/// Runs one read of a page: as long as its patience lasts, and every error as a problem that can be shown.
fn read<T>(query: impl Future<Output = Result<T, control::Error>>) -> impl Future<Output = Result<T, Problem>> {
    within(time_left(), query)
}

/// Boxed: a page waits for many at once, and its future is moved about on the stack.
fn within<T>(
    time: Duration,
    query: impl Future<Output = Result<T, control::Error>>,
) -> impl Future<Output = Result<T, Problem>> {
    let query = Box::pin(query);
    async move {
        match tokio::time::timeout(time, query).await {
            Ok(result) => result.map_err(control::Error::into_problem),
            Err(_) => Err(Problem::unavailable("The database took too long to answer.")),
        }
    }
}

/// Reads what can be read once. A read that comes too late leaves it where it is; its end alone is not hurried, or it could be lost.
async fn take<T>(query: impl Future<Output = Result<Option<Taken<T>>, control::Error>>) -> Result<Option<T>, Problem> {
    match read(query).await? {
        Some(taken) => taken.keep().await.map(Some).map_err(control::Error::into_problem),
        None => Ok(None),
    }
}
