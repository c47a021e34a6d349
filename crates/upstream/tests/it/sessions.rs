//! Sessions that are driven by the wire protocol, against a real Postgres.

mod hostile;
mod speak;

use std::time::Duration;

use testkit::Cluster;
use upstream::{CertificateFault, ConnectionString, ControlDatabase, DialError, Dialer, Guard, Session};

use self::speak::{ask, one, query, read};
use crate::{resolvers::Script, tls::Authority};

fn parse(url: &str) -> ConnectionString {
    ConnectionString::parse(url).unwrap()
}

async fn open(dialer: &Dialer, url: &str) -> Session {
    dialer.open_session(&parse(url), &[]).await.unwrap()
}

/// A dialer for which `db.test` is this machine.
fn dialer(authority: &Authority) -> Dialer {
    Dialer::new()
        .with_resolver(Script::new(&[&["127.0.0.1"]]))
        .with_authorities([authority.certificate.clone()])
        .unwrap()
}

#[tokio::test]
async fn a_session_is_ready_for_its_first_query() {
    let cluster = Cluster::throwaway().unwrap();
    let dialer = Dialer::new();
    let url = format!("{}?application_name=shop&options=-c%20statement_timeout%3D1234", cluster.admin_url().unwrap());
    let target = parse(&url);

    let parameters = [("TimeZone", "Asia/Tokyo"), ("user", "nobody"), ("client_encoding", "LATIN1")];
    let mut session = dialer.open_session(&target, &parameters).await.unwrap();
    assert!(session.server_version.starts_with(|first: char| first.is_ascii_digit()), "{session:?}");
    assert!(!session.tls && session.address == cluster.address());
    for (setting, value) in [
        ("TimeZone", "Asia/Tokyo"),
        ("application_name", "shop"),
        ("statement_timeout", "1234ms"),
        ("client_encoding", "UTF8"),
    ] {
        let sql = format!("select current_setting('{setting}')");
        assert_eq!(one(&mut session.stream, &sql).await, value);
    }
    assert_eq!(one(&mut session.stream, "select session_user").await, target.user());

    // Nothing bounds a session that was handed out: this is more than a server may send before.
    assert_eq!(one(&mut session.stream, "select repeat('x', 1000000)").await.len(), 1_000_000);

    // The identity was asked for on the same stream, and left nothing behind on it.
    dialer.protect(ControlDatabase::new(Some(1), "postgres"));
    let mut session = open(&dialer, &url).await;
    assert_eq!(one(&mut session.stream, "select 'first'").await, "first");

    let nul = dialer.open_session(&target, &[("TimeZone", "U\0TC")]).await.unwrap_err();
    assert_eq!(nul, DialError::Other { sqlstate: None });
    let unknown = dialer.open_session(&target, &[("TimeZone", "Nowhere")]).await.unwrap_err();
    assert_eq!(unknown, DialError::Other { sqlstate: Some("22023".into()) });
}

/// Cleartext, MD5 and SCRAM, with and without TLS, right and wrong; SCRAM bound to the certificate.
#[tokio::test]
async fn every_way_to_sign_in() {
    let mut cluster = Cluster::throwaway().unwrap();
    let admin = cluster.admin_url().unwrap();
    let roles = "
        create role scram login password 'sécret'; create role plain login password 'secret'; create role trusted login;
        set password_encryption = 'md5'; create role md5 login password 'secret'";
    ask(&mut open(&Dialer::new(), &admin).await.stream, roles).await;
    let authority = Authority::new();
    authority.start(&mut cluster, "db.test", 2100);
    let rules = "local all all scram-sha-256\nhost all scram all scram-sha-256\nhost all md5 all md5\n\
        host all plain all password\nhost all trusted all trust\n";
    let file = cluster.put_file("ways.conf", rules.as_bytes()).unwrap();
    cluster.restart(&[("hba_file", file.to_str().unwrap())]).unwrap();

    let dialer = dialer(&authority);
    let port = cluster.address().port();
    let code = async |user: &str, parameters: &str| {
        let target = parse(&format!("postgres://{user}@db.test:{port}/postgres?{parameters}"));
        match dialer.open_session(&target, &[]).await {
            Ok(mut session) => {
                let (name, _) = user.split_once(':').unwrap_or((user, ""));
                assert_eq!(one(&mut session.stream, "select session_user").await, name);
                if session.tls { "tls" } else { "plain" }
            }
            Err(error) => error.code(),
        }
    };
    let (plain, tls, bound) = ("sslmode=disable", "sslmode=require", "sslmode=verify-full&channel_binding=require");
    for (user, wrong) in [("scram:s%C3%A9cret", "scram:x"), ("md5:secret", "md5:x"), ("plain:secret", "plain:x")] {
        assert_eq!(code(user, plain).await, "plain", "{user}");
        assert_eq!(code(user, tls).await, "tls", "{user}");
        assert_eq!(code(user, "sslmode=require&channel_binding=disable").await, "tls", "{user}");
        assert_eq!(code(wrong, plain).await, "wrong_password", "{user}");
        assert_eq!(code(wrong, tls).await, "wrong_password", "{user}");
        let (name, _) = user.split_once(':').unwrap();
        assert_eq!(code(name, plain).await, "password_missing", "{user}");
    }
    // Only SCRAM over TLS can be bound to the certificate.
    assert_eq!(code("scram:s%C3%A9cret", bound).await, "tls");
    assert_eq!(code("scram:x", bound).await, "wrong_password");
    for user in ["md5:secret", "plain:secret", "trusted"] {
        assert_eq!(code(user, bound).await, "authentication", "{user}");
    }
    assert_eq!(code("trusted", tls).await, "tls");
}

