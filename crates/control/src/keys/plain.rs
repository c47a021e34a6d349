//! The text of a key and what is stored of it.

use crate::Rng;
use crate::identity::hash_token;
use kernel::key;
use secrecy::{ExposeSecret, SecretString};

/// The whole text of a key. `Debug` does not print it.
#[derive(Debug, Clone)]
pub struct PlainKey(SecretString);

/// SHA-256 of a key's text, 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HashedKey(pub Vec<u8>);

impl PlainKey {
    pub fn generate(rng: &Rng) -> Self {
        Self(SecretString::from(key::assemble(&rng.base62(key::BODY_LEN))))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn hashed(&self) -> HashedKey {
        HashedKey(hash_token(self.expose()))
    }

    /// The first eight and the last four characters, kept for display.
    pub fn visible(&self) -> (String, String) {
        key::visible_parts(self.expose())
    }
}
