//! The gateway against a real Postgres.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test itself does")]

mod bounds;
mod changes;
mod javascript;
mod left;
mod pools;
mod proxy;
mod read_only;
mod shared_cache;
#[path = "../../src/plan/tests/spelling.rs"]
mod spelling;
mod spellings;
mod transactions;
mod world;
