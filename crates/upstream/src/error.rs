//! Why a dial failed.

use std::{io, net::IpAddr};

/// Why a dial failed.
///
/// The messages are for the person who gave the connection string: what happened and what to do. Nothing in them comes
/// from the server but a checked SQLSTATE code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DialError {
    /// The name has no address, or no name server answered.
    #[error("The host name cannot be resolved; check its spelling, and that it can be seen from this server")]
    Unresolvable,
    /// The host leads to a denied address. No connection was opened.
    #[error("The host leads to an address that must not be dialled; the operator decides which ranges are denied")]
    Denied {
        /// The denied address: for logs, not for the one who asked.
        address: IpAddr,
    },
    /// Nothing listens there.
    #[error("The connection was refused; check the port, and that the database runs and listens on this address")]
    Refused,
    /// No answer in time.
    #[error("The database did not answer in time; check host and port, and that no firewall is in between")]
    TimedOut,
    /// No route.
    #[error("The host cannot be reached from this server; check the address, the network and the firewall")]
    Unreachable,
    /// `sslmode` asks for TLS, the server has none.
    #[error("The server does not offer TLS; turn it on there, or use sslmode=disable on a network that you trust")]
    TlsNotOffered,
    /// The server's certificate is not to be trusted.
    #[error("The server's certificate {0}")]
    TlsCertificate(CertificateFault),
    /// TLS failed for another reason.
    #[error("The TLS handshake failed; the server must speak TLS 1.2 or 1.3 and not ask for a client certificate")]
    TlsHandshake,
    /// SQLSTATE 28P01, or none was given where the server wants one.
    #[error("The user name or the password is wrong")]
    WrongPassword,
    /// The connection string has no password, and the server asks for one.
    #[error("The server asks for a password; write it after the user, as in postgresql://user:password@host/database")]
    PasswordMissing,
    /// The server wants another kind of proof, or lacks the channel binding that was asked for.
    #[error("The server asks for a way to sign in that is not supported; use a password with SCRAM (or MD5)")]
    Authentication,
    /// SQLSTATE 3D000.
    #[error("There is no such database on the server; check the name after the last /")]
    NoSuchDatabase,
    /// The role does not exist or may not log in.
    #[error("There is no such user on the server, or it may not log in; check the name, or grant it LOGIN")]
    NoSuchRole,
    /// The server's access rules let this user, database, address or kind of encryption not in.
    #[error("The server's access rules (pg_hba.conf) refuse this connection; allow it there, or try sslmode=require")]
    NoPgHbaEntry,
    /// SQLSTATE 42501.
    #[error("The user may not connect to this database; grant it CONNECT")]
    PermissionDenied,
    /// SQLSTATE 53300.
    #[error("The server has too many connections; close some, raise max_connections, or try again later")]
    TooManyConnections,
    /// SQLSTATE 57P03.
    #[error("The server is starting up or shutting down; try again in a moment")]
    StartingUp,
    /// Pentaprism's own database.
    #[error("This is Pentaprism's own control database, which projects may not use; give another database")]
    ControlDatabase,
    /// What answers does not speak Postgres, or too much of it, or hangs up without a word.
    #[error(
        "Something answers at this address, but hangs up or does not speak PostgreSQL; check host, port and sslmode"
    )]
    NotPostgres,
    /// Anything else.
    #[error("The database refused the connection{}", in_brackets(.sqlstate.as_deref()))]
    Other {
        /// Five characters of 0-9 and A-Z, where the server gave such a code.
        sqlstate: Option<String>,
    },
}

/// What is wrong with a certificate. Completes "The server's certificate ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// Signed by nobody we know.
    #[error("is not signed by a trusted authority; use sslmode=require to encrypt without this proof")]
    UnknownIssuer,
    /// Out of its time.
    #[error("is expired or not yet valid; renew it")]
    Expired,
    /// For another host.
    #[error("is for another host name; use the name it was issued for, or sslmode=verify-ca")]
    WrongName,
    /// Anything else.
    #[error("is not valid; replace it, or use sslmode=require to encrypt without this proof")]
    Invalid,
}

fn in_brackets(sqlstate: Option<&str>) -> String {
    sqlstate.map(|code| format!(" (SQLSTATE {code})")).unwrap_or_default()
}

impl DialError {
    /// A stable code for programs: the variant's name in snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unresolvable => "unresolvable",
            Self::Denied { .. } => "denied",
            Self::Refused => "refused",
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::TlsNotOffered => "tls_not_offered",
            Self::TlsCertificate(_) => "tls_certificate",
            Self::TlsHandshake => "tls_handshake",
            Self::WrongPassword => "wrong_password",
            Self::PasswordMissing => "password_missing",
            Self::Authentication => "authentication",
            Self::NoSuchDatabase => "no_such_database",
            Self::NoSuchRole => "no_such_role",
            Self::NoPgHbaEntry => "no_pg_hba_entry",
            Self::PermissionDenied => "permission_denied",
            Self::TooManyConnections => "too_many_connections",
            Self::StartingUp => "starting_up",
            Self::ControlDatabase => "control_database",
            Self::NotPostgres => "not_postgres",
            Self::Other { .. } => "other",
        }
    }

    /// Whether another address of the same host may do better.
    pub(crate) fn is_of_address(&self) -> bool {
        matches!(self, Self::Refused | Self::TimedOut | Self::Unreachable)
    }

    /// Whether the same address may do better with TLS instead of without, or the other way round. Not for a wrong
    /// password: that would count twice against the user, and in plain sight.
    pub(crate) fn is_of_encryption(&self) -> bool {
        matches!(self, Self::TlsNotOffered | Self::TlsHandshake | Self::TlsCertificate(_) | Self::NoPgHbaEntry)
    }

    /// Reads an error of the socket itself, before a byte was exchanged.
    pub(crate) fn of_socket(error: &io::Error) -> Self {
        use io::ErrorKind::{
            AddrNotAvailable, ConnectionRefused, ConnectionReset, HostUnreachable, NetworkDown, NetworkUnreachable,
            PermissionDenied, TimedOut,
        };
        match error.kind() {
            ConnectionRefused | ConnectionReset => Self::Refused,
            TimedOut => Self::TimedOut,
            // Permission is what a local firewall denies.
            AddrNotAvailable | HostUnreachable | NetworkDown | NetworkUnreachable | PermissionDenied => {
                Self::Unreachable
            }
            _ => Self::Other { sqlstate: None },
        }
    }
}
