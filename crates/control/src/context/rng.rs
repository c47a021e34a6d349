//! Randomness, as a parameter.

use data_encoding::BASE64URL_NOPAD;
use rand::rngs::{ChaCha20Rng, SysRng};
use rand::{Rng as _, SeedableRng};
use std::sync::{Arc, Mutex, PoisonError};

/// A cryptographic generator, seeded by the operating system or, in tests, by a number.
#[derive(Clone)]
pub struct Rng(Arc<Mutex<ChaCha20Rng>>);

impl Rng {
    /// # Panics
    /// If the operating system has no randomness to give: nothing here could be safe then.
    pub fn from_system() -> Self {
        let rng = ChaCha20Rng::try_from_rng(&mut SysRng).expect("the operating system gives randomness");
        Self(Arc::new(Mutex::new(rng)))
    }

    /// The same sequence for the same number: tests and benchmarks only.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    pub fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// 256 random bits in 43 characters that a URL and a cookie carry as they are.
    pub fn token(&self) -> String {
        BASE64URL_NOPAD.encode(&self.bytes::<32>())
    }

    /// Uniform base-62 characters: bytes that would make some characters likelier are drawn again.
    pub fn base62(&self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let wanted = length - text.len();
            text.extend(
                self.bytes::<64>()
                    .iter()
                    .filter(|byte| **byte < 248)
                    .take(wanted)
                    .map(|byte| char::from(kernel::key::BASE62[usize::from(byte % 62)])),
            );
        }
        text
    }
}

impl std::fmt::Debug for Rng {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rng")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_randomness_gives_every_generator_a_sequence_of_its_own() {
        let tokens: std::collections::BTreeSet<_> = (0..100).map(|_| Rng::from_system().token()).collect();
        assert_eq!(tokens.len(), 100);
        assert!(tokens.iter().all(|token| token.len() == 43));
    }
}
