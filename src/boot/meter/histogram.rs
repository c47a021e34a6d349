//! How long operations took, by bucket.

use kernel::histogram::{BUCKETS, bucket, upper};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Added to by many at once.
#[derive(Debug)]
pub struct Buckets([AtomicU32; BUCKETS]);

impl Default for Buckets {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU32::new(0)))
    }
}

impl Buckets {
    pub fn add(&self, micros: u64) {
        self.0[bucket(micros)].fetch_add(1, Ordering::Relaxed);
    }

    pub fn take(&self) -> Histogram {
        let counts = self.0.iter().enumerate().map(|(bucket, count)| (bucket, count.swap(0, Ordering::Relaxed)));
        Histogram(counts.filter(|(_, count)| *count > 0).map(|(bucket, count)| (bucket, count.into())).collect())
    }
}

/// Buckets that hold something, the shortest first, with how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram(Vec<(usize, u64)>);

impl Histogram {
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The longest span of each bucket, and how many it holds.
    pub fn spans(&self) -> impl Iterator<Item = (Duration, u64)> {
        self.0.iter().map(|(bucket, count)| (Duration::from_micros(upper(*bucket)), *count))
    }

    /// Each bucket and how many it holds.
    pub fn buckets(&self) -> impl Iterator<Item = (u16, u64)> {
        self.0.iter().map(|(bucket, count)| (u16::try_from(*bucket).unwrap_or(u16::MAX), *count))
    }
}
