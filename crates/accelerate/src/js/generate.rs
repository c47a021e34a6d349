//! Identifiers in the shapes of the packages `uuid`, `@bugsnag/cuid`, `@paralleldrive/cuid2`, `ulid` and `nanoid`.
//!
//! `fill` must fill the slice it is given with random bytes; `now_ms` is the time since the epoch in milliseconds.

mod host;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

const BASE_36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const URL_SAFE: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";

/// Four digits of base 36.
const CUID_BLOCK: u32 = 36 * 36 * 36 * 36;
const CUID2_LENGTH: usize = 24;

/// The length of `nanoid()` without an argument.
pub const NANOID_LENGTH: usize = 21;

/// Returns a random UUID (version 4), such as `f81d4fae-7dec-41d0-a765-00a0c91e6bf6`.
pub fn uuid_v4(fill: &mut impl FnMut(&mut [u8])) -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    uuid(u128::from_be_bytes(bytes), 4)
}

/// Returns a UUID of version 8: these 32 bits, then random ones.
pub fn uuid_v8(fill: &mut impl FnMut(&mut [u8]), first: u32) -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    uuid(u128::from(first) << 96 | u128::from_be_bytes(bytes) & (u128::MAX >> 32), 8)
}

/// Returns a time-ordered UUID (version 7). As with the package, those of one process always ascend, even within a
/// millisecond or when the clock is set back.
pub fn uuid_v7(fill: &mut impl FnMut(&mut [u8]), now_ms: u64) -> String {
    static LAST: Mutex<(u64, u32)> = Mutex::new((0, 0));

    let mut bytes = [0; 16];
    fill(&mut bytes);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    next_uuid_v7(&mut last, u128::from_be_bytes(bytes), now_ms)
}

/// Advances `last`, the time and the sequence number of a UUID, to the next one and returns that.
fn next_uuid_v7(last: &mut (u64, u32), random: u128, now_ms: u64) -> String {
    *last = match *last {
        // A fresh sequence starts in the lower half, leaving room to count.
        (ms, _) if now_ms > ms => (now_ms, (random >> 64) as u32 >> 1),
        (ms, u32::MAX) => (ms.saturating_add(1), 0),
        (ms, sequence) => (ms, sequence + 1),
    };
    let (ms, sequence) = (u128::from(last.0), u128::from(last.1));
    // 48 bits of time, 12 + 20 bits of the sequence around version and variant, 42 random bits.
    uuid(ms << 80 | sequence >> 20 << 64 | (sequence & 0xf_ffff) << 42 | random & ((1 << 42) - 1), 7)
}

/// Returns a cuid of the first kind: `c`, the time, a counter, the host's fingerprint and 8 random digits of base 36.
pub fn cuid1(fill: &mut impl FnMut(&mut [u8]), now_ms: u64) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);

    let counter = COUNTER.fetch_add(1, Ordering::Relaxed) % CUID_BLOCK;
    let mut id = String::with_capacity(25);
    id.push('c');
    push_base_36(&mut id, now_ms, 1);
    push_base_36(&mut id, u64::from(counter), 4);
    id.push_str(host::fingerprint());
    for _ in 0..8 {
        id.push(random_digit(fill, BASE_36));
    }
    id
}

/// Returns 24 random characters like a cuid2: a letter, then digits of base 36.
pub fn cuid2(fill: &mut impl FnMut(&mut [u8])) -> String {
    let mut id = String::with_capacity(CUID2_LENGTH);
    let (_, letters) = BASE_36.split_at(10);
    id.push(random_digit(fill, letters));
    while id.len() < CUID2_LENGTH {
        id.push(random_digit(fill, BASE_36));
    }
    id
}

/// Returns a ULID: the time's low 48 bits, then 80 random bits, in 26 digits of Crockford's base 32.
pub fn ulid(fill: &mut impl FnMut(&mut [u8]), now_ms: u64) -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    let value = u128::from(now_ms) << 80 | u128::from_be_bytes(bytes) >> 48;
    (0..26).rev().map(|place| char::from(CROCKFORD[(value >> (5 * place) & 31) as usize])).collect()
}

/// Returns `len` random characters of nanoid's URL-safe alphabet.
pub fn nanoid(fill: &mut impl FnMut(&mut [u8]), len: usize) -> String {
    let mut bytes = vec![0; len];
    fill(&mut bytes);
    bytes.into_iter().map(|byte| char::from(URL_SAFE[usize::from(byte & 63)])).collect()
}

/// Formats 128 bits as a UUID after setting its version and variant.
fn uuid(bits: u128, version: u128) -> String {
    let bits = bits & !(0xf << 76 | 3 << 62) | version << 76 | 2 << 62;
    let mut id = String::with_capacity(36);
    for place in (0..32).rev() {
        id.push(char::from(BASE_36[(bits >> (4 * place) & 15) as usize]));
        if matches!(place, 24 | 20 | 16 | 12) {
            id.push('-');
        }
    }
    id
}

/// Draws 32 bits for a digit, which leaves a bias of at most one in 10^8.
fn random_digit(fill: &mut impl FnMut(&mut [u8]), alphabet: &[u8]) -> char {
    let mut bytes = [0; 4];
    fill(&mut bytes);
    let at = (u64::from(u32::from_le_bytes(bytes)) * alphabet.len() as u64) >> 32;
    char::from(alphabet.get(at as usize).copied().unwrap_or_default())
}

/// Appends a number in base 36, with zeros in front up to `width` digits.
fn push_base_36(id: &mut String, n: u64, width: u32) {
    let width = width.max(n.checked_ilog(36).map_or(1, |log| log + 1));
    for place in (0..width).rev() {
        id.push(char::from(BASE_36[(n / 36_u64.pow(place) % 36) as usize]));
    }
}

#[cfg(test)]
mod tests;
