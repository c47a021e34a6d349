//! Connections to other nodes, kept open between requests.
//!
//! hyper's own client with rustls under it: HTTP/1.1 and a pool are all that is needed, and both are in the program already. A node that speaks TLS is known by
//! the certificate that it has announced and by nothing else: no authority has to have signed it, no name has to stand in it.

use axum::body::Body;
use control::gateways::{Gateway, NodeId};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const CONNECTING: Duration = Duration::from_secs(2);
/// A connection that was idle for so long is closed.
const IDLE: Duration = Duration::from_secs(60);

pub type Peer = Client<HttpsConnector<HttpConnector>, Body>;

/// One client a node, since each has a certificate of its own.
#[derive(Default)]
pub struct Peers(Mutex<HashMap<NodeId, Known>>);

/// A client, and the certificate that it takes.
type Known = (Option<[u8; 32]>, Peer);

impl Peers {
    /// The client for a node, by the certificate that it has now.
    pub fn of(&self, node: &Gateway) -> Result<Peer, rustls::Error> {
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((certificate, peer)) = peers.get(&node.id)
            && *certificate == node.certificate
        {
            return Ok(peer.clone());
        }
        let peer = connect(node.certificate)?;
        peers.insert(node.id, (node.certificate, peer.clone()));
        Ok(peer)
    }

    /// Forgets all but these.
    pub fn keep(&self, live: &[Gateway]) {
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        peers.retain(|id, _| live.iter().any(|node| node.id == *id));
    }
}

fn connect(certificate: Option<[u8; 32]>) -> Result<Peer, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(rustls::ALL_VERSIONS)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned { certificate, provider }))
        .with_no_client_auth();
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECTING));
    let https =
        HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(http);
    Ok(Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).build(https))
}

/// Takes the announced certificate; none where none is.
#[derive(Debug)]
struct Pinned {
    certificate: Option<[u8; 32]>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        match self.certificate {
            Some(announced) if announced == shown => Ok(ServerCertVerified::assertion()),
            _ => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
