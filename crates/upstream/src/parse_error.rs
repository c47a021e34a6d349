//! Why a connection string was refused.

/// Why a connection string was refused.
///
/// The messages are for the person who typed it: what is wrong and what to do. None repeats any of the input (a torn
/// string may hold its password anywhere), so they can be logged; parameter names in them are from our own list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Nothing was given.
    #[error("Enter a connection string, for example postgresql://user:password@db.example.com:5432/app")]
    Empty,
    /// More than [`crate::ConnectionString::MAX_BYTES`] bytes.
    #[error("The connection string is longer than 4096 bytes; check that nothing else was pasted with it")]
    TooLong,
    /// No `scheme://`.
    #[error("This is not a connection URL; it must begin with postgresql:// or postgres://")]
    NotAUrl,
    /// A database that will be supported one day, but is not yet.
    #[error("{product} is not supported yet; Pentaprism works with PostgreSQL for now")]
    NotYet {
        /// The database's name as people write it.
        product: &'static str,
    },
    /// `prisma://` or `prisma+postgres://`.
    #[error("This is an Accelerate connection string; give the database's own, which begins with postgresql://")]
    Accelerate,
    /// Any other scheme.
    #[error("This scheme is not known; a connection string begins with postgresql:// or postgres://")]
    UnknownScheme,
    /// White space or a control character, unencoded.
    #[error("The connection string holds a space, a line break or a control character; write a space as %20")]
    Whitespace,
    /// A NUL byte, raw or as `%00`.
    #[error("The {part} holds a NUL byte, which PostgreSQL cannot take; remove it")]
    NulByte {
        /// The faulty part.
        part: &'static str,
    },
    /// A backslash, which some readers take for a slash.
    #[error("The connection string holds a backslash; write it as %5C")]
    Backslash,
    /// A `#`, which some readers take for the end.
    #[error("The connection string holds a #; write it as %23")]
    Fragment,
    /// A `%` without two hex digits, or bytes that are no UTF-8.
    #[error("The {part} holds a % that encodes nothing; write a percent sign as %25")]
    BadEncoding {
        /// The faulty part.
        part: &'static str,
    },
    /// Two `@`, or an `@` behind the first `/` or `?`.
    #[error("It is unclear where the password ends; within it write @ as %40, / as %2F and ? as %3F")]
    UnescapedPassword,
    /// No user before the `@`.
    #[error("The user is missing; write it before the host, as in postgresql://user:password@host/database")]
    EmptyUser,
    /// No host, which libpq reads as a local socket.
    #[error("The host is missing; sockets of the machine itself cannot be used, so give a host name or an address")]
    EmptyHost,
    /// A path in the place of the host.
    #[error("The host is the path of a socket; give a host name or an address instead")]
    UnixSocket,
    /// A list of hosts.
    #[error("Several hosts are given; keep one")]
    SeveralHosts,
    /// Not a host name.
    #[error("The host is not a valid name; it has letters, digits, hyphens and dots, and at most 253 of them")]
    BadHost,
    /// A host with other than ASCII characters.
    #[error("The host has characters beyond a-z; write an international name in its xn-- form")]
    NonAsciiHost,
    /// A number that some readers take for an IPv4 address.
    #[error("The host looks like an IPv4 address but is none; write it as four decimal numbers, as in 192.0.2.10")]
    NumericHost,
    /// An IPv6 address that is malformed or lacks its brackets.
    #[error("The host is not a valid IPv6 address; write it in brackets, as in [2001:db8::10]:5432")]
    BadIpv6,
    /// An IPv6 address with a zone (`%eth0`).
    #[error("The IPv6 address names a network interface after a %; leave it out")]
    ZoneId,
    /// Not a port.
    #[error("The port is not a number from 1 to 65535")]
    BadPort,
    /// A database name with an unencoded `/` or `@`.
    #[error("The database name holds a / or an @; write them as %2F and %40")]
    BadDatabase,
    /// A query part without `=`.
    #[error("The part after the ? is not a list of name=value joined by &")]
    BadQuery,
    /// The same parameter twice.
    #[error("The parameter {name} is given twice; keep one")]
    DuplicateParameter {
        /// Its name, or "(other)" where it is none of ours.
        name: &'static str,
    },
    /// A parameter that says anew whom or where to dial.
    #[error("The parameter {name} is not taken; user, password, host, port and database stand before the ?")]
    ParameterMovesTarget {
        /// Its name.
        name: &'static str,
    },
    /// A parameter that names a file.
    #[error(
        "The parameter {name} is about a file on the machine of the client, which the server does not have; remove it"
    )]
    ParameterReadsFile {
        /// Its name.
        name: &'static str,
    },
    /// A parameter whose promise would not be kept.
    #[error("The parameter {name} (or this value of it) is not supported; remove it")]
    ParameterUnsupported {
        /// Its name.
        name: &'static str,
    },
    /// A parameter with a value that it does not have.
    #[error("The parameter {name} must be {expected}")]
    BadParameter {
        /// Its name.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    /// `sslmode` is weaker than what another parameter asks for.
    #[error("sslmode contradicts {name}, which asks for more; remove one of them")]
    Conflict {
        /// The other parameter.
        name: &'static str,
    },
}

