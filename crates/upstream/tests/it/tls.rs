//! `sslmode` against a real server: what is encrypted, and what must be proven.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use testkit::Cluster;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use upstream::{ConnectionString, DialError, Dialer};

use crate::{
    fake::{self, AUTHENTICATION_OK, READY},
    resolvers::Script,
};

/// An authority that nobody trusts by default.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub certificate: CertificateDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// A server's certificate for one name, and its key.
    fn issue(&self, name: &str, last_year: i32) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_after = date_time_ymd(last_year, 1, 1);
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    pub fn start(&self, cluster: &mut Cluster, name: &str, last_year: i32) {
        let (certificate, key) = self.issue(name, last_year);
        let certificate = cluster.put_file("it.crt", certificate.pem().as_bytes()).unwrap();
        let key = cluster.put_file("it.key", key.serialize_pem().as_bytes()).unwrap();
        let rules = "local all all scram-sha-256\nhostssl all tls_only all scram-sha-256\n\
            hostnossl all plain_only all scram-sha-256\nhost all anybody all trust\n";
        let rules = cluster.put_file("rules.conf", rules.as_bytes()).unwrap();
        let settings = [
            ("ssl", "on"),
            ("ssl_cert_file", certificate.to_str().unwrap()),
            ("ssl_key_file", key.to_str().unwrap()),
            ("hba_file", rules.to_str().unwrap()),
        ];
        cluster.restart(&settings).unwrap();
    }
}

/// "tls", "plain" or the code of the error.
async fn outcome(dialer: &Dialer, url: &str) -> &'static str {
    let target = ConnectionString::parse(url).unwrap();
    let by_hand = dialer.open_session(&target, &[]).await.map(|session| session.tls);
    let outcome = dialer.connect(&target).await;
    assert_eq!(by_hand, outcome.as_ref().map(|connected| connected.tls).map_err(Clone::clone), "{url}");
    match outcome {
        Ok(connected) => {
            let sql = "select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)";
            let row = connected.client.query_one(sql, &[]).await.unwrap();
            assert_eq!(row.get::<_, bool>(0), connected.tls);
            connected.close().await;
            if row.get(0) { "tls" } else { "plain" }
        }
        Err(DialError::TlsCertificate(fault)) => match fault {
            upstream::CertificateFault::UnknownIssuer => "unknown issuer",
            upstream::CertificateFault::Expired => "expired",
            upstream::CertificateFault::WrongName => "wrong name",
            upstream::CertificateFault::Invalid => "invalid",
        },
        Err(error) => error.code(),
    }
}

const MODES: [&str; 7] = [
    "sslmode=disable",
    "sslmode=allow",
    "connection_limit=1",
    "sslmode=require",
    "sslmode=verify-ca",
    "sslmode=verify-full",
    "sslaccept=strict",
];

async fn outcomes(dialer: &Dialer, user: &str, host: &str, port: u16) -> Vec<&'static str> {
    let mut outcomes = Vec::new();
    for mode in MODES {
        outcomes.push(outcome(dialer, &format!("postgres://{user}@{host}:{port}/postgres?{mode}")).await);
    }
    outcomes
}

