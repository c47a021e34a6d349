//! argon2id in memory that is kept.
//!
//! One hash takes 19 MiB and more. Left to the allocator, every thread that ever ran one holds on to some of them, which together is hundreds of
//! megabytes; kept here, there is one for each hash that runs at once.

use crate::Error;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many hashes tell how long one takes at the moment.
const RECENT: usize = 32;
/// A sleep ends late by up to this much; the rest is spent waking.
const OVERSLEEP: Duration = Duration::from_micros(300);

/// Computes hashes; as many at once as its callers let run.
pub struct Hasher {
    params: Params,
    idle: Mutex<Vec<Vec<Block>>>,
    /// How long the last hashes with today's parameters took.
    recent: Mutex<VecDeque<Duration>>,
}

impl Hasher {
    pub fn new(params: Params) -> Self {
        Self { params, idle: Mutex::default(), recent: Mutex::default() }
    }

    /// The PHC string to store.
    pub fn hash(&self, salt: &[u8; 16], password: &[u8]) -> Result<String, Error> {
        let fault = |error: &dyn std::fmt::Display| Error::Fault(format!("argon2: {error}"));
        let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        let argon2 = Argon2::new(algorithm, version, self.params.clone());
        self.compute(&argon2, password, salt, &mut out).map_err(|error| fault(&error))?;
        let hash = PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&self.params).map_err(|error| fault(&error))?,
            salt: Some(Salt::new(salt).map_err(|error| fault(&error))?),
            hash: Some(Output::new(&out).map_err(|error| fault(&error))?),
        };
        Ok(hash.to_string())
    }

    /// Whether this is the password of the stored hash, and whether that was made with weaker parameters than today's.
    pub fn verify(&self, stored: &str, password: &[u8]) -> Result<(bool, bool), Error> {
        let fault = || Error::Fault("a stored password hash does not parse".into());
        let stored = PasswordHash::new(stored).map_err(|_| fault())?;
        let params = Params::try_from(&stored).map_err(|_| fault())?;
        let algorithm = Algorithm::try_from(stored.algorithm.as_str()).map_err(|_| fault())?;
        let weaker = params.m_cost() < self.params.m_cost() || params.t_cost() < self.params.t_cost();
        let (Some(salt), Some(hash)) = (stored.salt, stored.hash) else {
            return Err(Error::Fault("a stored password hash has no salt or no hash".into()));
        };
        let begun = Instant::now();
        let mut out = vec![0; hash.len()];
        let cheaper = work(&params) < work(&self.params);
        let argon2 = Argon2::new(algorithm, Version::V0x13, params);
        let computed = self.compute(&argon2, password, &salt, &mut out);
        // The comparison of outputs takes the same time wherever they differ.
        let right = computed.is_ok() && Output::new(&out).is_ok_and(|out| out == hash);
        if cheaper && !right {
            // A wrong password takes as long as for an unknown address, also where the stored hash is of cheaper days. To compute as much beside it would
            // tell them apart: work in two pieces fits better into the processor's caches.
            self.wait_for_a_whole_one(begun);
        }
        Ok((right, weaker))
    }

    fn compute(&self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
        let mut memory = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        // Memory that was never touched takes its time once.
        let warm = memory.len() >= argon2.params().block_count();
        if memory.len() < argon2.params().block_count() {
            memory.resize(argon2.params().block_count(), Block::new());
        }
        let begun = Instant::now();
        let result = argon2.hash_password_into_with_memory(password, salt, out, &mut memory);
        if warm && *argon2.params() == self.params {
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            recent.push_back(begun.elapsed());
            if recent.len() > RECENT {
                recent.pop_front();
            }
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        result
    }

    /// Until one of the last whole hashes would have ended that had begun then; any of them, so that the times spread alike.
    fn wait_for_a_whole_one(&self, begun: Instant) {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = usize::try_from(begun.elapsed().subsec_nanos()).unwrap_or_default() % recent.len().max(1);
        let Some(usual) = recent.get(drawn).copied() else { return };
        drop(recent);
        std::thread::sleep(usual.saturating_sub(begun.elapsed() + OVERSLEEP));
        while begun.elapsed() < usual {
            std::hint::spin_loop();
        }
    }
}

/// Time goes with memory times passes.
fn work(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordVerifier;

    #[test]
    fn a_wrong_password_waits_for_as_long_as_todays_parameters_take() {
        let params = |memory| Params::new(memory, 2, 1, None).unwrap();
        let (old, new) = (Hasher::new(params(8 * 1024)), Hasher::new(params(32 * 1024)));
        let stored = old.hash(&[1; 16], b"correct horse battery").unwrap();
        new.hash(&[1; 16], b"warms up").unwrap();
        let usual = Duration::from_millis(700);
        *new.recent.lock().unwrap() = VecDeque::from([usual]);
        let begun = Instant::now();
        assert_eq!(new.verify(&stored, b"correct horse battery").unwrap(), (true, true));
        assert_eq!(new.verify(&stored, b"correct horse batterx").unwrap(), (false, true));
        assert!(begun.elapsed() >= usual);
    }

    #[test]
    fn memory_that_was_used_before_changes_no_hash() {
        let hasher = Hasher::new(Params::new(19 * 1024, 2, 1, None).unwrap());
        let first = hasher.hash(&[1; 16], b"correct horse battery").unwrap();
        hasher.hash(&[2; 16], b"another").unwrap();
        assert_eq!(hasher.hash(&[1; 16], b"correct horse battery").unwrap(), first);
        assert_eq!(hasher.idle.lock().unwrap().len(), 1);
        // The format is everybody's.
        Argon2::default().verify_password(b"correct horse battery", first.as_str()).unwrap();
        assert_eq!(hasher.verify(&first, b"correct horse battery").unwrap(), (true, false));
        assert_eq!(hasher.verify(&first, b"correct horse batterx").unwrap(), (false, false));
        assert!(hasher.verify("nonsense", b"").is_err());
    }
}
