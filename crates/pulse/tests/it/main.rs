//! Change streams of a real Postgres.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test itself does")]

mod capture;
mod ledger;
mod partition;
mod setup;
mod source;
mod world;
