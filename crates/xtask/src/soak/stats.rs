//! Whether two samples of times can be told apart.

/// The value below which this share of a sample lies.
pub fn quantile(sample: &[f64], share: f64) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let place = (last as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}

/// The Mann-Whitney U test of two samples.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// How likely two samples of one and the same thing differ at least so much.
    pub p: f64,
    /// How much more often the first is the larger one of a pair than the second: 0 for equal, 1 or -1 for always.
    pub effect: f64,
}

/// Compares by ranks, so that a few very slow answers weigh no more than slow ones.
pub fn compare(one: &[f64], other: &[f64]) -> Comparison {
    let tagged = one.iter().map(|value| (*value, true)).chain(other.iter().map(|value| (*value, false)));
    let mut all: Vec<_> = tagged.collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (m, n, total) = (one.len() as f64, other.len() as f64, all.len() as f64);
    let (mut ranks, mut ties, mut before) = (0.0, 0.0, 0.0);
    for group in all.chunk_by(|a, b| a.0 == b.0) {
        let size = group.len() as f64;
        ranks += group.iter().filter(|(_, first)| *first).count() as f64 * (before + (size + 1.0) / 2.0);
        ties += size.powi(3) - size;
        before += size;
    }
    let u = ranks - m * (m + 1.0) / 2.0;
    let variance = m * n / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    let z = (u - m * n / 2.0) / variance.sqrt();
    Comparison { p: two_sided(z.abs()), effect: 2.0 * u / (m * n) - 1.0 }
}

/// The share of a normal distribution that lies at least `z` deviations from its middle (Abramowitz and Stegun 7.1.26).
fn two_sided(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    series.iter().fold(0.0, |sum, factor| sum * t + factor) * t * (-x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_of_the_sample() {
        let sample: Vec<_> = (0..=100).rev().map(f64::from).collect();
        assert_eq!((quantile(&sample, 0.5), quantile(&sample, 0.99), quantile(&[], 0.5)), (50.0, 99.0, 0.0));
    }

    #[test]
    fn a_shift_is_found_and_noise_is_not() {
        let noise = |seed| {
            let mut dice = crate::soak::dice::Dice::new(seed, 1);
            (0..200).map(|_| f64::from(u32::try_from(dice.below(1000)).unwrap())).collect::<Vec<_>>()
        };
        let same = compare(&noise(1), &noise(2));
        assert!(same.p > 0.01 && same.effect.abs() < 0.15, "{same:?}");
        let slower: Vec<_> = noise(2).iter().map(|value| value + 200.0).collect();
        let other = compare(&slower, &noise(1));
        assert!(other.p < 0.001 && other.effect > 0.2, "{other:?}");
    }

    #[test]
    fn the_known_table_is_met() {
        assert!((two_sided(1.96) - 0.05).abs() < 0.001);
        assert!((two_sided(3.29) - 0.001).abs() < 0.0001);
        // U = 3 of 16 by hand: p by the normal approximation without continuity correction.
        let small = compare(&[1.0, 2.0, 4.0, 5.0], &[3.0, 6.0, 7.0, 8.0]);
        assert!((small.effect + 0.75).abs() < 1e-9, "{small:?}");
    }
}
