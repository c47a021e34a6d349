//! TLS on the data listener: the certificate, and connections that have shaken hands.

mod certificate;
mod listener;

pub use certificate::Certificate;
pub use listener::TlsListener;
