//! Decimal texts as decimal.js (default settings) reads, prints and compares them, straight from the digits.

use super::number::write_digits;
use super::string::Malformed;

/// decimal.js's default `maxE` and, negated, `minE`.
const EXPONENT_LIMIT: i64 = 9_000_000_000_000_000;

enum Value<'a> {
    NaN,
    Infinity { negative: bool },
    Zero,
    Finite(Finite<'a>),
}

/// `0.<head><tail> * 10^point`, where the joined digits have no leading or trailing zeros.
struct Finite<'a> {
    negative: bool,
    head: &'a [u8],
    tail: &'a [u8],
    point: i64,
}

/// Appends `String(new Decimal(text))`: no superfluous zeros, an exponent from 1e21 up and from 1e-7 down, `NaN` and
/// `Infinity` kept, no negative zero.
///
/// # Errors
///
/// `Malformed` where decimal.js throws, and for its non-decimal literals such as `0x1f`. Nothing is appended then.
pub fn write_normalized(out: &mut Vec<u8>, text: &str) -> Result<(), Malformed> {
    if let Some(same) = plain(text.as_bytes()) {
        out.extend_from_slice(same);
        return Ok(());
    }
    read(text, |value| write_value(out, value)).ok_or(Malformed)
}

/// The part of a text that is what decimal.js prints, for digits as databases print them: `-12.5` of `-12.500`.
fn plain(text: &[u8]) -> Option<&[u8]> {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let (int, frac) = match memchr::memchr(b'.', unsigned) {
        Some(at) => (&unsigned[..at], &unsigned[at + 1..]),
        None => (unsigned, &[][..]),
    };
    let are_digits = |text: &[u8]| text.iter().fold(true, |all, byte| all & byte.is_ascii_digit());
    // Beyond these, and below the millionths, it prints an exponent.
    if int.is_empty() || int.len() > 21 || !are_digits(int) || !are_digits(frac) {
        return None;
    }
    let frac = trim_end(frac);
    match (int, frac) {
        ([b'0'], []) => Some(b"0"),
        ([b'0'], _) if frac.starts_with(b"000000") => None,
        ([b'0', _, ..], _) => None,
        (_, []) => text.get(..text.len() - unsigned.len() + int.len()),
        _ => text.get(..text.len() - unsigned.len() + int.len() + 1 + frac.len()),
    }
}

/// Gives `f` the value of `text`, looking for digit separators only if there is no other way to read it.
fn read<T>(text: &str, f: impl FnOnce(&Value) -> T) -> Option<T> {
    if let Some(value) = parse(text) {
        return Some(f(&value));
    }
    let plain = without_separators(text)?;
    parse(&plain).map(|value| f(&value))
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::NaN => out.extend_from_slice(b"NaN"),
        Value::Zero => out.push(b'0'),
        Value::Infinity { negative } => out.extend_from_slice(if *negative { b"-Infinity" } else { b"Infinity" }),
        Value::Finite(Finite { negative, head, tail, point }) => {
            if *negative {
                out.push(b'-');
            }
            write_digits(out, head, tail, *point);
        }
    }
}

fn parse(text: &str) -> Option<Value<'_>> {
    let (negative, text) = split_sign(text.as_bytes());
    let (int, rest) = split_digits(text);
    let (frac, rest) = match rest {
        [b'.', rest @ ..] => split_digits(rest),
        _ => (&[][..], rest),
    };
    if int.is_empty() && frac.is_empty() {
        return match text {
            b"NaN" => Some(Value::NaN),
            b"Infinity" => Some(Value::Infinity { negative }),
            _ => None,
        };
    }
    let exponent = match rest {
        [] => 0,
        [b'e' | b'E', rest @ ..] => parse_exponent(rest)?,
        _ => return None,
    };
    Some(finite(negative, int, frac, exponent))
}

fn finite<'a>(negative: bool, int: &'a [u8], frac: &'a [u8], exponent: i64) -> Value<'a> {
    let mut head = trim_start(int);
    let mut tail = trim_end(frac);
    let mut point = exponent.saturating_add_unsigned(head.len() as u64);
    if head.is_empty() {
        let zeros = tail.len();
        tail = trim_start(tail);
        point = point.saturating_sub_unsigned((zeros - tail.len()) as u64);
    }
    if tail.is_empty() {
        head = trim_end(head);
    }
    if head.is_empty() && tail.is_empty() || point <= -EXPONENT_LIMIT {
        Value::Zero
    } else if point > EXPONENT_LIMIT + 1 {
        Value::Infinity { negative }
    } else {
        Value::Finite(Finite { negative, head, tail, point })
    }
}

fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() {
        return None;
    }
    let mut exponent = 0_i64;
    for byte in digits {
        // Saturation is harmless: such a number is zero or infinite anyway.
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        exponent = exponent.saturating_mul(10).saturating_add(digit);
    }
    Some(if negative { -exponent } else { exponent })
}

/// Drops decimal.js's digit separators, single underscores between digits; `None` if there are none, or others.
fn without_separators(text: &str) -> Option<String> {
    if !text.contains('_') {
        return None;
    }
    let mut parts = text.split('_');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let between = plain.ends_with(|c: char| c.is_ascii_digit()) && part.starts_with(|c: char| c.is_ascii_digit());
        plain.push_str(between.then_some(part)?);
    }
    Some(plain)
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len()))
}

fn trim_start(digits: &[u8]) -> &[u8] {
    digits.iter().position(|b| *b != b'0').and_then(|at| digits.get(at..)).unwrap_or_default()
}

fn trim_end(mut digits: &[u8]) -> &[u8] {
    // Columns of many places end in long runs of them.
    while let Some(shorter) = digits.strip_suffix(b"00000000") {
        digits = shorter;
    }
    digits.iter().rposition(|b| *b != b'0').and_then(|at| digits.get(..=at)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
