//! `JSON.stringify` of texts: of a string, and of what `JSON.parse` makes of a JSON text.

mod members;
mod scan;
mod surrogates;

use super::number;
use super::string::Malformed;
use members::{Member, arrange};
use scan::{HEX, hex_unit, is_special, push_escaped, split_special};
pub use scan::{NumberShape, is_plain};
pub use surrogates::without_lone_surrogates;

/// Arrays and objects may nest this deep: about as deep as `JSON.stringify` goes before its stack is used up.
const MAX_DEPTH: usize = 5000;

/// Appends `JSON.stringify(text)`, quotes included.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    if write_plain(out, text.as_bytes()).is_some() {
        return;
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some((plain, special, after)) = split_special(rest) {
        out.extend_from_slice(plain);
        push_escaped(out, special);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// The same for a text that was not checked to be UTF-8, where it is ASCII without a byte to escape. `None` where it is not: nothing is appended then.
pub fn write_plain(out: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    is_plain(text).then_some(())?;
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
    Some(())
}

/// Appends `JSON.stringify(JSON.parse(text))`: no white space, shortest numbers, only the needed escapes, array
/// indices first among an object's keys, and repeated keys with their last value in their first place.
///
/// # Errors
///
/// `Malformed` if the text is not JSON, or nests deeper than 5000 levels. Nothing is appended then.
pub fn write_normalized(out: &mut Vec<u8>, text: &str) -> Result<(), Malformed> {
    let start = out.len();
    out.reserve(text.len());
    let mut normalizer = Normalizer { text, at: 0, out, members: Vec::new(), open: Vec::new() };
    let result = normalizer.document();
    if result.is_none() {
        out.truncate(start);
    }
    result.ok_or(Malformed)
}

/// Copies the text to `out` while checking it; every method returns `None` where the text is malformed.
struct Normalizer<'a> {
    text: &'a str,
    at: usize,
    out: &'a mut Vec<u8>,
    /// The members read so far of the objects being read, the innermost last.
    members: Vec<Member>,
    /// What has begun and not ended, the innermost last: a list of our own, since no stack is deep enough.
    open: Vec<Open>,
}

enum Open {
    Array,
    /// The first of its members, and where the one being read begins and has its colon.
    Object {
        first: usize,
        start: usize,
        colon: usize,
    },
}

impl Normalizer<'_> {
    fn document(&mut self) -> Option<()> {
        self.value()?;
        self.next().is_none().then_some(())
    }

    /// The next byte that is not white space.
    fn next(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count();
        self.at += blanks;
        rest.get(blanks).copied()
    }

    fn value(&mut self) -> Option<()> {
        loop {
            let is_whole = match self.next()? {
                b'"' => self.string().map(|()| true)?,
                b'{' => self.begin_object()?,
                b'[' => self.begin_array()?,
                b't' => self.literal("true").map(|()| true)?,
                b'f' => self.literal("false").map(|()| true)?,
                b'n' => self.literal("null").map(|()| true)?,
                _ => self.number().map(|()| true)?,
            };
            if is_whole && self.end_value()? {
                return Some(());
            }
        }
    }

    /// Whether it is empty, and so ended.
    fn begin_array(&mut self) -> Option<bool> {
        (self.open.len() < MAX_DEPTH).then_some(())?;
        self.punctuation(b'[');
        if self.punctuation(b']') {
            return Some(true);
        }
        self.open.push(Open::Array);
        Some(false)
    }

    fn begin_object(&mut self) -> Option<bool> {
        (self.open.len() < MAX_DEPTH).then_some(())?;
        self.punctuation(b'{');
        if self.punctuation(b'}') {
            return Some(true);
        }
        let (start, colon) = self.key()?;
        self.open.push(Open::Object { first: self.members.len(), start, colon });
        Some(false)
    }

    /// Ends what a value was the last of; answers whether that is all.
    fn end_value(&mut self) -> Option<bool> {
        loop {
            match self.open.pop() {
                None => return Some(true),
                Some(Open::Array) => {
                    if self.punctuation(b',') {
                        self.open.push(Open::Array);
                        return Some(false);
                    }
                    self.punctuation(b']').then_some(())?;
                }
                Some(Open::Object { first, start, colon }) => {
                    self.members.push(Member { start, colon, end: self.out.len() });
                    if self.punctuation(b',') {
                        let (start, colon) = self.key()?;
                        self.open.push(Open::Object { first, start, colon });
                        return Some(false);
                    }
                    arrange(self.out, self.members.get(first..)?);
                    self.members.truncate(first);
                    self.punctuation(b'}').then_some(())?;
                }
            }
        }
    }

    /// Copies a member's name and colon; answers where they begin.
    fn key(&mut self) -> Option<(usize, usize)> {
        let start = self.out.len();
        self.next().filter(|b| *b == b'"')?;
        self.string()?;
        let colon = self.out.len();
        self.punctuation(b':').then_some((start, colon))
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        rest.starts_with(literal).then_some(())?;
        self.out.extend_from_slice(literal.as_bytes());
        self.at += literal.len();
        Some(())
    }

    /// Copies the next byte if it is `wanted`.
    fn punctuation(&mut self, wanted: u8) -> bool {
        let found = self.next() == Some(wanted);
        if found {
            self.out.push(wanted);
            self.at += 1;
        }
        found
    }

    fn number(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let shape = NumberShape::of(rest.as_bytes())?;
        let text = rest.get(..shape.len)?;
        if shape.is_shortest {
            self.out.extend_from_slice(text.as_bytes());
        } else {
            number::write_f64(self.out, text.parse().ok()?);
        }
        self.at += shape.len;
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        self.out.push(b'"');
        self.at += 1;
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            let (plain, special, after) = split_special(rest)?;
            self.out.extend_from_slice(plain);
            self.at += plain.len() + 1;
            match special {
                b'"' => {
                    self.out.push(b'"');
                    return Some(());
                }
                b'\\' => self.escape(*after.first()?)?,
                _ => return None,
            }
        }
    }

    /// Reads the escape whose letter is at `self.at`.
    fn escape(&mut self, letter: u8) -> Option<()> {
        self.at += 1;
        match letter {
            b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't' => self.out.extend_from_slice(&[b'\\', letter]),
            b'/' => self.out.push(b'/'),
            b'u' => self.unicode_escape()?,
            _ => return None,
        }
        Some(())
    }

    fn unicode_escape(&mut self) -> Option<()> {
        let unit = self.hex_unit(self.at)?;
        self.at += 4;
        let low = || self.text.get(self.at..)?.starts_with("\\u").then(|| self.hex_unit(self.at + 2)).flatten();
        let c = match unit {
            0xd800..0xdc00 => {
                let low = low().filter(|low| (0xdc00..0xe000).contains(low));
                low.and_then(|low| char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)))
            }
            _ => char::from_u32(unit),
        };
        match c {
            Some(c) if c.is_ascii() && is_special(c as u8) => push_escaped(self.out, c as u8),
            Some(c) => {
                // Only a pair makes such a character: skip its second escape.
                self.at += if c >= '\u{10000}' { 6 } else { 0 };
                self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            // A lone surrogate.
            None => {
                self.out.extend_from_slice(b"\\u");
                self.out.extend([12, 8, 4, 0].map(|shift| HEX[(unit >> shift & 15) as usize]));
            }
        }
        Some(())
    }

    fn hex_unit(&self, at: usize) -> Option<u32> {
        hex_unit(self.text.as_bytes().get(at..)?)
    }
}

#[cfg(test)]
mod tests;
