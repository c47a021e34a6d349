//! Making the parts of the server from its configuration, and taking them down again.

mod cache;
pub mod config;
pub mod connections;
pub mod listeners;
mod mailer;
pub mod master_key;
pub mod meter;
pub mod parts;
pub mod ports;
pub mod pulse;
pub mod rotation;
pub mod shutdown;
pub mod telemetry;
pub mod tls;
pub mod workers;
