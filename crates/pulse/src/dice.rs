//! Choices that a seed decides, for tests.

/// A small generator (splitmix64): the same seed makes the same choices.
pub struct Dice(u64);

/// What lengths and texts stumble over.
const WORDS: [&[u8]; 10] = [
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\0\0\0\0",
    b"\xff\xff",
    b"\0\x01",
    b"n",
    b"u",
    b"t",
    b"N",
    b"\xc3\x28",
];

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `end` without it; 0 when there is nothing to choose from.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }

    /// One to five changes; `other` is a further input to take from.
    pub fn mutate(&mut self, data: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.below(5) {
            let (at, length) = (self.below(data.len() + 1), self.below(16));
            let end = (at + length).min(data.len());
            match self.below(6) {
                0 if at < data.len() => data[at] ^= 1 << self.below(8),
                1 if at < data.len() => data[at] = self.next().to_le_bytes()[0],
                2 => drop(data.drain(at..end)),
                3 => drop(data.splice(at..end, self.pick(&WORDS).copied().unwrap_or_default().iter().copied())),
                4 => drop(data.splice(at..end, other[self.below(other.len() + 1)..].iter().copied())),
                _ => data.truncate(at),
            }
        }
    }
}
