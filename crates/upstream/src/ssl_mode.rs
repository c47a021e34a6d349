//! libpq's `sslmode`: how much encryption and proof a connection needs.

/// libpq's `sslmode`, weakest first.
/// <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS only if the server refuses a plain connection.
    Allow,
    /// TLS if the server offers it, without proof of who it is.
    #[default]
    Prefer,
    /// TLS, without proof of who it is (as libpq, where no root certificate is given).
    Require,
    /// TLS with a certificate of a trusted authority, for whatever name.
    VerifyCa,
    /// TLS with a certificate of a trusted authority for this very host.
    VerifyFull,
}

/// One way to try an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    Plain,
    IfOffered,
    Required,
}

impl SslMode {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

    /// The ways to try an address, in libpq's order: the second only where the first fails for its encryption.
    pub(crate) fn attempts(self) -> &'static [Encryption] {
        match self {
            Self::Disable => &[Encryption::Plain],
            Self::Allow => &[Encryption::Plain, Encryption::Required],
            Self::Prefer => &[Encryption::IfOffered, Encryption::Plain],
            Self::Require | Self::VerifyCa | Self::VerifyFull => &[Encryption::Required],
        }
    }
}
