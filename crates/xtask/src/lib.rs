//! What `cargo x` is made of: a library, so that benchmarks, soaks and client suites share the helpers.

pub mod arch;
pub mod bench;
pub mod build;
pub mod cli;
pub mod clients;
pub mod cluster;
pub mod database;
pub mod files;
pub mod fingerprint;
pub mod process;
pub mod queries;
pub mod registry;
pub mod seeded;
pub mod server;
pub mod soak;
pub mod socket;
pub mod tally;
pub mod test;
pub mod tools;
pub mod ui;
pub mod up;
pub mod web;
pub mod workspace;
