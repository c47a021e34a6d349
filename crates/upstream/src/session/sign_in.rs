//! Startup and authentication by hand, to the same rules as the driver's.
//! <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP>

use postgres_protocol::{
    authentication::{
        md5_hash,
        sasl::{ChannelBinding, SCRAM_SHA_256, SCRAM_SHA_256_PLUS, ScramSha256},
    },
    message::frontend,
};
use secrecy::ExposeSecret;
use tokio_postgres::config;

use super::messages::{self, Message};
use crate::{ConnectionString, DialError, answer, startup, wire::Wire};

// What a server may demand. <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const OK: u32 = 0;
const KERBEROS_V5: u32 = 2;
const CLEARTEXT: u32 = 3;
const MD5: u32 = 5;
const SCM_CREDENTIAL: u32 = 6;
const GSS: u32 = 7;
const SSPI: u32 = 9;
const SASL: u32 = 10;
const SASL_CONTINUE: u32 = 11;
const SASL_FINAL: u32 = 12;

/// What a server tells of itself before the first query.
#[derive(Default)]
pub(super) struct Greeting {
    /// With the secret what cancels; both zero where the server gives none, as some poolers do.
    pub(super) process: i32,
    pub(super) secret: i32,
    pub(super) server_version: String,
}

/// Signs in. Reads up to the first `ReadyForQuery` and not a byte further.
pub(super) async fn sign_in(
    wire: &mut Wire,
    target: &ConnectionString,
    parameters: &[(&str, &str)],
) -> Result<Greeting, DialError> {
    let own = [
        ("user", Some(target.user())),
        ("database", Some(target.database())),
        ("application_name", Some(startup::application_name(target))),
        ("options", target.parameter("options")),
        ("client_encoding", Some("UTF8")),
    ];
    // The server takes the last of each name, so that the caller's cannot replace ours.
    let own = own.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    let mut message = Default::default();
    frontend::startup_message(parameters.iter().copied().chain(own), &mut message).map_err(unsendable)?;
    messages::send(wire, &message).await?;
    authenticate(wire, target).await?;
    greeting(wire).await
}

async fn authenticate(wire: &mut Wire, target: &ConnectionString) -> Result<(), DialError> {
    let (demand, data) = demand(wire).await?;
    match (demand, data.as_slice()) {
        (OK, []) => return may_be_unbound(target),
        (CLEARTEXT, []) => {
            may_be_unbound(target)?;
            send_password(wire, password(target)?).await?;
        }
        (MD5, salt) => {
            may_be_unbound(target)?;
            let salt = salt.try_into().map_err(|_| DialError::NotPostgres)?;
            let hash = md5_hash(target.user().as_bytes(), password(target)?, salt);
            send_password(wire, hash.as_bytes()).await?;
        }
        (SASL, mechanisms) => scram(wire, target, mechanisms).await?,
        (KERBEROS_V5 | SCM_CREDENTIAL | GSS | SSPI, _) => return Err(DialError::Authentication),
        _ => return Err(DialError::NotPostgres),
    }
    expect(wire, OK).await.map(drop)
}

