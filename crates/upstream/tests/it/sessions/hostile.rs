//! Servers that mean harm to whoever reads their messages by hand.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use upstream::{ConnectionString, ControlDatabase, DialError, Dialer, Session};

use crate::fake::{self, AUTHENTICATION_OK, READY};

async fn open(server: SocketAddr, protected: bool) -> Result<Session, DialError> {
    let target = ConnectionString::parse(&format!("postgres://u:p@{server}/d?sslmode=disable")).unwrap();
    let dialer = Dialer::new().with_timeout(Duration::from_secs(2));
    if protected {
        dialer.protect(ControlDatabase::new(Some(1), "control"));
    }
    dialer.open_session(&target, &[]).await
}

fn authentication(demand: u32, data: &[u8]) -> Vec<u8> {
    fake::message(b'R', &[demand.to_be_bytes().as_slice(), data].concat())
}

/// Refused for what they say: the end of the time is an error of its own.
async fn refused_at_once(bytes: Vec<u8>, protected: bool, expected: DialError) {
    let shown = String::from_utf8_lossy(&bytes).into_owned();
    let server = fake::serve_bytes(bytes).await;
    assert_eq!(open(server, protected).await.unwrap_err(), expected, "{shown:?}");
}

#[tokio::test]
async fn malformed_sign_ins_are_refused_at_once() {
    let sasl = authentication(10, b"SCRAM-SHA-256\0\0");
    for bytes in [
        // Lengths that no message has, and one that is waited for in vain.
        b"R\0\0\0\0".to_vec(),
        b"R\0\0\0\x03\0\0\0".to_vec(),
        b"R\x7f\xff\xff\xff\0\0\0\0".to_vec(),
        b"R\xff\xff\xff\xff\0\0\0\0".to_vec(),
        // Demands that are cut short, too long, or out of their turn.
        fake::message(b'R', b"\0\0"),
        authentication(0, b"more"),
        authentication(5, b"abc"),
        authentication(11, b"r=x,s=eA==,i=1"),
        authentication(99, b""),
        [authentication(3, b""), authentication(3, b"")].concat(),
        [sasl.clone(), AUTHENTICATION_OK.to_vec(), READY.to_vec()].concat(),
        READY.to_vec(),
        fake::message(b'E', b"Mno code\0\0"),
        fake::message(b'E', b""),
        // Greetings.
        [AUTHENTICATION_OK, AUTHENTICATION_OK].concat(),
        [AUTHENTICATION_OK, &fake::message(b'K', b"\0\0\0\x01")].concat(),
        [AUTHENTICATION_OK, &fake::message(b'S', b"server_version\0")].concat(),
        [AUTHENTICATION_OK, &fake::message(b'S', b"a\0b\0c\0")].concat(),
        [AUTHENTICATION_OK, &fake::message(b'S', b"a\0\xff\0")].concat(),
        [AUTHENTICATION_OK, &fake::message(b'Z', b"")].concat(),
        [AUTHENTICATION_OK, &fake::message(b'Z', b"E")].concat(),
        [AUTHENTICATION_OK, &fake::message(b'D', b"\0\0")].concat(),
    ] {
        refused_at_once(bytes, false, DialError::NotPostgres).await;
    }
    refused_at_once([sasl, authentication(11, b"r=x,s=eA==,i=1")].concat(), false, DialError::Authentication).await;
    let late = [AUTHENTICATION_OK, &fake::refusal("53300", "InitProcess")].concat();
    refused_at_once(late, false, DialError::TooManyConnections).await;
    for mechanisms in [b"SCRAM-SHA-1\0\0".as_slice(), b"SCRAM-SHA-256-PLUS\0\0", b"\0", b""] {
        refused_at_once(authentication(10, mechanisms), false, DialError::Authentication).await;
    }
}

#[tokio::test]
async fn malformed_identities_are_refused_at_once() {
    let after = |messages: &[u8]| [AUTHENTICATION_OK, READY, messages].concat();
    for answer in [
        READY.to_vec(),
        fake::message(b'D', b"\0"),
        fake::message(b'D', b"\xff\xff"),
        fake::message(b'D', b"\0\x01\x7f\xff\xff\xffd"),
        fake::message(b'D', b"\0\x01\0\0\0\x01\xff"),
        [fake::message(b'D', b"\0\x01\xff\xff\xff\xff"), READY.to_vec()].concat(),
        fake::message(b'G', b"\0\0\0"),
        fake::message(b'Z', b"T"),
    ] {
        refused_at_once(after(&answer), true, DialError::NotPostgres).await;
    }
    let refusal = fake::refusal("42501", "aclcheck_error");
    let twice = [&refusal, READY, &refusal, READY].concat();
    refused_at_once(after(&twice), true, DialError::PermissionDenied).await;

    // A refusal that is the server's last word.
    let server = fake::serve(move |mut socket| {
        let bytes = after(&refusal);
        async move {
            let _ = socket.read(&mut [0; 1024]).await;
            let _ = socket.write_all(&bytes).await;
            let _ = socket.read(&mut [0; 1024]).await;
        }
    })
    .await;
    assert_eq!(open(server, true).await.unwrap_err(), DialError::PermissionDenied);
}

