//! The one door to customers' Postgres servers: parse, resolve, check, dial, TLS.
//!
//! Every product that talks to a database that is not ours takes its connection from here, because three promises hold
//! for all of them: an address in a denied range is never dialled, the address that was checked is the one that is
//! dialled, and nobody reaches Pentaprism's own control database by the customers' door.
//!
//! ```text
//! &str -parse-> ConnectionString -resolve-> addresses -Guard-> TCP -> TLS -> startup -ControlDatabase-> Connected
//!                                                                                                   \-> Session
//! ```
//!
//! [`Connected`] holds a driver; [`Session`] is the bare stream, for a caller who speaks the protocol by itself.
//!
//! What a server says is hostile until shown otherwise: it is bounded in time and size, and its texts never
//! leave this crate; see [`DialError`] for what does.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use upstream::{ConnectionString, Dialer};
//!
//! let dialer = Dialer::new();
//! let target = ConnectionString::parse("postgresql://app:secret@db.example.com/shop?sslmode=verify-full")?;
//! let connected = dialer.connect(&target).await?;
//! connected.client.batch_execute("select 1").await?;
//! connected.close().await;
//! # Ok(())
//! # }
//! ```

#![warn(missing_docs)]

mod answer;
pub mod array;
mod connection_string;
mod control_database;
mod dial;
mod end_point;
mod error;
mod guard;
mod host;
mod parameters;
mod parse;
mod parse_error;
mod percent;
mod report;
mod resolve;
mod session;
mod ssl_mode;
mod startup;
mod store;
mod tls;
mod way;
mod wire;

pub use connection_string::ConnectionString;
pub use control_database::ControlDatabase;
pub use dial::Dialer;
pub use error::{CertificateFault, DialError};
pub use guard::Guard;
pub use host::Host;
pub use parse_error::ParseError;
pub use report::{ConnectionReport, Test, Tests, test_connection};
pub use resolve::{Resolve, Resolver, SystemResolver};
pub use session::{CancelKey, Session, SessionStream};
pub use ssl_mode::SslMode;
pub use startup::{Connected, ConnectionTask};
