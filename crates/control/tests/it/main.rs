//! Against a real Postgres: `DATABASE_URL` names a server on which databases may be made, one for each test.

#![expect(clippy::unwrap_used, reason = "clippy knows tests, not what they share")]

mod account;
mod api_keys;
mod cache_epochs;
mod gateways;
mod invitations;
mod keys;
mod mail;
mod master_key;
mod matrix;
mod members;
mod operators;
mod orgs;
mod passwords;
mod plans;
mod projects;
mod pulse;
mod resources;
mod rights_doc;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_up;
mod traffic;
mod usage;
mod world;
