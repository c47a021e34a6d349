//! The query part of a connection string: which parameters are taken, kept or refused.

use crate::{ParseError, SslMode, percent};

/// What a known parameter is to us.
#[derive(Clone, Copy)]
enum Class {
    /// Any value; kept for whoever asks.
    Kept,
    /// A whole number, 0 or more.
    Number,
    /// One of these values.
    OneOf(&'static [&'static str], &'static str),
    /// Says anew whom or where to dial.
    MovesTarget,
    /// Names a file of the client's machine.
    ReadsFile,
    /// Promises what would not be kept.
    Unsupported,
    /// Supported with these values alone.
    Only(&'static [&'static str]),
}

use Class::{Kept, MovesTarget, Number, OneOf, Only, ReadsFile, Unsupported};

/// libpq's parameters (PostgreSQL 18) and Prisma's. A name that is in neither list is kept, as Prisma does: hosters add
/// their own.
const KNOWN: &[(&str, Class)] = &[
    ("application_name", Kept),
    ("channel_binding", OneOf(&["disable", "prefer", "require"], "disable, prefer or require")),
    ("client_encoding", Only(&["auto", "utf8", "UTF8", "utf-8", "UTF-8"])),
    ("connect_timeout", Number),
    ("connection_limit", Number),
    ("dbname", MovesTarget),
    ("fallback_application_name", Kept),
    ("gssdelegation", Only(&["0"])),
    ("gssencmode", Only(&["disable", "prefer"])),
    ("gsslib", Unsupported),
    ("host", MovesTarget),
    ("hostaddr", MovesTarget),
    ("keepalives", Number),
    ("keepalives_count", Number),
    ("keepalives_idle", Number),
    ("keepalives_interval", Number),
    ("krbsrvname", Unsupported),
    ("load_balance_hosts", Kept),
    ("max_connection_lifetime", Number),
    ("max_idle_connection_lifetime", Number),
    ("max_protocol_version", Only(&["3.0", "latest"])),
    ("min_protocol_version", Only(&["3.0"])),
    ("oauth_client_id", Unsupported),
    ("oauth_client_secret", Unsupported),
    ("oauth_issuer", Unsupported),
    ("oauth_scope", Unsupported),
    ("options", Kept),
    ("passfile", ReadsFile),
    ("password", MovesTarget),
    ("pgbouncer", OneOf(&["true", "false"], "true or false")),
    ("pool_timeout", Number),
    ("port", MovesTarget),
    ("replication", Unsupported),
    ("require_auth", Unsupported),
    ("requirepeer", Unsupported),
    ("requiressl", Unsupported),
    ("schema", Kept),
    ("scram_client_key", Unsupported),
    ("scram_server_key", Unsupported),
    ("service", MovesTarget),
    ("servicefile", ReadsFile),
    ("single_use_connections", Kept),
    ("socket_timeout", Number),
    ("sslaccept", OneOf(&["strict", "accept_invalid_certs"], "strict or accept_invalid_certs")),
    ("ssl_max_protocol_version", Only(&["TLSv1.3"])),
    ("ssl_min_protocol_version", Only(&["TLSv1", "TLSv1.1", "TLSv1.2"])),
    ("sslcert", ReadsFile),
    ("sslcertmode", Only(&["disable", "allow"])),
    ("sslcompression", Only(&["0"])),
    ("sslcrl", ReadsFile),
    ("sslcrldir", ReadsFile),
    ("sslidentity", ReadsFile),
    ("sslkey", ReadsFile),
    ("sslkeylogfile", ReadsFile),
    (
        "sslmode",
        OneOf(
            &["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
            "disable, allow, prefer, require, verify-ca or verify-full",
        ),
    ),
    ("sslnegotiation", OneOf(&["postgres", "direct"], "postgres or direct")),
    ("sslpassword", ReadsFile),
    ("sslrootcert", ReadsFile),
    ("sslsni", Only(&["1"])),
    ("statement_cache_size", Number),
    ("target_session_attrs", Kept),
    ("tcp_user_timeout", Number),
    ("user", MovesTarget),
];

/// The parameters of a connection string, in its order, each once.
#[derive(Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads what stands behind the `?`. Names are matched in any case: a reader who ignored `SSLMODE=verify-full`
    /// would weaken what its writer meant.
    pub(crate) fn parse(query: &str) -> Result<Self, ParseError> {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(ParseError::BadQuery)?;
            let name = percent::decode("query", name)?;
            let value = percent::decode("query", value)?;
            let known = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name));
            let name = match known {
                Some((known, class)) => {
                    check(known, *class, &value)?;
                    (*known).to_owned()
                }
                None => name,
            };
            if parameters.get(&name).is_some() {
                return Err(ParseError::DuplicateParameter { name: known.map_or("(other)", |(known, _)| known) });
            }
            parameters.0.push((name, value));
        }
        Ok(parameters)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What `sslmode`, Prisma's `sslaccept` and `sslrootcert=system` ask for together.
    pub(crate) fn ssl_mode(&self) -> Result<SslMode, ParseError> {
        let given = self.get("sslmode").and_then(SslMode::parse);
        let mut mode = given.unwrap_or_default();
        if self.get("sslaccept") == Some("strict") {
            // Prisma verifies whenever it encrypts; the one mode that cannot become stronger is the one without TLS.
            if mode == SslMode::Disable {
                return Err(ParseError::Conflict { name: "sslaccept" });
            }
            mode = SslMode::VerifyFull;
        }
        if self.get("sslrootcert").is_some() && given.unwrap_or(SslMode::VerifyFull) < SslMode::VerifyFull {
            return Err(ParseError::Conflict { name: "sslrootcert" });
        }
        if self.get("sslrootcert").is_some() {
            mode = SslMode::VerifyFull;
        }
        if self.get("sslnegotiation") == Some("direct") && mode < SslMode::Require {
            return Err(ParseError::Conflict { name: "sslnegotiation" });
        }
        if self.get("channel_binding") == Some("require") && mode == SslMode::Disable {
            return Err(ParseError::Conflict { name: "channel_binding" });
        }
        Ok(mode)
    }
}

fn check(name: &'static str, class: Class, value: &str) -> Result<(), ParseError> {
    let number =
        || !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<u32>().is_ok();
    match class {
        Kept => Ok(()),
        Number if number() => Ok(()),
        Number => Err(ParseError::BadParameter { name, expected: "a whole number, 0 or more" }),
        OneOf(values, _) | Only(values) if values.contains(&value) => Ok(()),
        OneOf(_, expected) => Err(ParseError::BadParameter { name, expected }),
        MovesTarget => Err(ParseError::ParameterMovesTarget { name }),
        // Not a file but libpq's word for "the usual authorities".
        ReadsFile if name == "sslrootcert" && value == "system" => Ok(()),
        ReadsFile => Err(ParseError::ParameterReadsFile { name }),
        Unsupported | Only(_) => Err(ParseError::ParameterUnsupported { name }),
    }
}
