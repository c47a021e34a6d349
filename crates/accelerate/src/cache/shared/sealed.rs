//! A kept answer as it lies on the server: sealed, so that nobody reads it there, and none is told that no node of ours has put under this name.
//!
//! Layout: ciphertext with its tag, nonce (24 bytes), version (1). The ciphertext holds when the answer was asked for (8, little-endian milliseconds
//! since 1970), its marks (16 each), and JSON. The name that it lies under is authenticated beside it.

use bytes::Bytes;
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

const VERSION: u8 = 1;
pub const NONCE: usize = 24;
const TAG: usize = 16;
const TIME: usize = 8;

/// What an answer depends on: another one ends it. Drawn at random, so none comes again.
pub type Mark = [u8; 16];
/// Which plan with which parameters and tags, of which resource, access and epoch.
pub type Name = [u8; 32];

/// Bytes of a sealed answer beside its JSON.
pub const fn overhead(marks: usize) -> usize {
    TIME + marks * size_of::<Mark>() + TAG + NONCE + 1
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub at_ms: u64,
    /// As they were before it was asked for.
    pub marks: Box<[Mark]>,
    pub json: Bytes,
}

pub struct Seal(XChaCha20Poly1305);

impl Seal {
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// `nonce` is random. None for more than the cipher takes at once, some hundred gigabytes.
    pub fn seal(&self, name: &Name, nonce: [u8; NONCE], kept: &Kept) -> Option<Vec<u8>> {
        let mut value = Vec::with_capacity(overhead(kept.marks.len()) + kept.json.len());
        value.extend_from_slice(&kept.at_ms.to_le_bytes());
        kept.marks.iter().for_each(|mark| value.extend_from_slice(mark));
        value.extend_from_slice(&kept.json);
        self.0.encrypt_in_place(&XNonce::from(nonce), name, &mut value).ok()?;
        value.extend_from_slice(&nonce);
        value.push(VERSION);
        Some(value)
    }

    /// None for whatever else may lie there: another version, another name, a changed, cut or foreign value.
    pub fn open(&self, name: &Name, marks: usize, mut value: Vec<u8>) -> Option<Kept> {
        if value.pop()? != VERSION {
            return None;
        }
        let nonce: [u8; NONCE] = value.last_chunk().copied()?;
        value.truncate(value.len() - NONCE);
        self.0.decrypt_in_place(&XNonce::from(nonce), name, &mut value).ok()?;
        let (at_ms, rest) = value.split_first_chunk()?;
        let (at_ms, end) = (u64::from_le_bytes(*at_ms), marks.checked_mul(size_of::<Mark>())?);
        let marks = rest.get(..end)?.as_chunks().0.into();
        Some(Kept { at_ms, marks, json: Bytes::from(value).slice(TIME + end..) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_opens_under_its_name_and_unchanged() {
        let (seal, name) = (Seal::new(&[1; 32]), [2; 32]);
        let kept = Kept { at_ms: 77, marks: [[3; 16], [4; 16]].into(), json: Bytes::from_static(b"{\"a\":1}") };
        let sealed = seal.seal(&name, [5; NONCE], &kept).unwrap();
        assert_eq!(sealed.len(), overhead(2) + kept.json.len());
        assert!(!sealed.windows(7).any(|part| part == b"{\"a\":1}"), "nobody reads it there");
        assert_eq!(seal.open(&name, 2, sealed.clone()), Some(kept));
        assert_eq!(seal.open(&[9; 32], 2, sealed.clone()), None, "another question");
        assert_eq!(Seal::new(&[9; 32]).open(&name, 2, sealed.clone()), None, "another installation");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(seal.open(&name, 2, changed), None, "byte {at}");
            assert_eq!(seal.open(&name, 2, sealed[..at].to_vec()), None, "cut at {at}");
        }
        assert_eq!(seal.open(&name, 9, sealed), None, "more marks than there are");
    }
}
