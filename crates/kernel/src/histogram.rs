//! Buckets of a histogram of durations: eight for each doubling of time, so that a quantile is at most an eighth too high.

/// Buckets of a doubling, as a power of two.
const BITS: u32 = 3;
const PER_DOUBLING: u64 = 1 << BITS;
/// Up to 2^31 microseconds, which is 35 minutes; what is longer counts as that.
pub const BUCKETS: usize = 232;

/// Which bucket holds so many microseconds. Those below eight have one each.
pub fn bucket(micros: u64) -> usize {
    let magnitude = micros.max(1).ilog2();
    let index = match magnitude.checked_sub(BITS) {
        None => micros,
        Some(shift) => u64::from(shift + 1) * PER_DOUBLING + ((micros >> shift) - PER_DOUBLING),
    };
    usize::try_from(index).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The most microseconds that a bucket holds; of one that does not exist, those of the last.
pub fn upper(bucket: usize) -> u64 {
    let index = bucket.min(BUCKETS - 1) as u64;
    match (index / PER_DOUBLING).checked_sub(1) {
        None => index,
        Some(shift) => ((PER_DOUBLING + index % PER_DOUBLING + 1) << shift) - 1,
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
}
