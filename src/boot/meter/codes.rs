//! How many operations failed with which code: places that the first of a code takes, so that to count is to change one number.

use std::sync::atomic::{AtomicU64, Ordering};

/// Codes of one key between two drains that are told apart; of more than these it is only known that they failed.
const PLACES: usize = 16;
/// Above these bits of a place is the number in its code, below it how many there were.
const COUNT_BITS: u32 = 44;
const COUNT: u64 = (1 << COUNT_BITS) - 1;

/// Codes have the form `P2002`.
#[derive(Debug, Default)]
pub struct Codes([AtomicU64; PLACES]);

impl Codes {
    pub fn add(&self, code: &str) {
        let Some(number) = code.strip_prefix('P').and_then(|digits| digits.parse::<u16>().ok()) else { return };
        let first = (u64::from(number) + 1) << COUNT_BITS;
        for place in &self.0 {
            let mine = place.try_update(Ordering::AcqRel, Ordering::Acquire, |now| match now {
                0 => Some(first + 1),
                now if now & !COUNT == first => Some(now + 1),
                _ => None,
            });
            if mine.is_ok() {
                return;
            }
        }
    }

    /// What was counted since the last time, a code perhaps twice.
    pub fn take(&self) -> Vec<(String, u64)> {
        let taken = self.0.iter().map(|place| place.swap(0, Ordering::AcqRel)).filter(|taken| *taken > 0);
        taken.map(|taken| (format!("P{:04}", (taken >> COUNT_BITS) - 1), taken & COUNT)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_count_and_what_is_no_code_has_none() {
        let codes = Codes::default();
        for code in ["P2002", "P1001", "P2002", "P0000", "", "P", "Pabc", "X2002"] {
            codes.add(code);
        }
        let mut taken = codes.take();
        taken.sort();
        assert_eq!(taken, [("P0000".to_owned(), 1), ("P1001".to_owned(), 1), ("P2002".to_owned(), 2)]);
        assert!(codes.take().is_empty(), "taken is taken");
        (0..40).for_each(|number| codes.add(&format!("P{number:04}")));
        assert_eq!(codes.take().len(), PLACES, "of more than there are places for nothing is told");
    }
}
