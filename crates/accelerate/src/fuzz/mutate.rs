//! Changes bytes as fuzzers do.

use super::dice::Dice;

/// What numbers, lengths and JSON stumble over.
const WORDS: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u",
    b"null",
    b"1e999",
    b"-0",
    b"9223372036854775808",
    b"\"type\":",
    b"\"args\":",
    b"\"params\":",
    b"prisma__type",
    b"prisma__value",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\0",
    b"\0\0\0\x04",
    b"Z\0\0\0\x05I",
    b"T\0\0\0\x06\xff\xff",
    b"D\0\0\0\x06\xff\xff",
    b"E\0\0\0\x05\0",
    b"\xc3\x28",
];
const LONGEST: usize = 64 * 1024;

/// One to eight changes; `other` is a further input to take from.
pub fn mutate(data: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.below(8) {
        let (at, length) = (dice.below(data.len() + 1), dice.below(32));
        let end = (at + length).min(data.len());
        match dice.below(7) {
            0 if at < data.len() => data[at] ^= 1 << dice.below(8),
            1 if at < data.len() => data[at] = dice.next().to_le_bytes()[0],
            2 => drop(data.drain(at..end)),
            3 => drop(data.splice(at..end, dice.pick(&WORDS).copied().unwrap_or_default().iter().copied())),
            4 => {
                let again: Vec<u8> = data[at..end].repeat(1 + dice.below(4));
                drop(data.splice(at..at, again));
            }
            5 => {
                let from = dice.below(other.len() + 1);
                let until = (from + dice.below(64)).min(other.len());
                drop(data.splice(at..end, other[from..until].iter().copied()));
            }
            _ => data.truncate(at.max(1)),
        }
    }
    data.truncate(LONGEST);
}