#[tokio::test]
async fn every_mode_does_what_libpq_does() {
    let mut cluster = Cluster::throwaway().unwrap();
    let authority = Authority::new();
    let stranger = Dialer::new().with_resolver(Script::new(&[&["127.0.0.1"]]));
    let trusting = Dialer::new()
        .with_resolver(Script::new(&[&["127.0.0.1"]]))
        .with_authorities([authority.certificate.clone()])
        .unwrap();

    // Without TLS on the server.
    let admin = cluster.admin_url().unwrap();
    let roles =
        "create role tls_only login password 'x'; create role plain_only login password 'x'; create role anybody login";
    let connected = stranger.connect(&ConnectionString::parse(&admin).unwrap()).await.unwrap();
    connected.client.batch_execute(roles).await.unwrap();
    connected.close().await;
    let port = cluster.address().port();
    let no = "tls_not_offered";
    assert_eq!(outcomes(&stranger, "tls_only:x", "db.test", port).await, ["plain", "plain", "plain", no, no, no, no]);

    authority.start(&mut cluster, "db.test", 2100);
    let (plain, tls) = ("plain", "tls");
    let unknown = "unknown issuer";
    assert_eq!(
        outcomes(&stranger, "anybody", "db.test", port).await,
        [plain, plain, tls, tls, unknown, unknown, unknown]
    );
    assert_eq!(outcomes(&trusting, "anybody", "db.test", port).await, [plain, plain, tls, tls, tls, tls, tls]);
    let wrong = "wrong name";
    for host in ["other.test", "127.0.0.1"] {
        assert_eq!(outcomes(&trusting, "anybody", host, port).await, [plain, plain, tls, tls, tls, wrong, wrong]);
    }
    // The access rules decide: "allow" and "prefer" try again the other way, as libpq.
    let rules = "no_pg_hba_entry";
    assert_eq!(outcomes(&trusting, "tls_only:x", "db.test", port).await, [rules, tls, tls, tls, tls, tls, tls]);
    assert_eq!(
        outcomes(&trusting, "plain_only:x", "db.test", port).await,
        [plain, plain, plain, rules, rules, rules, rules]
    );
    // SCRAM with channel binding, as Neon's connection strings ask for it.
    let bound = "sslmode=require&channel_binding=require";
    let url = |user: &str, parameters: &str| format!("postgres://{user}@db.test:{port}/postgres?{parameters}");
    assert_eq!(outcome(&stranger, &url("tls_only:x", bound)).await, tls);
    assert_eq!(outcome(&stranger, &url("tls_only:wrong", bound)).await, "wrong_password");
    assert_eq!(outcome(&stranger, &url("plain_only:x", "channel_binding=require")).await, "authentication");
    assert_eq!(outcome(&stranger, &url("tls_only:x", "sslmode=require&channel_binding=disable")).await, tls);

    authority.start(&mut cluster, "db.test", 2020);
    let late = "expired";
    assert_eq!(outcomes(&trusting, "anybody", "db.test", port).await, [plain, plain, tls, tls, late, late, late]);

    authority.start(&mut cluster, "127.0.0.1", 2100);
    assert_eq!(
        outcome(&trusting, &format!("postgres://anybody@127.0.0.1:{port}/postgres?sslmode=verify-full")).await,
        tls
    );
}

/// `sslnegotiation=direct` (PostgreSQL 17): TLS from the first byte, and then only the protocol's name tells that this is Postgres.
#[tokio::test]
async fn direct_tls_asks_for_the_postgres_protocol() {
    assert_eq!(direct(Some(b"postgresql")).await, Ok(true));
    assert_eq!(direct(None).await, Err(DialError::NotPostgres));
    assert_eq!(direct(Some(b"http/1.1")).await, Err(DialError::TlsHandshake));
}

async fn direct(protocol: Option<&'static [u8]>) -> Result<bool, DialError> {
    let authority = Authority::new();
    let (certificate, key) = authority.issue("db.test", 2100);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    config.alpn_protocols = protocol.map(<[u8]>::to_vec).into_iter().collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let server = fake::serve(move |socket| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(socket).await else { return };
            assert_eq!(stream.get_ref().1.alpn_protocol(), protocol);
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(&[AUTHENTICATION_OK, READY].concat()).await;
            while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
        }
    })
    .await;
    let dialer = Dialer::new()
        .with_resolver(Script::new(&[&["127.0.0.1"]]))
        .with_authorities([authority.certificate.clone()])
        .unwrap();
    let url = format!("postgres://u@db.test:{}/d?sslmode=verify-full&sslnegotiation=direct", server.port());
    dialer.connect(&ConnectionString::parse(&url).unwrap()).await.map(|connected| connected.tls)
}