#[tokio::test]
async fn tls_carries_a_session_and_its_cancellation() {
    let mut cluster = Cluster::throwaway().unwrap();
    let authority = Authority::new();
    let dialer = dialer(&authority);
    let admin = cluster.admin_url().unwrap();
    ask(&mut open(&dialer, &admin).await.stream, "create role anybody login").await;
    authority.start(&mut cluster, "db.test", 2100);
    let port = cluster.address().port();
    let target = parse(&format!("postgres://anybody@db.test:{port}/postgres?sslmode=verify-full"));
    let mut session = dialer.open_session(&target, &[]).await.unwrap();
    assert!(session.tls);
    assert_eq!(one(&mut session.stream, "select repeat('x', 1000000)").await.len(), 1_000_000);
    cancels(&dialer, &target, session).await;

    // The proof of the server is asked for anew.
    let stranger = Dialer::new().with_resolver(Script::new(&[&["127.0.0.1"]]));
    let session = dialer.open_session(&target, &[]).await.unwrap();
    let error = stranger.cancel(&target, &session.key).await.unwrap_err();
    assert_eq!(error, DialError::TlsCertificate(CertificateFault::UnknownIssuer));
}

/// A sleep ends long before its time, by no one's doing but the key's, and the session goes on.
async fn cancels(dialer: &Dialer, target: &ConnectionString, mut session: Session) {
    query(&mut session.stream, "select pg_sleep(30)").await;
    // What comes before the statement would be forgotten.
    let mut observer = dialer.open_session(target, &[]).await.unwrap().stream;
    let sleepers = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'";
    while one(&mut observer, sleepers).await == "0" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    dialer.cancel(target, &session.key).await.unwrap();
    let messages = read(&mut session.stream).await;
    let (_, refusal) = messages.iter().find(|(tag, _)| *tag == b'E').unwrap();
    assert!(String::from_utf8_lossy(refusal).contains("\0C57014\0"), "{refusal:?}");
    assert_eq!(one(&mut session.stream, "select 'on'").await, "on");
}

#[tokio::test]
async fn a_key_cancels_one_statement() {
    let cluster = Cluster::throwaway().unwrap();
    let dialer = Dialer::new();
    let target = parse(&cluster.admin_url().unwrap());
    let session = dialer.open_session(&target, &[]).await.unwrap();
    let key = session.key.clone();
    let shown = format!("{key:?} {session:?}");
    assert!(shown.contains("process") && !shown.contains("secret"), "{shown}");
    cancels(&dialer, &target, session).await;

    // Nobody is behind the key any more: the server says nothing of it.
    dialer.cancel(&target, &key).await.unwrap();

    let sockets = dialer.sockets_opened();
    dialer.set_guard(Guard::new(["127.0.0.0/8".parse().unwrap()]));
    let denied = dialer.cancel(&target, &key).await.unwrap_err();
    assert_eq!((denied, dialer.sockets_opened()), (DialError::Denied { address: [127, 0, 0, 1].into() }, sockets));
}

/// The name leads elsewhere by now; the key still leads to the server that gave it.
#[tokio::test]
async fn a_cancellation_goes_to_the_address_of_its_session() {
    let cluster = Cluster::throwaway().unwrap();
    let url = cluster.admin_url().unwrap().replace("127.0.0.1", "db.test");
    let dialer = Dialer::new().with_resolver(Script::new(&[&["127.0.0.1"], &["127.0.0.1"], &["127.0.0.2"]]));
    let session = dialer.open_session(&parse(&url), &[]).await.unwrap();
    cancels(&dialer, &parse(&url), session).await;
    assert_eq!(dialer.open_session(&parse(&url), &[]).await.unwrap_err(), DialError::Refused);
}

/// Whoever runs on several threads moves a dial and a session between them.
#[tokio::test]
async fn a_session_may_move_between_threads() {
    let cluster = Cluster::throwaway().unwrap();
    let url = cluster.admin_url().unwrap();
    let answer = tokio::spawn(async move {
        let mut session = open(&Dialer::new(), &url).await;
        one(&mut session.stream, "select 'there'").await
    });
    assert_eq!(answer.await.unwrap(), "there");
}