/// SCRAM-SHA-256, bound to the server's certificate where both ends can.
async fn scram(wire: &mut Wire, target: &ConnectionString, mechanisms: &[u8]) -> Result<(), DialError> {
    let password = password(target)?;
    let offers = |name: &str| mechanisms.split(|byte| *byte == 0).any(|offered| offered == name.as_bytes());
    let wanted = startup::channel_binding(target) != config::ChannelBinding::Disable;
    let (binding, mechanism) = match wire.end_point().filter(|_| wanted) {
        Some(hash) if offers(SCRAM_SHA_256_PLUS) => (ChannelBinding::tls_server_end_point(hash), SCRAM_SHA_256_PLUS),
        // Says that we could have: a server that did offer it sees that somebody struck it off.
        Some(_) => (ChannelBinding::unrequested(), SCRAM_SHA_256),
        None => (ChannelBinding::unsupported(), SCRAM_SHA_256),
    };
    if !offers(mechanism) {
        return Err(DialError::Authentication);
    }
    if mechanism != SCRAM_SHA_256_PLUS {
        may_be_unbound(target)?;
    }
    let mut scram = ScramSha256::new(password, binding);
    let mut first = Default::default();
    frontend::sasl_initial_response(mechanism, scram.message(), &mut first).map_err(unsendable)?;
    messages::send(wire, &first).await?;

    let challenge = expect(wire, SASL_CONTINUE).await?;
    scram.update(&challenge).map_err(|_| DialError::Authentication)?;
    let mut proof = Default::default();
    frontend::sasl_response(scram.message(), &mut proof).map_err(unsendable)?;
    messages::send(wire, &proof).await?;

    // The server's own proof: it knows the password too.
    let proof = expect(wire, SASL_FINAL).await?;
    scram.finish(&proof).map_err(|_| DialError::Authentication)
}

/// The server's next demand, and what belongs to it.
async fn demand(wire: &mut Wire) -> Result<(u32, Vec<u8>), DialError> {
    let Message { tag, body } = messages::read(wire).await?;
    match (tag, body.split_first_chunk()) {
        (b'R', Some((demand, data))) => Ok((u32::from_be_bytes(*demand), data.to_vec())),
        (b'E', _) => Err(answer::of_response(&body)),
        _ => Err(DialError::NotPostgres),
    }
}

async fn expect(wire: &mut Wire, expected: u32) -> Result<Vec<u8>, DialError> {
    match demand(wire).await? {
        (demand, data) if demand == expected => Ok(data),
        _ => Err(DialError::NotPostgres),
    }
}

async fn send_password(wire: &mut Wire, password: &[u8]) -> Result<(), DialError> {
    let mut message = Default::default();
    frontend::password_message(password, &mut message).map_err(unsendable)?;
    messages::send(wire, &message).await
}

fn password(target: &ConnectionString) -> Result<&[u8], DialError> {
    target.password().map(|password| password.expose_secret().as_bytes()).ok_or(DialError::PasswordMissing)
}

fn may_be_unbound(target: &ConnectionString) -> Result<(), DialError> {
    match startup::channel_binding(target) {
        config::ChannelBinding::Require => Err(DialError::Authentication),
        _ => Ok(()),
    }
}

/// What has no form on the wire: a zero byte. The parser lets none into a connection string.
fn unsendable(_: std::io::Error) -> DialError {
    DialError::Other { sqlstate: None }
}

async fn greeting(wire: &mut Wire) -> Result<Greeting, DialError> {
    let mut greeting = Greeting::default();
    loop {
        let Message { tag, body } = messages::read(wire).await?;
        match (tag, body.as_slice()) {
            (b'K', &[p1, p2, p3, p4, s1, s2, s3, s4]) => {
                greeting.process = i32::from_be_bytes([p1, p2, p3, p4]);
                greeting.secret = i32::from_be_bytes([s1, s2, s3, s4]);
            }
            (b'S', body) => {
                let (name, value) = parameter(body).ok_or(DialError::NotPostgres)?;
                if name == "server_version" {
                    greeting.server_version = answer::displayable(value);
                }
            }
            // A notice is for people, and this one's words are the server's.
            (b'N', _) => {}
            (b'Z', b"I") => return Ok(greeting),
            (b'E', body) => return Err(answer::of_response(body)),
            _ => return Err(DialError::NotPostgres),
        }
    }
}

/// A name and a value, each with a zero byte behind it.
fn parameter(body: &[u8]) -> Option<(&str, &str)> {
    let (name, value) = str::from_utf8(body).ok()?.strip_suffix('\0')?.split_once('\0')?;
    (!value.contains('\0')).then_some((name, value))
}
