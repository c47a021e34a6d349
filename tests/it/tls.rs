//! TLS on the data listener: handshakes, certificates that are replaced, and what a wrong file is told.

use axum::Router;
use axum::routing::get;
use axum::serve::{Listener, ListenerExt};
use http::Uri;
use pentaprism::boot::config::{Config, DEFAULTS, Data};
use pentaprism::boot::tls::{Certificate, TlsListener};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

fn cert(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pentaprism"));
    command.current_dir(folder).arg("cert").arg("--out").arg(folder).args(arguments).output().unwrap()
}

pub fn made() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(cert(folder.path(), &[]).status.success());
    folder
}

fn data(certificate: PathBuf, key: PathBuf) -> Data {
    let config: Config = toml::from_str(DEFAULTS).unwrap();
    Data { tls_cert: Some(certificate), tls_key: Some(key), ..config.data }
}

pub fn of(folder: &Path) -> Arc<Certificate> {
    Certificate::configured(&data(folder.join("cert.pem"), folder.join("key.pem"))).unwrap().unwrap()
}

async fn serve(certificate: &Certificate) -> SocketAddr {
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let listener = TlsListener::new(socket, certificate.server_config().unwrap()).at_once(16);
    let address = Listener::local_addr(&listener).unwrap();
    let router = Router::new().route("/", get(|uri: Uri| std::future::ready(format!("hello {uri}"))));
    tokio::spawn(axum::serve(listener.tap_io(|_| ()), router).into_future());
    address
}

/// The answer to `GET /`, by the authority of this folder.
async fn ask(folder: &Path, to: SocketAddr, name: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(to).await?).await?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8(answer).unwrap())
}

#[tokio::test]
async fn the_development_certificate_is_good_for_this_machine_and_nothing_else() {
    let folder = made();
    let address = serve(&of(folder.path())).await;
    for name in ["localhost", "127.0.0.1", "::1"] {
        assert!(ask(folder.path(), address, name).await.unwrap().ends_with("hello /"), "{name}");
    }
    assert!(ask(folder.path(), address, "gateway.example.com").await.is_err());
    let mode = fs::metadata(folder.path().join("key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = cert(folder.path(), &[]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("--force"));
    let other = cert(folder.path(), &["--force", "--host", "gateway.example.com"]);
    let told = String::from_utf8(other.stdout).unwrap();
    assert!(told.contains("tls_cert = ") && told.contains("NODE_EXTRA_CA_CERTS=") && other.status.success(), "{told}");
    let address = serve(&of(folder.path())).await;
    assert!(ask(folder.path(), address, "gateway.example.com").await.is_ok());
}

#[tokio::test]
async fn who_shakes_no_hands_holds_up_nobody() {
    let folder = made();
    let address = serve(&of(folder.path())).await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(address).await.unwrap());
        let mut rude = TcpStream::connect(address).await.unwrap();
        rude.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    }
    assert!(ask(folder.path(), address, "localhost").await.unwrap().ends_with("hello /"));
    // More than 16 wait, so the oldest was given up; the newest has the time it needs.
    let (mut newest, mut oldest) = (silent.pop().unwrap(), silent.swap_remove(0));
    let mut byte = [0];
    let ended = tokio::time::timeout(Duration::from_secs(3), oldest.read(&mut byte)).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
    assert!(tokio::time::timeout(Duration::from_millis(300), newest.read(&mut byte)).await.is_err());
}

#[tokio::test]
async fn a_new_certificate_counts_without_a_restart_and_a_broken_one_never() {
    let (folder, next) = (made(), made());
    let certificate = of(folder.path());
    let (address, first) = (serve(&certificate).await, certificate.fingerprint());
    let replace = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    let new = |name: &str| fs::read(next.path().join(name)).unwrap();

    for broken in [b"".to_vec(), b"-----BEGIN CERTIFICATE-----\nnonsense".to_vec(), new("cert.pem")] {
        replace("cert.pem", &broken);
        certificate.refresh();
        assert_eq!(certificate.fingerprint(), first, "the key is not there yet, or there is none");
        assert!(ask(folder.path(), address, "localhost").await.is_ok());
    }
    fs::remove_file(folder.path().join("key.pem")).unwrap();
    certificate.refresh();
    assert_eq!(certificate.fingerprint(), first);
    replace("key.pem", &new("key.pem"));
    certificate.refresh();
    assert_ne!(certificate.fingerprint(), first);
    assert!(ask(next.path(), address, "localhost").await.is_ok());
    assert!(ask(folder.path(), address, "localhost").await.is_err(), "the authority before signed none of this");
}

#[test]
fn a_wrong_file_is_named_with_its_key() {
    let (one, two) = (made(), made());
    let file = |folder: &TempDir, name: &str| folder.path().join(name);
    fs::write(file(&one, "empty.pem"), "").unwrap();
    for (certificate, key, says) in [
        (file(&one, "none.pem"), file(&one, "key.pem"), ["data.tls_cert", "none.pem"]),
        (file(&one, "cert.pem"), file(&one, "none.pem"), ["data.tls_key", "none.pem"]),
        (file(&one, "empty.pem"), file(&one, "key.pem"), ["data.tls_cert", "empty.pem"]),
        (file(&one, "cert.pem"), file(&one, "cert.pem"), ["data.tls_key", "cert.pem"]),
        (file(&one, "cert.pem"), file(&two, "key.pem"), ["data.tls_key", "is not the key"]),
    ] {
        let error = format!("{:#}", Certificate::configured(&data(certificate, key)).unwrap_err());
        assert!(says.iter().all(|word| error.contains(word)), "{error}");
    }
}
