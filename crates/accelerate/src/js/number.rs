//! JavaScript numbers as text: `String(v)`, `JSON.stringify(v)` and `Number(text)`.

/// `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Appends `JSON.stringify(v)`: shortest round-trip digits in JavaScript's layout, `null` for NaN and the infinities,
/// `0` for negative zero.
pub fn write_f64(out: &mut Vec<u8>, v: f64) {
    if is_safe_integer(v) {
        // The cast also turns -0 into 0, as JavaScript prints it.
        out.extend_from_slice(itoa::Buffer::new().format(v as i64).as_bytes());
    } else if v.is_finite() {
        write_finite(out, v);
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Returns `String(v)`: like [`write_f64`], but with `NaN`, `Infinity` and `-Infinity` spelt out.
pub fn write_string(v: f64) -> String {
    if v.is_nan() {
        return "NaN".to_owned();
    }
    if v.is_infinite() {
        return if v > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let mut out = Vec::with_capacity(24);
    write_f64(&mut out, v);
    String::from_utf8(out).unwrap_or_default()
}

/// Returns `Number.isSafeInteger(v)`.
pub fn is_safe_integer(v: f64) -> bool {
    v.abs() <= MAX_SAFE_INTEGER && v.fract() == 0.0
}

/// Returns `Number(text)`: decimal literals, `0x`/`0o`/`0b` integers and `Infinity`, each within JavaScript white
/// space; 0 for blank text, NaN for anything else.
pub fn parse(text: &str) -> f64 {
    let text = text.trim_matches(is_white_space);
    match text.as_bytes() {
        [] => 0.0,
        [b'0', b'x' | b'X', digits @ ..] => parse_radix(digits, 4),
        [b'0', b'o' | b'O', digits @ ..] => parse_radix(digits, 3),
        [b'0', b'b' | b'B', digits @ ..] => parse_radix(digits, 1),
        bytes => match text {
            "Infinity" | "+Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            // The byte check leaves out the spellings only Rust knows, such as "inf".
            _ if bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) => {
                text.parse().unwrap_or(f64::NAN)
            }
            _ => f64::NAN,
        },
    }
}

/// Appends the decimal `0.<head><tail> * 10^point` in the layout shared by JavaScript numbers and decimal.js:
/// plain from 1e-6 up to 1e21, otherwise with an exponent. The digits must have no leading or trailing zeros.
pub(super) fn write_digits(out: &mut Vec<u8>, head: &[u8], tail: &[u8], point: i64) {
    let digits = head.len() + tail.len();
    let plain = (-5..=21).contains(&point);
    if plain && point <= 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + point.unsigned_abs() as usize, b'0');
    }
    let start = out.len();
    out.extend_from_slice(head);
    out.extend_from_slice(tail);
    if !plain {
        if digits > 1 {
            out.insert(start + 1, b'.');
        }
        out.extend_from_slice(if point > 0 { b"e+" } else { b"e" });
        out.extend_from_slice(itoa::Buffer::new().format(point - 1).as_bytes());
    } else if point > 0 {
        let point = point as usize;
        if point < digits {
            out.insert(start + point, b'.');
        } else {
            out.resize(start + point, b'0');
        }
    }
}

fn write_finite(out: &mut Vec<u8>, v: f64) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(v);
    // Without an exponent the layout is JavaScript's but for the ".0" of integers; with one, it may differ.
    let Some((mantissa, exponent)) = text.split_once('e') else {
        out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
        return;
    };
    let mantissa = mantissa.strip_prefix('-').map_or(mantissa, |rest| {
        out.push(b'-');
        rest
    });
    let (head, tail) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let point = exponent.parse::<i64>().unwrap_or_default() + 1;
    write_digits(out, head.as_bytes(), tail.as_bytes(), point);
}

/// JavaScript's `WhiteSpace` and `LineTerminator`; unlike Rust's set it has U+FEFF and lacks U+0085.
fn is_white_space(c: char) -> bool {
    c == '\u{feff}' || (c != '\u{85}' && c.is_whitespace())
}

/// Reads digits of `bits` bits each, rounding half to even as JavaScript does.
fn parse_radix(digits: &[u8], bits: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    let (mut mantissa, mut exponent) = (0_u64, 0_u32);
    for &byte in digits {
        let Some(digit) = char::from(byte).to_digit(1 << bits) else { return f64::NAN };
        if mantissa.leading_zeros() > bits {
            mantissa = mantissa << bits | u64::from(digit);
        } else {
            // Over 53 bits are held already: the rest matters only for being zero or not.
            mantissa |= u64::from(digit != 0);
            exponent = exponent.saturating_add(bits);
        }
    }
    mantissa as f64 * 2_f64.powi(exponent.min(1100).cast_signed())
}

#[cfg(test)]
mod tests;
