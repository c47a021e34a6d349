//! The gateway against a real Postgres.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test itself does")]

mod read_only;
mod samples;
mod shared_cache;
mod transactions;
mod world;
