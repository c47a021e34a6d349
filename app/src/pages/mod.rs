//! The screens of the console, a folder each. They run on the server alone.

pub mod accelerate;
pub mod account;
pub mod admin;
pub mod auth;
pub mod help;
pub mod keys;
pub mod members;
pub mod message;
pub mod orgs;
pub mod projects;
pub mod pulse;
pub mod resources;

mod chrome;
mod load;
