//! Secrets at rest: XChaCha20-Poly1305, each row with a data key of its own, each data key wrapped by the master key.
//!
//! Layout of a sealed value: version (1 byte), nonce (24) and wrapped data key (48), nonce (24), ciphertext with its tag. What the value is for
//! is authenticated beside both, so a sealed value moved to another row or column does not open. A new master key only rewraps the data keys.

use crate::{Error, Rng};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE: usize = 24;
const WRAPPED_KEY: usize = 32 + 16;
const HEADER: usize = 1 + NONCE + WRAPPED_KEY;

/// Seals and opens secrets under the master key.
pub struct Vault {
    master: XChaCha20Poly1305,
    /// What other secrets are derived from; never the master key itself.
    root: Zeroizing<[u8; 32]>,
    rng: Rng,
}

impl Vault {
    /// `master` is 32 bytes.
    pub fn new(master: &SecretSlice<u8>, rng: Rng) -> Result<Self, Error> {
        let root = Zeroizing::new(authenticate(master.expose_secret(), b"derived secrets"));
        let master = XChaCha20Poly1305::new_from_slice(master.expose_secret())
            .map_err(|_| Error::Fault("the master key must be 32 bytes".into()))?;
        Ok(Self { master, root, rng })
    }

    /// A secret for one purpose: the same on every server under this master key, and another one under the next. For what may be lost with it.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        authenticate(&*self.root, purpose.as_bytes())
    }

    /// `purpose` names the place of the value, as `resource.connection_string:<uuid>`; opening takes the same.
    pub fn seal(&self, purpose: &str, plain: &str) -> Result<Vec<u8>, Error> {
        let data_key = Zeroizing::new(self.rng.bytes::<32>());
        let (wrap_nonce, nonce) = (self.rng.bytes::<NONCE>(), self.rng.bytes::<NONCE>());
        let cipher = XChaCha20Poly1305::new((&*data_key).into());
        let mut sealed = Vec::with_capacity(HEADER + NONCE + plain.len() + 16);
        sealed.push(VERSION);
        sealed.extend_from_slice(&wrap_nonce);
        sealed.extend(encrypt(&self.master, &wrap_nonce, purpose, data_key.as_slice())?);
        sealed.extend_from_slice(&nonce);
        sealed.extend(encrypt(&cipher, &nonce, purpose, plain.as_bytes())?);
        Ok(sealed)
    }

    /// The same value under another vault's master key: only its data key is wrapped anew.
    pub fn rewrap(&self, purpose: &str, sealed: &[u8], new: &Self) -> Result<Vec<u8>, Error> {
        let fault = || Error::Fault(format!("a sealed value does not open: {purpose}"));
        self.open(purpose, sealed)?;
        let (header, body) = sealed.split_at_checked(HEADER).ok_or_else(fault)?;
        let (wrap_nonce, wrapped) = header[1..].split_at(NONCE);
        let data_key = Zeroizing::new(decrypt(&self.master, wrap_nonce, purpose, wrapped).ok_or_else(fault)?);
        let wrap_nonce = new.rng.bytes::<NONCE>();
        let mut rewrapped = Vec::with_capacity(sealed.len());
        rewrapped.push(VERSION);
        rewrapped.extend_from_slice(&wrap_nonce);
        rewrapped.extend(encrypt(&new.master, &wrap_nonce, purpose, &data_key)?);
        rewrapped.extend_from_slice(body);
        Ok(rewrapped)
    }

    /// Fails when the value was sealed under another master key, for another purpose, or was changed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<SecretString, Error> {
        let fault = || Error::Fault(format!("a sealed value does not open: {purpose}"));
        let (header, body) = sealed.split_at_checked(HEADER).ok_or_else(fault)?;
        let (version, rest) = header.split_at(1);
        if version != [VERSION] {
            return Err(fault());
        }
        let (wrap_nonce, wrapped) = rest.split_at(NONCE);
        let (nonce, ciphertext) = body.split_at_checked(NONCE).ok_or_else(fault)?;
        let data_key = Zeroizing::new(decrypt(&self.master, wrap_nonce, purpose, wrapped).ok_or_else(fault)?);
        let cipher = XChaCha20Poly1305::new_from_slice(&data_key).map_err(|_| fault())?;
        let plain = decrypt(&cipher, nonce, purpose, ciphertext).ok_or_else(fault)?;
        String::from_utf8(plain).map(SecretString::from).map_err(|_| fault())
    }
}

fn authenticate(key: &[u8], message: &[u8]) -> [u8; 32] {
    let keyed = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = keyed.unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn encrypt(cipher: &XChaCha20Poly1305, nonce: &[u8; NONCE], purpose: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let payload = Payload { msg: plain, aad: purpose.as_bytes() };
    cipher.encrypt(&XNonce::from(*nonce), payload).map_err(|_| Error::Fault("a value could not be sealed".into()))
}

fn decrypt(cipher: &XChaCha20Poly1305, nonce: &[u8], purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: purpose.as_bytes() }).ok()
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(key: u8) -> Vault {
        Vault::new(&SecretSlice::from(vec![key; 32]), Rng::seeded(1)).unwrap()
    }

    #[test]
    fn a_value_opens_for_its_purpose_under_its_key_and_unchanged() {
        let sealed = vault(1).seal("row:1", "postgres://u:p@h/d").unwrap();
        assert_eq!(vault(1).open("row:1", &sealed).unwrap().expose_secret(), "postgres://u:p@h/d");
        assert!(vault(1).open("row:2", &sealed).is_err());
        assert!(vault(2).open("row:1", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault(1).open("row:1", &changed).is_err(), "byte {at}");
            assert!(vault(1).open("row:1", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_rewrapped_value_opens_under_the_new_key_alone() {
        let sealed = vault(1).seal("row:1", "secret").unwrap();
        let rewrapped = vault(1).rewrap("row:1", &sealed, &vault(2)).unwrap();
        assert_eq!(vault(2).open("row:1", &rewrapped).unwrap().expose_secret(), "secret");
        assert!(vault(1).open("row:1", &rewrapped).is_err());
        assert!(vault(1).rewrap("row:2", &sealed, &vault(2)).is_err());
        assert!(vault(3).rewrap("row:1", &sealed, &vault(2)).is_err());
    }

    #[test]
    fn a_derived_secret_is_of_its_purpose_and_key() {
        assert_eq!(vault(1).derive("a"), vault(1).derive("a"));
        assert_ne!(vault(1).derive("a"), vault(1).derive("b"));
        assert_ne!(vault(1).derive("a"), vault(2).derive("a"));
    }

    #[test]
    fn equal_values_seal_differently() {
        let vault = vault(1);
        assert_ne!(vault.seal("p", "x").unwrap(), vault.seal("p", "x").unwrap());
    }
}
