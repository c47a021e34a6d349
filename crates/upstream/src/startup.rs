//! From a settled stream to a session.

use std::{future::poll_fn, net::SocketAddr, time::Duration};

use secrecy::ExposeSecret;
use tokio::task::JoinHandle;
use tokio_postgres::{
    Client, Config, Connection,
    config::{ChannelBinding, SslNegotiation},
};

use crate::{
    ConnectionString, ControlDatabase, DialError, answer,
    way::Way,
    wire::{Allowance, Settled, Wire},
};

/// How long a polite good-bye may take.
const CLOSING: Duration = Duration::from_secs(1);

/// A session with a customer's server.
#[derive(Debug)]
pub struct Connected {
    /// The driver's handle. Useless without `task`: keep both.
    pub client: Client,
    /// Moves the bytes; ends with the connection, and ends it when dropped.
    pub task: ConnectionTask,
    /// The address that was checked and dialled.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// What the server says it is (`15.4 (Debian 15.4-1)`): printable ASCII, at most 64 characters, may be empty.
    pub server_version: String,
    pub(crate) allowance: Allowance,
}

impl Connected {
    /// Takes leave of the server, so that it does not log a broken connection. Waits for at most a second.
    pub async fn close(self) {
        let Self { client, mut task, .. } = self;
        drop(client);
        // Late or not, the task is aborted when it is dropped.
        let _ = tokio::time::timeout(CLOSING, &mut task.0).await;
    }
}

/// The task that drives a connection. Dropping it closes the connection.
#[derive(Debug)]
pub struct ConnectionTask(JoinHandle<()>);

impl ConnectionTask {
    /// Reads and writes until either end closes. Notices and notifications are dropped: they are the server's words.
    fn spawn(mut connection: Connection<Wire, Wire>) -> Self {
        Self(tokio::spawn(async move { while let Some(Ok(_)) = poll_fn(|cx| connection.poll_message(cx)).await {} }))
    }

    /// Whether the connection is over.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl Drop for ConnectionTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The way of the driver.
pub(crate) struct Driven;

impl Way for Driven {
    type Session = Connected;

    async fn sign_in(
        &self,
        wire: Wire,
        address: SocketAddr,
        target: &ConnectionString,
    ) -> Result<Connected, DialError> {
        let (tls, allowance) = (wire.is_tls(), wire.allowance());
        let session = config(target).connect_raw(wire, Settled).await;
        let (client, connection) = session.map_err(|error| answer::classify(&error))?;
        let server_version = connection.parameter("server_version").map(answer::displayable).unwrap_or_default();
        Ok(Connected { client, task: ConnectionTask::spawn(connection), address, tls, server_version, allowance })
    }

    async fn identify(connected: &mut Connected) -> Result<ControlDatabase, DialError> {
        ControlDatabase::identify(&connected.client).await
    }
}

/// What the session calls itself.
pub(crate) fn application_name(target: &ConnectionString) -> &str {
    let name = target.parameter("application_name").or_else(|| target.parameter("fallback_application_name"));
    name.unwrap_or("pentaprism")
}

/// Whether SCRAM shall be, may be or must not be bound to the server's certificate.
pub(crate) fn channel_binding(target: &ConnectionString) -> ChannelBinding {
    match target.parameter("channel_binding") {
        Some("require") => ChannelBinding::Require,
        Some("disable") => ChannelBinding::Disable,
        _ => ChannelBinding::Prefer,
    }
}

fn config(target: &ConnectionString) -> Config {
    let mut config = Config::new();
    config
        .user(target.user())
        .dbname(target.database())
        .application_name(application_name(target))
        // Encryption is settled: the driver shall neither ask for it nor do without the stream that it is given.
        .ssl_mode(tokio_postgres::config::SslMode::Require)
        .ssl_negotiation(SslNegotiation::Direct)
        .channel_binding(channel_binding(target));
    if let Some(password) = target.password() {
        config.password(password.expose_secret());
    }
    if let Some(options) = target.parameter("options") {
        config.options(options);
    }
    config
}
