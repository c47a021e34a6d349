//! TLS as libpq's `sslmode` asks for it: encryption always alike, proof of the server by three measures.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::{
    CertificateFault, ConnectionString, DialError, Host, SslMode,
    ssl_mode::Encryption,
    wire::{Transport, Wire},
};

/// Length 8, then the code that stands for a protocol version of TLS.
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
/// Registered with IANA; servers from PostgreSQL 17 on ask for it where TLS begins without a request.
const ALPN: &[u8] = b"postgresql";

/// The three measures of proof, ready to use.
#[derive(Clone)]
pub(crate) struct Tls {
    unproven: Arc<ClientConfig>,
    authority: Arc<ClientConfig>,
    full: Arc<ClientConfig>,
}

impl Tls {
    /// Trusts the authorities that browsers trust, and these.
    pub(crate) fn new(authorities: impl IntoIterator<Item = CertificateDer<'static>>) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for authority in authorities {
            roots.add(authority)?;
        }
        let roots = Arc::new(roots);
        let config = |proof| Ok::<_, rustls::Error>(Arc::new(config(Verifier::new(proof, &roots)?)?));
        Ok(Self { unproven: config(Proof::None)?, authority: config(Proof::Authority)?, full: config(Proof::Full)? })
    }

    fn connector(&self, mode: SslMode) -> TlsConnector {
        let config = match mode {
            SslMode::VerifyFull => &self.full,
            SslMode::VerifyCa => &self.authority,
            SslMode::Disable | SslMode::Allow | SslMode::Prefer | SslMode::Require => &self.unproven,
        };
        Arc::clone(config).into()
    }

    /// Settles encryption on a fresh socket.
    pub(crate) async fn settle(
        &self,
        mut socket: TcpStream,
        target: &ConnectionString,
        encryption: Encryption,
    ) -> Result<Wire, DialError> {
        if encryption == Encryption::Plain {
            return Ok(Wire::new(Transport::Plain(socket)));
        }
        let direct = target.parameter("sslnegotiation") == Some("direct");
        if !direct && !offered(&mut socket).await? {
            return match encryption {
                Encryption::Required => Err(DialError::TlsNotOffered),
                Encryption::IfOffered | Encryption::Plain => Ok(Wire::new(Transport::Plain(socket))),
            };
        }
        let name = server_name(target, &socket)?;
        let stream = self.connector(target.ssl_mode()).connect(name, socket).await.map_err(|error| failed(&error))?;
        // Where nothing was asked before TLS, only this tells that the other side means Postgres; libpq insists on it too.
        if direct && stream.get_ref().1.alpn_protocol() != Some(ALPN) {
            return Err(DialError::NotPostgres);
        }
        Ok(Wire::new(Transport::Tls(Box::new(stream))))
    }
}

/// Asks whether the server does TLS. Reads one byte and no more: what comes behind it unencrypted is an attack.
async fn offered(socket: &mut TcpStream) -> Result<bool, DialError> {
    socket.write_all(&SSL_REQUEST).await.map_err(|_| DialError::NotPostgres)?;
    match socket.read_u8().await {
        Ok(b'S') => Ok(true),
        Ok(b'N') => Ok(false),
        // An error message: the server is from before TLS, or cannot fork. Either way it is none that offers TLS.
        Ok(b'E') => Err(DialError::TlsNotOffered),
        Ok(_) | Err(_) => Err(DialError::NotPostgres),
    }
}

/// Whose certificate is expected. A name that no certificate can hold (`my_db_`) still encrypts without proof.
fn server_name(target: &ConnectionString, socket: &TcpStream) -> Result<ServerName<'static>, DialError> {
    match target.host() {
        Host::Address(address) => Ok(ServerName::from(*address)),
        Host::Name(name) => match ServerName::try_from(name.trim_end_matches('.').to_owned()) {
            Ok(name) => Ok(name),
            Err(_) if target.ssl_mode() == SslMode::VerifyFull => {
                Err(DialError::TlsCertificate(CertificateFault::WrongName))
            }
            Err(_) => {
                let peer = socket.peer_addr().map_err(|error| DialError::of_socket(&error))?;
                Ok(ServerName::from(peer.ip()))
            }
        },
    }
}

fn failed(error: &std::io::Error) -> DialError {
    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(fault)) => DialError::TlsCertificate(match fault {
            CertificateError::UnknownIssuer => CertificateFault::UnknownIssuer,
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => CertificateFault::Expired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                CertificateFault::WrongName
            }
            _ => CertificateFault::Invalid,
        }),
        _ => DialError::TlsHandshake,
    }
}

fn config(verifier: Verifier) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&verifier.provider))
        .with_protocol_versions(rustls::ALL_VERSIONS)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_vec()];
    // Sessions would be remembered by host name, across customers who mean different servers by it.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// What a certificate must prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    None,
    Authority,
    Full,
}

/// Checks certificates by one measure of [`Proof`]. Signatures of the handshake are checked by all of them: a channel
/// binding is worth nothing if the peer need not own its certificate.
#[derive(Debug)]
struct Verifier {
    proof: Proof,
    webpki: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(proof: Proof, roots: &Arc<RootCertStore>) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(&provider))
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Self { proof, webpki, provider })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.proof == Proof::None {
            return Ok(ServerCertVerified::assertion());
        }
        let verified = self.webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // webpki looks at the name last, so everything else was right.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.proof == Proof::Authority => Ok(ServerCertVerified::assertion()),
            verified => verified,
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
