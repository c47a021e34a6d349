//! Against a Postgres of their own, and against servers that are worse.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test itself does")]

mod fake;
mod hostile;
mod postgres;
mod refusals;
mod resolvers;
mod sessions;
mod slips;
mod tls;
mod urls;
