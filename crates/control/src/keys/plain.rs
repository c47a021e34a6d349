//! The text of a key and what is stored of it.

use crate::Rng;
use kernel::key;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The whole text of a key. `Debug` does not print it.
#[derive(Debug, Clone)]
pub struct PlainKey(SecretString);

/// SHA-256 of a key's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashedKey(pub [u8; 32]);

impl HashedKey {
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

impl PlainKey {
    pub fn generate(rng: &Rng) -> Self {
        Self(SecretString::from(key::assemble(&rng.base62(key::BODY_LEN))))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn hashed(&self) -> HashedKey {
        HashedKey::of(self.expose())
    }

    /// The first eight and the last four characters, kept for display.
    pub fn visible(&self) -> (String, String) {
        key::visible_parts(self.expose())
    }
}
