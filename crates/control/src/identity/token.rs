use sha2::{Digest, Sha256};

/// What is stored of a token with 160 or more random bits: SHA-256, 32 bytes. Such a token needs no slow hash.
pub fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