/// What the server got rid of is little more than what the buffers of two sockets hold.
#[tokio::test]
async fn endless_messages_cost_a_bounded_amount() {
    let signed_in = [AUTHENTICATION_OK, READY].concat();
    let parameter = fake::message(b'S', b"name\0value\0");
    let row = fake::message(b'D', &[&[0, 1, 0, 0, 0x40, 0], [b'x'; 0x4000].as_slice()].concat());
    for (head, item) in [
        (AUTHENTICATION_OK.to_vec(), fake::message(b'N', b"Mmore\0\0")),
        (AUTHENTICATION_OK.to_vec(), parameter.clone()),
        (AUTHENTICATION_OK.to_vec(), fake::message(b'K', &[0; 8])),
        (signed_in.clone(), parameter),
        (signed_in.clone(), row),
        (signed_in, fake::refusal("XX000", "")),
    ] {
        let sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&sent);
        let server = fake::serve(move |mut socket| {
            let (head, items, count) = (head.clone(), item.repeat(64), Arc::clone(&count));
            async move {
                let _ = socket.write_all(&head).await;
                while let Ok(written) = socket.write(&items).await {
                    count.fetch_add(written, Ordering::Relaxed);
                }
            }
        })
        .await;
        let error = open(server, true).await.unwrap_err();
        assert!(matches!(error, DialError::NotPostgres | DialError::Other { .. }), "{error:?}");
        assert!(sent.load(Ordering::Relaxed) < 32 << 20, "{sent:?}");
    }
}

/// It lets everybody in, and does not know the password: SCRAM is for both ends.
#[tokio::test]
async fn a_server_without_the_password_is_found_out() {
    let server = fake::serve(|mut socket| async move {
        let mut buf = [0; 1024];
        let _ = socket.read(&mut buf).await;
        let _ = socket.write_all(&authentication(10, b"SCRAM-SHA-256\0\0")).await;
        let read = socket.read(&mut buf).await.unwrap_or(0);
        let first = String::from_utf8_lossy(&buf[..read]).into_owned();
        let nonce = first.rsplit_once("r=").map_or("", |(_, nonce)| nonce);
        let challenge = format!("r={nonce}server,s=c2FsdA==,i=4096");
        let _ = socket.write_all(&authentication(11, challenge.as_bytes())).await;
        let _ = socket.read(&mut buf).await;
        let forged = authentication(12, b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        let _ = socket.write_all(&[&forged, AUTHENTICATION_OK, READY].concat()).await;
        let _ = socket.read(&mut buf).await;
    })
    .await;
    assert_eq!(open(server, false).await.unwrap_err(), DialError::Authentication);
}

/// What the server sends behind `ReadyForQuery` is the caller's, to the byte.
#[tokio::test]
async fn what_follows_is_left_on_the_stream() {
    let version = fake::message(b'S', b"server_version\x0017\x1b[31m\0");
    let bytes = [AUTHENTICATION_OK, &version, &fake::message(b'N', b"\0"), READY, b"and more"].concat();
    let mut session = open(fake::serve_bytes(bytes).await, false).await.unwrap();
    assert_eq!(session.server_version, "17[31m");
    let mut behind = [0; 8];
    session.stream.read_exact(&mut behind).await.unwrap();
    assert_eq!(&behind, b"and more");
}

#[tokio::test]
async fn a_cancellation_is_bounded() {
    // Signs everybody in; whoever comes with another message than a startup gets no answer, or the wrong one.
    for (answer, expected) in [(b"".as_slice(), DialError::TimedOut), (b"x", DialError::NotPostgres)] {
        let server = fake::serve(move |mut socket| async move {
            let mut head = [0; 8];
            let _ = socket.read_exact(&mut head).await;
            let cancels = head[4..] == 80_877_102_u32.to_be_bytes();
            let greeting = [AUTHENTICATION_OK, READY].concat();
            let _ = socket.write_all(if cancels { answer } else { &greeting }).await;
            while socket.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
        })
        .await;
        let session = open(server, false).await.unwrap();
        let target = ConnectionString::parse(&format!("postgres://u:p@{server}/d?sslmode=disable")).unwrap();
        assert_eq!(Dialer::new().cancel(&target, &session.key).await.unwrap_err(), expected);
    }
}