impl ParseError {
    /// The faulty part: `connection string`, `scheme`, `user`, `password`, `host`, `port`, `database`, `query` or a
    /// parameter's name.
    #[must_use]
    pub fn part(&self) -> &'static str {
        match self {
            Self::Empty | Self::TooLong | Self::Whitespace | Self::Backslash | Self::Fragment => "connection string",
            Self::NotAUrl | Self::NotYet { .. } | Self::Accelerate | Self::UnknownScheme => "scheme",
            Self::NulByte { part } | Self::BadEncoding { part } => part,
            Self::UnescapedPassword => "password",
            Self::EmptyUser => "user",
            Self::EmptyHost
            | Self::UnixSocket
            | Self::SeveralHosts
            | Self::BadHost
            | Self::NonAsciiHost
            | Self::NumericHost
            | Self::BadIpv6
            | Self::ZoneId => "host",
            Self::BadPort => "port",
            Self::BadDatabase => "database",
            Self::BadQuery => "query",
            Self::DuplicateParameter { name }
            | Self::ParameterMovesTarget { name }
            | Self::ParameterReadsFile { name }
            | Self::ParameterUnsupported { name }
            | Self::BadParameter { name, .. }
            | Self::Conflict { name } => name,
        }
    }

    /// A stable code for programs: the variant's name in snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NotAUrl => "not_a_url",
            Self::NotYet { .. } => "not_yet",
            Self::Accelerate => "accelerate",
            Self::UnknownScheme => "unknown_scheme",
            Self::Whitespace => "whitespace",
            Self::NulByte { .. } => "nul_byte",
            Self::Backslash => "backslash",
            Self::Fragment => "fragment",
            Self::BadEncoding { .. } => "bad_encoding",
            Self::UnescapedPassword => "unescaped_password",
            Self::EmptyUser => "empty_user",
            Self::EmptyHost => "empty_host",
            Self::UnixSocket => "unix_socket",
            Self::SeveralHosts => "several_hosts",
            Self::BadHost => "bad_host",
            Self::NonAsciiHost => "non_ascii_host",
            Self::NumericHost => "numeric_host",
            Self::BadIpv6 => "bad_ipv6",
            Self::ZoneId => "zone_id",
            Self::BadPort => "bad_port",
            Self::BadDatabase => "bad_database",
            Self::BadQuery => "bad_query",
            Self::DuplicateParameter { .. } => "duplicate_parameter",
            Self::ParameterMovesTarget { .. } => "parameter_moves_target",
            Self::ParameterReadsFile { .. } => "parameter_reads_file",
            Self::ParameterUnsupported { .. } => "parameter_unsupported",
            Self::BadParameter { .. } => "bad_parameter",
            Self::Conflict { .. } => "conflict",
        }
    }
}
