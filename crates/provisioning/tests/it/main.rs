//! The private cluster against a real Postgres, as root and as an ordinary user alike.

#![expect(clippy::unwrap_used, reason = "clippy knows tests, not what they share")]

mod crash;
mod first_start;
mod owners;
mod places;
mod support;
