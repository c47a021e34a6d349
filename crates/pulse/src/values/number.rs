//! Numbers of any size, compared exactly.

use std::cmp::Ordering;

use super::Kind;

/// `12.50` of `$12.50`.
pub(crate) fn plain(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Money => text.chars().filter(|char| char.is_ascii_digit() || matches!(char, '.' | '-')).collect(),
        _ => text.to_owned(),
    }
}

/// A finite number as `0.<digits> * 10^point`, where the digits begin and end with no zero; or one of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Number {
    NegativeInfinity,
    Finite {
        is_negative: bool,
        digits: Vec<u8>,
        point: i64,
    },
    Infinity,
    /// Equal to itself and larger than all else, as in Postgres.
    NaN,
}

impl Number {
    /// As Postgres and JSON write them: `-12.50`, `1e+20`, `NaN`, `-Infinity`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "NaN" => return Some(Self::NaN),
            "Infinity" => return Some(Self::Infinity),
            "-Infinity" => return Some(Self::NegativeInfinity),
            _ => {}
        }
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i32 = exponent.parse().ok()?;
        let digits = [whole, fraction].concat().into_bytes();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        let mut significant = digits[leading..].to_vec();
        significant.truncate(significant.len() - significant.iter().rev().take_while(|digit| **digit == b'0').count());
        if significant.is_empty() {
            return Some(Self::Finite { is_negative: false, digits: significant, point: 0 });
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()? + i64::from(exponent);
        Some(Self::Finite { is_negative, digits: significant, point })
    }

    fn rank(&self) -> u8 {
        match self {
            Self::NegativeInfinity => 0,
            Self::Finite { .. } => 1,
            Self::Infinity => 2,
            Self::NaN => 3,
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (
            Self::Finite { is_negative, digits, point },
            Self::Finite { is_negative: other_negative, digits: other_digits, point: other_point },
        ) = (self, other)
        else {
            return self.rank().cmp(&other.rank());
        };
        let sign = |is_negative: bool, digits: &[u8]| match (digits.is_empty(), is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let signs = (sign(*is_negative, digits), sign(*other_negative, other_digits));
        // Digits without zeros at their ends compare as texts once the points agree.
        let size = || point.cmp(other_point).then_with(|| digits.cmp(other_digits));
        signs.0.cmp(&signs.1).then_with(|| match signs.0 {
            0 => Ordering::Equal,
            1 => size(),
            _ => size().reverse(),
        })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_what_they_are() {
        let ascending = [
            "-Infinity",
            "-1e20",
            "-9007199254740993",
            "-9007199254740992",
            "-1.5",
            "-0.05",
            "0",
            "1e-7",
            "0.1",
            "0.12",
            "1",
            "9",
            "10",
            "12.5",
            "9223372036854775807",
            "9223372036854775808.1",
            "1e+300",
            "Infinity",
            "NaN",
        ];
        let numbers: Vec<_> = ascending.iter().map(|text| Number::parse(text).unwrap()).collect();
        for (one, first) in numbers.iter().enumerate() {
            for (two, second) in numbers.iter().enumerate() {
                assert_eq!(first.cmp(second), one.cmp(&two), "{} {}", ascending[one], ascending[two]);
            }
        }
        for (one, two) in [("12.50", "12.5"), ("-0.00", "0"), ("1e3", "1000"), ("00100", "+1E2"), ("0.10e-1", "0.01")] {
            assert_eq!(Number::parse(one), Number::parse(two), "{one} {two}");
        }
        for wrong in ["", "-", ".", "1e", "1.2.3", "0x1", "1 ", "١", "1e99999999999"] {
            assert_eq!(Number::parse(wrong), None, "{wrong}");
        }
    }
}
