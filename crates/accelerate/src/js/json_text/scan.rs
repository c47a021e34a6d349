//! The lexical half of JSON: strings up to their next special byte, escapes, and the shape of numbers.

pub(super) const HEX: &[u8; 16] = b"0123456789abcdef";

/// Whether a byte cannot stand for itself in a JSON string.
pub(super) fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Whether a text is ASCII that stands for itself in a JSON string: then it need be neither checked nor escaped.
pub fn is_plain(text: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The high bits of the bytes of `word` that are below `limit`, if none is above 127.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
    let (words, rest) = text.as_chunks::<8>();
    let odd = words.iter().fold(0, |odd, word| {
        let word = u64::from_ne_bytes(*word);
        let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        odd | word | below(word, 0x20) | is(b'"') | is(b'\\')
    });
    odd & HIGH == 0 && !rest.iter().fold(false, |odd, byte| odd | is_special(*byte) | !byte.is_ascii())
}

/// Splits at the first special byte: what precedes it, the byte, what follows it.
pub(super) fn split_special(text: &[u8]) -> Option<(&[u8], u8, &[u8])> {
    let (blocks, _) = text.as_chunks::<16>();
    // No early exit within a block, so that its check compiles to vector instructions.
    let clean = |block: &&[u8; 16]| !block.iter().fold(false, |found, byte| found | is_special(*byte));
    let skipped = blocks.iter().take_while(clean).count() * 16;
    let at = skipped + text.get(skipped..)?.iter().position(|byte| is_special(*byte))?;
    let (plain, rest) = text.split_at_checked(at)?;
    rest.split_first().map(|(special, after)| (plain, *special, after))
}

/// Appends a special byte in its escaped form.
pub(super) fn push_escaped(out: &mut Vec<u8>, byte: u8) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        _ => {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)]);
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

/// The UTF-16 unit of four hexadecimal digits.
pub(super) fn hex_unit(text: &[u8]) -> Option<u32> {
    let digits = text.first_chunk::<4>()?;
    digits.iter().try_fold(0, |unit, b| Some(unit << 4 | char::from(*b).to_digit(16)?))
}

/// A JSON number at the start of a text.
pub struct NumberShape {
    pub len: usize,
    /// Whether JavaScript would print the number with these same digits.
    pub is_shortest: bool,
}

impl NumberShape {
    pub fn of(text: &[u8]) -> Option<Self> {
        let unsigned = text.strip_prefix(b"-").unwrap_or(text);
        let (int, mut rest) = split_digits(unsigned);
        if int.is_empty() || (int.len() > 1 && int.starts_with(b"0")) {
            return None;
        }
        let mut frac = &[][..];
        if let Some(after) = rest.strip_prefix(b".") {
            (frac, rest) = split_digits(after);
            if frac.is_empty() {
                return None;
            }
        }
        let mut is_plain = true;
        if let [b'e' | b'E', after @ ..] = rest {
            let after = after.strip_prefix(b"+").or(after.strip_prefix(b"-")).unwrap_or(after);
            let exponent;
            (exponent, rest) = split_digits(after);
            if exponent.is_empty() {
                return None;
            }
            is_plain = false;
        }
        // A double tells apart all decimals of 15 digits. Left out are -0, final zeros and what takes an exponent.
        let is_canonical = match frac {
            [] => int != b"0" || unsigned.len() == text.len(),
            [.., last] => *last != b'0' && (int != b"0" || !frac.starts_with(b"000000")),
        };
        let is_shortest = is_plain && is_canonical && int.len() + frac.len() <= 15;
        Some(Self { len: text.len() - rest.len(), is_shortest })
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len()))
}
