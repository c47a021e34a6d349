//! Every way of saying no has its own name, and none repeats the server's words.

use std::time::Duration;

use tokio::net::TcpListener;
use upstream::{ConnectionString, DialError, Dialer, test_connection};

use crate::{fake, resolvers::Script};

async fn dial(url: &str) -> DialError {
    let target = ConnectionString::parse(url).unwrap();
    let dialer = Dialer::new().with_timeout(Duration::from_secs(5));
    let error = test_connection(&dialer, &target).await.unwrap_err();
    assert_eq!(dialer.open_session(&target, &[]).await.unwrap_err(), error, "both ways say the same");
    assert!(!error.to_string().contains("own words"));
    error
}

#[tokio::test]
async fn sqlstates_are_told_apart() {
    let other = |sqlstate: Option<&str>| DialError::Other { sqlstate: sqlstate.map(str::to_owned) };
    for (sqlstate, routine, expected) in [
        ("28P01", "auth_failed", DialError::WrongPassword),
        ("3D000", "InitPostgres", DialError::NoSuchDatabase),
        ("28000", "InitializeSessionUserId", DialError::NoSuchRole),
        ("28000", "ClientAuthentication", DialError::NoPgHbaEntry),
        ("42501", "CheckMyDatabase", DialError::PermissionDenied),
        ("53300", "InitProcess", DialError::TooManyConnections),
        ("57P03", "ProcessStartupPacket", DialError::StartingUp),
        ("XX000", "", other(Some("XX000"))),
        ("<script>", "", other(None)),
    ] {
        let server = fake::serve_bytes(fake::refusal(sqlstate, routine)).await;
        let error = dial(&format!("postgres://u:p@{server}/d?sslmode=disable")).await;
        assert_eq!(error, expected, "{sqlstate} {routine}");
    }
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(dial(&format!("postgres://u@{address}")).await, DialError::Refused);
}

#[tokio::test]
async fn an_unknown_name_is_unresolvable() {
    let target = ConnectionString::parse("postgres://u@db.test").unwrap();
    for resolver in [Script::new(&[]), Script::new(&[&[]])] {
        let dialer = Dialer::new().with_resolver(resolver);
        assert_eq!(dialer.connect(&target).await.unwrap_err(), DialError::Unresolvable);
        assert_eq!(dialer.sockets_opened(), 0);
    }
}

#[tokio::test]
async fn the_next_address_is_tried_where_the_first_does_not_answer() {
    let server = fake::serve_bytes(fake::refusal("3D000", "")).await;
    let target = ConnectionString::parse(&format!("postgres://u@db.test:{}/d?sslmode=disable", server.port())).unwrap();
    // Nobody listens on 127.0.0.2: Linux answers there for all of 127.0.0.0/8.
    let dialer = Dialer::new().with_resolver(Script::new(&[&["127.0.0.2", "127.0.0.1"]]));
    assert_eq!(dialer.connect(&target).await.unwrap_err(), DialError::NoSuchDatabase);
    assert_eq!(dialer.sockets_opened(), 2);
}

#[tokio::test]
async fn a_refusal_is_not_tried_on_the_next_address() {
    let server = fake::serve_bytes(fake::refusal("28P01", "")).await;
    let target = ConnectionString::parse(&format!("postgres://u@db.test:{}/d?sslmode=disable", server.port())).unwrap();
    let dialer = Dialer::new().with_resolver(Script::new(&[&["127.0.0.1", "127.0.0.1"]]));
    assert_eq!(dialer.connect(&target).await.unwrap_err(), DialError::WrongPassword);
    assert_eq!(dialer.sockets_opened(), 1);
}

#[tokio::test]
async fn ways_to_sign_in_that_are_not_supported() {
    for code in [2_u32, 7, 9] {
        let server = fake::serve_bytes(fake::message(b'R', &code.to_be_bytes())).await;
        let url = format!("postgres://u:p@{server}/d?sslmode=disable");
        assert_eq!(dial(&url).await, DialError::Authentication, "{code}");
    }
    let cleartext = fake::message(b'R', &3_u32.to_be_bytes());
    let server = fake::serve_bytes(cleartext.clone()).await;
    assert_eq!(dial(&format!("postgres://u@{server}/d?sslmode=disable")).await, DialError::PasswordMissing);
    let server = fake::serve_bytes(cleartext).await;
    let url = format!("postgres://u:p@{server}/d?channel_binding=require&sslmode=allow");
    assert_eq!(dial(&url).await, DialError::Authentication);
}

#[test]
fn codes_are_stable() {
    assert_eq!(DialError::NoPgHbaEntry.code(), "no_pg_hba_entry");
    assert_eq!(DialError::Denied { address: [169, 254, 169, 254].into() }.code(), "denied");
    assert!(!DialError::Denied { address: [169, 254, 169, 254].into() }.to_string().contains("169"));
    assert_eq!(
        DialError::Other { sqlstate: Some("XX000".into()) }.to_string(),
        "The database refused the connection (SQLSTATE XX000)"
    );
}
