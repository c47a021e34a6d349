//! Servers that mean harm: each costs a bounded time and little memory.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use upstream::{ConnectionString, ControlDatabase, DialError, Dialer, test_connection};

use crate::fake::{self, AUTHENTICATION_OK, READY};

const TIMEOUT: Duration = Duration::from_secs(1);
/// What has not ended by then never would have.
const FOREVER: Duration = Duration::from_secs(60);

async fn dial(address: std::net::SocketAddr, parameters: &str) -> DialError {
    let target = ConnectionString::parse(&format!("postgres://u:p@{address}/d?{parameters}")).unwrap();
    let dialer = Dialer::new().with_timeout(TIMEOUT);
    dialer.protect(ControlDatabase::new(Some(1), "control"));
    let error = timeout(FOREVER, test_connection(&dialer, &target)).await.unwrap().unwrap_err();
    let by_hand = timeout(FOREVER, dialer.open_session(&target, &[])).await.unwrap().unwrap_err();
    // By hand a message of absurd length is refused at its head; the driver waits for its end.
    assert!(by_hand == error || (&by_hand, &error) == (&DialError::NotPostgres, &DialError::TimedOut), "{by_hand:?}");
    error
}

async fn hold(mut socket: TcpStream) {
    while socket.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
}

#[tokio::test]
async fn silence_ends_in_time() {
    let server = fake::serve(hold).await;
    for mode in ["disable", "allow", "prefer", "require", "verify-full"] {
        assert_eq!(dial(server, &format!("sslmode={mode}")).await, DialError::TimedOut, "{mode}");
    }
    // "Yes, TLS", and then nothing.
    let server = fake::serve_bytes(b"S".to_vec()).await;
    assert_eq!(dial(server, "sslmode=require").await, DialError::TimedOut);
    // Signed in, and then nothing to the first statement.
    let server = fake::serve_bytes([AUTHENTICATION_OK, READY].concat()).await;
    assert_eq!(dial(server, "sslmode=disable").await, DialError::TimedOut);
}

#[tokio::test]
async fn other_protocols_are_not_postgres() {
    for greeting in [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".as_slice(),
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"-ERR unknown command\r\n",
        b"\x4a\0\0\0\x0a8.0.36\0",
        b"\0",
    ] {
        let server = fake::serve_bytes(greeting.to_vec()).await;
        let error = dial(server, "sslmode=disable").await;
        // Five bytes may look like the head of a long message, whose rest never comes.
        assert!(matches!(error, DialError::NotPostgres | DialError::TimedOut), "{greeting:?} {error:?}");
    }
    let server = fake::serve_bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await;
    assert_eq!(dial(server, "sslmode=prefer").await, DialError::NotPostgres);
    let server = fake::serve(|socket| async { drop(socket) }).await;
    assert_eq!(dial(server, "sslmode=disable").await, DialError::NotPostgres);
    assert_eq!(dial(server, "sslmode=require").await, DialError::NotPostgres);
}

/// Floods as fast as the socket takes it, from wherever `head` leaves the session.
async fn flood(head: Vec<u8>, item: Vec<u8>) -> DialError {
    let server = fake::serve(move |mut socket| {
        let (head, items) = (head.clone(), item.repeat(64));
        async move {
            let _ = socket.write_all(&head).await;
            while socket.write_all(&items).await.is_ok() {}
        }
    })
    .await;
    dial(server, "sslmode=disable").await
}

#[tokio::test]
async fn floods_are_cut_off() {
    let notice = fake::message(b'N', &[b"Mmore\0".repeat(100), vec![0]].concat());
    let parameter = fake::message(b'S', &[vec![b'n'; 500], vec![0], vec![b'v'; 500], vec![0]].concat());
    let row = fake::message(b'D', &[&[0, 1, 0, 0, 1, 0], [b'x'; 256].as_slice()].concat());
    let signed_in = [AUTHENTICATION_OK, READY].concat();
    assert_eq!(flood(AUTHENTICATION_OK.to_vec(), notice.clone()).await, DialError::NotPostgres);
    assert_eq!(flood(AUTHENTICATION_OK.to_vec(), parameter.clone()).await, DialError::NotPostgres);
    // Behind the sign-in, when the identity is asked for.
    for item in [notice, parameter, row] {
        assert_eq!(flood(signed_in.clone(), item).await, DialError::NotPostgres);
    }
    // One message of two gigabytes.
    let endless = [b"R\x7f\xff\xff\xff".as_slice(), &[0; 1024]].concat();
    assert_eq!(flood(endless, vec![0; 1024]).await, DialError::NotPostgres);
}

#[tokio::test]
async fn costly_password_arithmetic_is_refused() {
    let server = fake::serve(|mut socket| async move {
        let mut buf = [0; 1024];
        let _ = socket.read(&mut buf).await;
        let mechanisms = [10_u32.to_be_bytes().as_slice(), b"SCRAM-SHA-256\0\0"].concat();
        let _ = socket.write_all(&fake::message(b'R', &mechanisms)).await;
        let read = socket.read(&mut buf).await.unwrap_or(0);
        let first = String::from_utf8_lossy(&buf[..read]).into_owned();
        let nonce = first.rsplit_once("r=").map_or("", |(_, nonce)| nonce);
        let challenge = format!("r={nonce}server,s=c2FsdA==,i=4294967295");
        let body = [11_u32.to_be_bytes().as_slice(), challenge.as_bytes()].concat();
        let _ = socket.write_all(&fake::message(b'R', &body)).await;
        hold(socket).await;
    })
    .await;
    assert_eq!(dial(server, "sslmode=disable").await, DialError::Authentication);
}

/// Bytes sent behind the answer to the request for TLS must not be taken for the server's (CVE-2021-23222).
#[tokio::test]
async fn bytes_slipped_in_before_tls_are_not_believed() {
    let stuffed = [b"S".as_slice(), AUTHENTICATION_OK, READY].concat();
    let server = fake::serve_bytes(stuffed).await;
    assert_eq!(dial(server, "sslmode=require").await, DialError::TlsHandshake);
}

/// The whole answer in one go, and nonsense where the identity should be.
#[tokio::test]
async fn an_identity_that_makes_no_sense_is_refused() {
    let complete = fake::message(b'C', b"SELECT 0\0");
    let server = fake::serve_bytes([AUTHENTICATION_OK, READY, &complete, READY].concat()).await;
    let error = dial(server, "sslmode=disable").await;
    assert!(matches!(error, DialError::NotPostgres | DialError::TimedOut), "{error:?}");
}

#[tokio::test]
async fn random_bytes_do_no_harm() {
    // A linear congruential generator: the same bytes in every run.
    let mut state = 0x2545_f491_u32;
    for _ in 0..200 {
        let mut bytes = if state & 1 == 0 { Vec::new() } else { AUTHENTICATION_OK.to_vec() };
        for _ in 0..64 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.push(state.to_be_bytes()[0]);
        }
        let server = fake::serve(move |mut socket| {
            let bytes = bytes.clone();
            async move {
                let _ = socket.write_all(&bytes).await;
            }
        })
        .await;
        dial(server, "sslmode=disable").await;
    }
}
