//! A customer's connection string, read once and never printed whole.

use std::{fmt, str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use crate::{Host, ParseError, SslMode, parameters::Parameters, parse, percent};

/// A URL as libpq and Prisma accept it: `postgresql://user[:password]@host[:port][/database][?name=value&...]`.
///
/// Where the two disagree about a string, or a browser would read it differently, it is refused: what was checked must
/// be what every later reader sees. Neither `Debug` nor `Display` shows the password or a parameter.
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>
#[derive(Clone)]
pub struct ConnectionString {
    pub(crate) scheme: &'static str,
    pub(crate) user: String,
    pub(crate) password: Option<SecretString>,
    pub(crate) host: Host,
    pub(crate) port: u16,
    pub(crate) database: String,
    pub(crate) parameters: Parameters,
    pub(crate) ssl_mode: SslMode,
}

impl ConnectionString {
    /// Longest input, in bytes.
    pub const MAX_BYTES: usize = 4096;

    /// Reads a connection string; white space around it is dropped.
    ///
    /// # Errors
    /// A [`ParseError`] that names the faulty part and says what to do.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::parse(text)
    }

    /// The role to sign in as.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password, where one is given.
    #[must_use]
    pub fn password(&self) -> Option<&SecretString> {
        self.password.as_ref()
    }

    /// The host, not yet resolved.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port; 5432 where none is given.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The database; the user's name where none is given, as libpq.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Prisma's `schema`: where a client looks for tables without a schema of their own. `public` where none is given.
    #[must_use]
    pub fn schema(&self) -> &str {
        self.parameter("schema").unwrap_or("public")
    }

    /// Encryption and proof to ask for, from `sslmode`, Prisma's `sslaccept` and `sslrootcert=system` together.
    #[must_use]
    pub fn ssl_mode(&self) -> SslMode {
        self.ssl_mode
    }

    /// `connect_timeout`; none where it is absent or 0.
    #[must_use]
    pub fn connect_timeout(&self) -> Option<Duration> {
        self.parameter("connect_timeout")
            .and_then(|seconds| seconds.parse().ok())
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs)
    }

    /// The decoded value of a query parameter. Known names are in lower case, however they were written.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)
    }

    /// For display: `postgresql://user:••••@host:5432/database`, without parameters.
    #[must_use]
    pub fn masked(&self) -> String {
        let password = if self.password.is_some() { ":••••" } else { "" };
        self.format(password)
    }

    /// The whole URL with its password, in one canonical form that parses to the same again.
    #[must_use]
    pub fn expose_url(&self) -> SecretString {
        let password = self.password.as_ref().map(|secret| format!(":{}", percent::encode(secret.expose_secret())));
        let mut url = self.format(password.as_deref().unwrap_or_default());
        for (index, (name, value)) in self.parameters.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(&percent::encode(name));
            url.push('=');
            url.push_str(&percent::encode(value));
        }
        url.into()
    }

    /// Whether both lead to the same database by the same credentials and parameters.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.expose_url().expose_secret() == other.expose_url().expose_secret()
    }

    fn format(&self, password: &str) -> String {
        let Self { scheme, host, port, .. } = self;
        let (user, database) = (percent::encode(&self.user), percent::encode(&self.database));
        format!("{scheme}://{user}{password}@{host}:{port}/{database}")
    }
}

impl FromStr for ConnectionString {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionString({})", self.masked())
    }
}
