//! The certificate of the data listener: read at start, and again whenever its files change.

use crate::boot::config::Data;
use anyhow::Context;
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often the files are looked at.
const POLL: Duration = Duration::from_secs(5);

/// A certificate with its key; the files may be replaced at any time, one after the other.
#[derive(Debug)]
pub struct Certificate {
    files: Files,
    current: Arc<Current>,
    /// What the files held when they were read last, so that a pair that does not work is told of once.
    seen: Mutex<Pair>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// Both files as they are.
#[derive(Debug, PartialEq, Eq)]
struct Pair {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Certificate {
    /// What the configuration names; none where it names nothing.
    ///
    /// # Errors
    /// Names the key of the configuration and its file.
    pub fn configured(data: &Data) -> anyhow::Result<Option<Arc<Self>>> {
        let (Some(certificate), Some(key)) = (data.tls_cert.clone(), data.tls_key.clone()) else { return Ok(None) };
        let files = Files { certificate, key };
        let seen = files.read()?;
        let current = Arc::new(Current(ArcSwap::from_pointee(files.parse(&seen)?)));
        Ok(Some(Arc::new(Self { files, current, seen: Mutex::new(seen) })))
    }

    /// How connections shake hands: by whichever certificate is current, for HTTP/1.1.
    ///
    /// # Errors
    /// If this program's TLS is at odds with itself.
    pub fn server_config(&self) -> anyhow::Result<Arc<ServerConfig>> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(rustls::ALL_VERSIONS)?
            .with_no_client_auth()
            .with_cert_resolver(self.current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// The SHA-256 of the certificate that is shown at the moment.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.current.0.load().cert.first().map(|shown| Sha256::digest(shown).into()).unwrap_or_default()
    }

    /// Takes up new files, for ever.
    pub async fn follow(&self) {
        loop {
            tokio::time::sleep(POLL).await;
            self.refresh();
        }
    }

    /// Takes up new files if there are any. A pair that does not work changes nothing and is told of, once.
    pub fn refresh(&self) {
        let read = self.files.read();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed = match read {
            Ok(pair) if pair == *seen => return,
            Ok(pair) => {
                let parsed = self.files.parse(&pair);
                *seen = pair;
                parsed
            }
            // Told of already.
            Err(error) if seen.certificate.is_empty() => return tracing::debug!("{error:#}"),
            Err(error) => {
                *seen = Pair { certificate: Vec::new(), key: Vec::new() };
                Err(error)
            }
        };
        match parsed {
            Ok(parsed) => {
                self.current.0.store(Arc::new(parsed));
                tracing::info!(file = %self.files.certificate.display(), "the data listener has a new certificate");
            }
            Err(error) => {
                tracing::warn!(error = %format!("{error:#}"), "a new certificate does not work; the old one stays");
            }
        }
    }
}

impl Files {
    fn read(&self) -> anyhow::Result<Pair> {
        Ok(Pair { certificate: read("data.tls_cert", &self.certificate)?, key: read("data.tls_key", &self.key)? })
    }

    fn parse(&self, pair: &Pair) -> anyhow::Result<CertifiedKey> {
        let (certificate, key) = (self.certificate.display(), self.key.display());
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pair.certificate).collect();
        let chain = chain.with_context(|| format!("data.tls_cert: {certificate} is not PEM"))?;
        anyhow::ensure!(!chain.is_empty(), "data.tls_cert: there is no certificate in {certificate}");
        let secret = PrivateKeyDer::from_pem_slice(&pair.key)
            .map_err(|_| anyhow::anyhow!("data.tls_key: there is no private key in {key}"))?;
        CertifiedKey::from_der(chain, secret, &ring::default_provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                anyhow::anyhow!("data.tls_key: {key} is not the key of the certificate in {certificate}")
            }
            error => anyhow::anyhow!("data.tls_cert: {certificate} with the key in {key} cannot be used: {error}"),
        })
    }
}

fn read(name: &str, file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{name}: cannot read {}", file.display()))
}
