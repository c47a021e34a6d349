//! 300 ways to slip a denied address past the guard. Each is refused, and no socket is opened.

mod ways;

use std::{collections::HashSet, net::SocketAddr, sync::atomic::Ordering, time::Duration};

use tokio::io::AsyncReadExt;
use upstream::{ConnectionString, DialError, Dialer, Guard};

use self::ways::{ADDRESSES, ANSWERS, NAMES, SPELLINGS, STRICT, STRICT_ADDRESSES, STRINGS};
use crate::{fake, resolvers::Script};

fn dialer(answers: &[&str]) -> Dialer {
    Dialer::new().with_resolver(Script::new(&[answers])).with_timeout(Duration::from_millis(200))
}

/// Asserts that a string is refused without a socket: by the parser, or by the guard and nothing else.
async fn refused(dialer: &Dialer, text: &str) {
    if let Ok(target) = ConnectionString::parse(text) {
        let error = dialer.connect(&target).await.map(|connected| connected.address).unwrap_err();
        assert!(matches!(error, DialError::Denied { .. }), "{text:?}: {error:?}");
        assert_eq!(dialer.open_session(&target, &[]).await.unwrap_err(), error);
    }
    assert_eq!(dialer.sockets_opened(), 0, "{text:?} opened a socket");
}

#[tokio::test]
async fn three_hundred_ways_open_no_socket() {
    let mut ways = HashSet::new();
    // Every name leads to this machine: whatever is taken for a name and dialled is counted.
    let open = dialer(&["127.0.0.1"]);
    for host in ADDRESSES {
        let text = format!("postgres://a:p@{host}:1/d?sslmode=disable");
        assert!(ConnectionString::parse(&text).is_ok(), "{text} is for the guard");
        refused(&open, &text).await;
        ways.insert(text);
    }
    for host in SPELLINGS {
        let text = format!("postgres://a:p@{host}/d");
        assert!(ConnectionString::parse(&text).is_err(), "{text:?} is for the parser");
        refused(&open, &text).await;
        ways.insert(text);
    }
    for text in STRINGS {
        assert!(ConnectionString::parse(text).is_err(), "{text:?} is for the parser");
        refused(&open, text).await;
        ways.insert((*text).to_owned());
    }
    for answers in ANSWERS {
        refused(&dialer(answers), "postgres://a:p@db.test/d").await;
        ways.insert(format!("db.test = {answers:?}"));
    }
    let strict = dialer(&["127.0.0.1"]);
    strict.set_guard(Guard::new(STRICT.iter().map(|range| range.parse().unwrap())));
    for host in STRICT_ADDRESSES {
        let text = format!("postgres://a:p@{host}/d");
        refused(&strict, &text).await;
        ways.insert(format!("strict: {text}"));
    }
    for name in NAMES {
        let text = format!("postgres://a@{name}/d");
        refused(&strict, &text).await;
        ways.insert(format!("strict: {text}"));
    }
    assert!(ways.len() >= 300, "only {} ways", ways.len());
}

/// The proof above would be worth nothing if the counter did not count.
#[tokio::test]
async fn an_allowed_address_does_open_a_socket() {
    let dialer = dialer(&["127.0.0.1"]);
    let target = ConnectionString::parse("postgres://a@db.test:1/d").unwrap();
    assert_eq!(dialer.connect(&target).await.unwrap_err(), DialError::Refused);
    assert_eq!(dialer.sockets_opened(), 1);
}

async fn hangs_up() -> SocketAddr {
    fake::serve(|mut socket| async move {
        let _ = socket.read(&mut [0; 1024]).await;
        // "Yes, TLS": what follows is none, so that the dialer tries once more without.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, b"Sno").await;
    })
    .await
}

/// A name that leads to an allowed address when it is checked, and elsewhere when it is asked again.
#[tokio::test]
async fn a_name_is_asked_once_a_dial() {
    let server = hangs_up().await;
    let resolver = Script::new(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let asked = resolver.asked.clone();
    let dialer = Dialer::new().with_resolver(resolver);
    let target = ConnectionString::parse(&format!("postgres://a@rebind.test:{}/d", server.port())).unwrap();

    let first = dialer.connect(&target).await.unwrap_err();
    assert_eq!((first, asked.load(Ordering::Relaxed)), (DialError::NotPostgres, 1));
    assert_eq!(dialer.sockets_opened(), 2, "with TLS and without, to the one checked address");

    let second = dialer.connect(&target).await.unwrap_err();
    assert!(matches!(second, DialError::Denied { .. }));
    assert_eq!((dialer.sockets_opened(), asked.load(Ordering::Relaxed)), (2, 2));
}

#[tokio::test]
async fn a_new_guard_holds_from_the_next_dial() {
    let dialer = dialer(&["127.0.0.1"]);
    let target = ConnectionString::parse("postgres://a@127.0.0.1:1/d").unwrap();
    assert_eq!(dialer.connect(&target).await.unwrap_err(), DialError::Refused);
    dialer.set_guard(Guard::new(["127.0.0.0/8".parse().unwrap()]));
    assert_eq!(dialer.connect(&target).await.unwrap_err(), DialError::Denied { address: [127, 0, 0, 1].into() });
    assert_eq!(dialer.sockets_opened(), 1);
}
