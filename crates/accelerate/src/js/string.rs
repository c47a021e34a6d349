//! Base64 as Node's `Buffer` writes and leniently reads it, and the error shared by the sibling modules.

use std::fmt;

/// The text is not of the shape the called function reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed text")
    }
}

impl std::error::Error for Malformed {}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Marks the bytes outside an alphabet in the decoding tables; has bits no digit has.
const INVALID: u8 = 0xff;

/// Values of the base64 digits, standard and URL-safe alike.
const SEXTETS: [u8; 256] = {
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < 64 {
        table[ALPHABET[value as usize] as usize] = value;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

const NIBBLES: [u8; 256] = {
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        table[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

/// Appends the padded base64 form of the bytes that `hex` spells, in either letter case.
///
/// # Errors
///
/// `Malformed` for an odd number of digits or a byte that is no digit. Nothing is appended then.
pub fn base64_of_hex(out: &mut Vec<u8>, hex: &[u8]) -> Result<(), Malformed> {
    let start = out.len();
    out.reserve(hex.len().div_ceil(6) * 4);
    let (pairs, odd) = hex.as_chunks::<2>();
    let (groups, rest) = pairs.as_chunks::<3>();
    let mut invalid = !odd.is_empty();
    let mut byte = |pair: &[u8; 2]| {
        let [high, low] = pair.map(|digit| NIBBLES[usize::from(digit)]);
        invalid |= (high | low) == INVALID;
        high << 4 | low
    };
    for [a, b, c] in groups {
        push_group(out, [byte(a), byte(b), byte(c)]);
    }
    match rest {
        [a] => push_one(out, byte(a)),
        [a, b] => push_two(out, byte(a), byte(b)),
        _ => {}
    }
    if invalid {
        out.truncate(start);
        return Err(Malformed);
    }
    Ok(())
}

/// Appends `Buffer.from(text, 'base64').toString('base64')`.
pub fn like_base64(out: &mut Vec<u8>, text: &str) {
    if is_canonical(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        encode(out, &decode_base64(text));
    }
}

/// Returns `Buffer.from(text, 'base64')`: either alphabet, ends at the first `=`, skips all other characters and
/// ignores a last digit that completes no byte.
pub fn decode_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    if text.is_ascii() {
        decode_units(&mut bytes, text.bytes());
    } else {
        // Node looks at the low byte of each UTF-16 unit, so that U+0141 reads as "A".
        decode_units(&mut bytes, text.encode_utf16().map(|unit| unit as u8));
    }
    bytes
}

fn decode_units(bytes: &mut Vec<u8>, units: impl Iterator<Item = u8>) {
    let (mut held, mut bits) = (0_u32, 0);
    for unit in units.take_while(|unit| *unit != b'=') {
        let sextet = SEXTETS[usize::from(unit)];
        if sextet != INVALID {
            held = held << 6 | u32::from(sextet);
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                bytes.push((held >> bits) as u8);
            }
        }
    }
}

/// Whether the text is what encoding its bytes gives back: padded, standard alphabet, no stray bits at the end.
fn is_canonical(text: &[u8]) -> bool {
    let (groups, rest) = text.as_chunks::<4>();
    let Some((last, groups)) = groups.split_last() else { return text.is_empty() };
    let is_digit = |b: &u8| SEXTETS[usize::from(*b)] != INVALID && !matches!(b, b'-' | b'_');
    let has_stray = |b: u8, mask: u8| SEXTETS[usize::from(b)] & mask != 0;
    let last_fits = match last {
        [a, b, b'=', b'='] => is_digit(a) && is_digit(b) && !has_stray(*b, 0b1111),
        [a, b, c, b'='] => is_digit(a) && is_digit(b) && is_digit(c) && !has_stray(*c, 0b11),
        digits => digits.iter().all(is_digit),
    };
    rest.is_empty() && last_fits && groups.as_flattened().iter().all(is_digit)
}

fn encode(out: &mut Vec<u8>, bytes: &[u8]) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    let (groups, rest) = bytes.as_chunks::<3>();
    for group in groups {
        push_group(out, *group);
    }
    match rest {
        [a] => push_one(out, *a),
        [a, b] => push_two(out, *a, *b),
        _ => {}
    }
}

fn push_group(out: &mut Vec<u8>, group: [u8; 3]) {
    out.extend_from_slice(&digits(group));
}

fn push_two(out: &mut Vec<u8>, first: u8, second: u8) {
    let [a, b, c, _] = digits([first, second, 0]);
    out.extend_from_slice(&[a, b, c, b'=']);
}

fn push_one(out: &mut Vec<u8>, byte: u8) {
    let [a, b, ..] = digits([byte, 0, 0]);
    out.extend_from_slice(&[a, b, b'=', b'=']);
}

fn digits([a, b, c]: [u8; 3]) -> [u8; 4] {
    let bits = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
    [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize])
}

#[cfg(test)]
mod tests;
