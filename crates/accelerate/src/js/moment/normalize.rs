//! Dates and times as databases print them, normalised the way the data mapper does it.

use std::ops::Range;

use super::super::string::Malformed;
use super::{days_in_month, parse, write_iso};

/// Appends `new Date(normalizeDateTime(text)).toISOString()`, where `normalizeDateTime` is the data mapper's: a date
/// alone is at midnight, a time alone on 1970-01-01, a space may stand for the `T`, the offset may be absent (UTC),
/// `Z`, `±HH`, `±HHMM` or `±HH:MM`.
///
/// # Errors
///
/// `Malformed` where JavaScript has an invalid date. Nothing is appended then.
pub fn normalize(out: &mut Vec<u8>, text: &str) -> Result<(), Malformed> {
    if let Some(iso) = copy_digits(text.as_bytes()) {
        out.extend_from_slice(&iso);
        return Ok(());
    }
    let ms = parse(&completed(text)).ok_or(Malformed)?;
    write_iso(out, ms).map_err(|_| Malformed)
}

/// Handles a valid UTC date, time or both with at most six fractional digits, without any arithmetic on time.
fn copy_digits(text: &[u8]) -> Option<[u8; 24]> {
    let mut iso = *b"1970-01-01T00:00:00.000Z";
    let mut time = text;
    if text.get(4) == Some(&b'-') {
        let (date, rest) = text.split_first_chunk::<10>()?;
        is_date(date).then_some(())?;
        iso[..10].copy_from_slice(date);
        time = match rest {
            [] => return Some(iso),
            [b' ' | b'T', time @ ..] => time,
            _ => return None,
        };
    }
    let (clock, mut rest) = time.split_first_chunk::<8>()?;
    is_clock(clock).then_some(())?;
    iso[11..19].copy_from_slice(clock);
    if let [b'.', fraction @ ..] = rest {
        let width = fraction.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        let (digits, after) = fraction.split_at_checked(width).filter(|_| width > 0)?;
        for (to, from) in iso[20..23].iter_mut().zip(digits) {
            *to = *from;
        }
        rest = after;
    }
    matches!(rest, b"" | b"Z" | b"+00" | b"+00:00").then_some(iso)
}

fn is_date(date: &[u8; 10]) -> bool {
    let number = |range: Range<usize>| date[range].iter().fold(0, |n, b| n * 10 + i64::from(b - b'0'));
    has_shape(date, b"dddd-dd-dd") && {
        let (month, day) = (number(5..7), number(8..10));
        (1..=12).contains(&month) && day > 0 && (day <= 28 || day <= days_in_month(number(0..4), month))
    }
}

fn is_clock(clock: &[u8; 8]) -> bool {
    // Of digits, the order as text is the order as numbers.
    has_shape(clock, b"dd:dd:dd") && clock[..2] < b"24"[..] && clock[3] < b'6' && clock[6] < b'6'
}

/// Whether the text is the same as the shape, in which `d` stands for any digit.
fn has_shape<const N: usize>(text: &[u8; N], shape: &[u8; N]) -> bool {
    let fits = |(b, kind): (&u8, &u8)| if *kind == b'd' { b.is_ascii_digit() } else { b == kind };
    // Without an early exit, so that it compiles to one comparison of many bytes.
    text.iter().zip(shape).fold(true, |all, pair| all & fits(pair))
}

/// `normalizeDateTime` itself.
fn completed(text: &str) -> String {
    let Some((at, suffix)) = find_time(text.as_bytes()) else {
        return format!("{text}T00:00:00Z");
    };
    let (date, time) = text.split_at_checked(at).unwrap_or_default();
    if date.is_empty() {
        return format!("1970-01-01T{time}{suffix}");
    }
    match date.strip_suffix(' ') {
        Some(date) => format!("{date}T{time}{suffix}"),
        None => format!("{text}{suffix}"),
    }
}

/// Finds the time that ends the text, and what its offset lacks to be readable by JavaScript.
fn find_time(text: &[u8]) -> Option<(usize, &'static str)> {
    text.windows(8).enumerate().find_map(|(at, window)| {
        let window = window.first_chunk::<8>()?;
        let rest = text.get(at + 8..).filter(|_| has_shape(window, b"dd:dd:dd"))?;
        Some((at, missing_suffix(rest)?))
    })
}

/// For the text after `HH:MM:SS`: a fraction and an offset, both optional.
fn missing_suffix(rest: &[u8]) -> Option<&'static str> {
    let mut offset = rest;
    if let [b'.', fraction @ ..] = rest {
        let width = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        offset = fraction.get(width..).filter(|_| width > 0)?;
    }
    let digits = match offset {
        [] => return Some("Z"),
        b"Z" => return Some(""),
        [b'+' | b'-', digits @ ..] => digits,
        _ => return None,
    };
    let (hour, minute) = digits.split_first_chunk::<2>()?;
    let minute = minute.strip_prefix(b":").unwrap_or(minute);
    let are_digits = hour.iter().chain(minute).all(u8::is_ascii_digit);
    match minute.len() {
        0 if are_digits && digits.len() == 2 => Some(":00"),
        2 if are_digits => Some(""),
        _ => None,
    }
}
