//! How long operations took: eight buckets for each doubling of time, so that a quantile is at most an eighth too high.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Buckets of a doubling, as a power of two.
const BITS: u32 = 3;
const PER_DOUBLING: u64 = 1 << BITS;
/// Up to 2^31 microseconds, which is 35 minutes; what is longer counts as that.
const BUCKETS: usize = 232;

/// Which bucket holds so many microseconds. Those below eight have one each.
fn bucket(micros: u64) -> usize {
    let magnitude = micros.max(1).ilog2();
    let index = match magnitude.checked_sub(BITS) {
        None => micros,
        Some(shift) => u64::from(shift + 1) * PER_DOUBLING + ((micros >> shift) - PER_DOUBLING),
    };
    usize::try_from(index).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The most microseconds that a bucket holds.
fn upper(bucket: usize) -> u64 {
    let index = bucket as u64;
    match (index / PER_DOUBLING).checked_sub(1) {
        None => index,
        Some(shift) => ((PER_DOUBLING + index % PER_DOUBLING + 1) << shift) - 1,
    }
}

/// Added to by many at once.
#[derive(Debug)]
pub struct Buckets([AtomicU32; BUCKETS]);

impl Default for Buckets {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU32::new(0)))
    }
}

impl Buckets {
    pub fn add(&self, span: Duration) {
        let micros = u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
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

    /// What so many of a hundred did not take longer than; none where nothing was counted.
    pub fn percentile(&self, percent: u64) -> Option<Duration> {
        let wanted = (self.count() * percent).div_ceil(100).max(1);
        let mut below = 0;
        self.spans().find_map(|(span, count)| {
            below += count;
            (below >= wanted).then_some(span)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_span_is_in_a_bucket_that_is_at_most_an_eighth_longer() {
        let mut before = 0;
        for micros in (0..5000).chain((12..31).flat_map(|power| [-1_i64, 0, 1].map(|by| ((1 << power) + by) as u64))) {
            let (bucket, most) = (bucket(micros), upper(bucket(micros)));
            assert!(bucket >= before || micros < 5000, "{micros}");
            before = bucket;
            assert!(most >= micros && most - micros <= micros / 8, "{micros} counts as {most}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
        assert_eq!(upper(BUCKETS - 1), (1 << 31) - 1);
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_spans() {
        let buckets = Buckets::default();
        assert_eq!(buckets.take().percentile(50), None);
        (1..=1000).for_each(|ms| buckets.add(Duration::from_millis(ms)));
        let histogram = buckets.take();
        assert_eq!(histogram.count(), 1000);
        for (percent, ms) in [(50, 500), (95, 950), (99, 990), (100, 1000)] {
            let (told, wanted) = (histogram.percentile(percent).unwrap(), Duration::from_millis(ms));
            assert!(told >= wanted && told - wanted <= wanted / 8, "p{percent} is {told:?}");
        }
        assert_eq!(buckets.take(), Histogram::default(), "taken is taken");
    }
}
