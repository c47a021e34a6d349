//! Points in time as JavaScript's `Date` and the `PostgreSQL` driver adapter read and print them, in UTC.

mod normalize;

use std::fmt;

pub use normalize::normalize;

/// The moment is further than 8.64e15 ms from the epoch, the most a JavaScript `Date` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("moment out of range")
    }
}

impl std::error::Error for OutOfRange {}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const LIMIT: i64 = 100_000_000 * DAY;

/// Returns `new Date(text).getTime()`, milliseconds since the epoch, or `None` for an invalid date.
///
/// Reads V8's ISO grammar: `YYYY` or `±YYYYYY`, optional `-MM` and `-DD`, optional `THH:MM`, `:SS`, `.f` (any number
/// of digits) and `Z`, `±HH:MM` or `±HHMM`; UTC if there is no offset. As in V8, days up to 31 roll over in shorter
/// months and `24:00:00` is the next midnight.
pub fn parse(text: &str) -> Option<i64> {
    let mut cursor = Cursor(text.as_bytes());
    let year = if cursor.eat(b"+") {
        cursor.number(6)?
    } else if cursor.eat(b"-") {
        -Some(cursor.number(6)?).filter(|year| *year != 0)?
    } else {
        cursor.number(4)?
    };
    let month = if cursor.eat(b"-") { cursor.ranged(1, 12)? } else { 1 };
    let day = if cursor.eat(b"-") { cursor.ranged(1, 31)? } else { 1 };
    let mut ms = days_before(year, month, day) * DAY;
    if cursor.eat(b"Tt") {
        ms += cursor.time()? - cursor.offset()?;
    }
    (cursor.0.is_empty() && ms.abs() <= LIMIT).then_some(ms)
}

/// Appends `new Date(ms).toISOString()`: `YYYY-MM-DDTHH:MM:SS.mmmZ`, years outside 0 to 9999 as `±YYYYYY`.
///
/// # Errors
///
/// `OutOfRange` where JavaScript throws, beyond ±8.64e15. Nothing is appended then.
pub fn write_iso(out: &mut Vec<u8>, ms: i64) -> Result<(), OutOfRange> {
    if !(-LIMIT..=LIMIT).contains(&ms) {
        return Err(OutOfRange);
    }
    let (year, month, day) = date_of(ms);
    if (0..=9999).contains(&year) {
        push_padded(out, year, 4);
    } else {
        out.push(if year < 0 { b'-' } else { b'+' });
        push_padded(out, year.abs(), 6);
    }
    push_month_day(out, month, day);
    out.push(b'T');
    push_time(out, ms);
    out.push(b'.');
    push_padded(out, ms.rem_euclid(SECOND), 3);
    out.push(b'Z');
    Ok(())
}

/// Appends what the adapter sends for a timestamp: `YYYY-MM-DD HH:MM:SS`, and `.mmm` unless it is zero.
pub fn write_pg_datetime(out: &mut Vec<u8>, ms: i64) {
    write_pg_date(out, ms);
    out.push(b' ');
    write_pg_time(out, ms);
}

/// Appends what the adapter sends for a date: `YYYY-MM-DD`.
pub fn write_pg_date(out: &mut Vec<u8>, ms: i64) {
    let (year, month, day) = date_of(ms);
    if year < 0 {
        // The adapter pads the text of the year, sign included, hence "00-5".
        out.extend_from_slice(format!("{year:0>4}").as_bytes());
    } else {
        push_padded(out, year, 4);
    }
    push_month_day(out, month, day);
}

/// Appends what the adapter sends for a time: `HH:MM:SS`, and `.mmm` unless it is zero.
pub fn write_pg_time(out: &mut Vec<u8>, ms: i64) {
    push_time(out, ms);
    let ms = ms.rem_euclid(SECOND);
    if ms != 0 {
        out.push(b'.');
        push_padded(out, ms, 3);
    }
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// Consumes the next byte if it is one of `wanted`.
    fn eat(&mut self, wanted: &[u8]) -> bool {
        match self.0 {
            [next, rest @ ..] if wanted.contains(next) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn number(&mut self, width: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(width)?;
        self.0 = rest;
        digits.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    }

    fn ranged(&mut self, min: i64, max: i64) -> Option<i64> {
        self.number(2).filter(|n| (min..=max).contains(n))
    }

    fn time(&mut self) -> Option<i64> {
        let hour = self.ranged(0, 24)?;
        let minute = self.eat(b":").then(|| self.ranged(0, 59)).flatten()?;
        let mut ms = hour * HOUR + minute * MINUTE;
        let mut has_fraction = false;
        if self.eat(b":") {
            ms += self.ranged(0, 59)? * SECOND;
            if self.eat(b".") {
                let (fraction, is_zero) = self.fraction()?;
                ms += fraction;
                has_fraction = !is_zero;
            }
        }
        Some(ms).filter(|ms| *ms < DAY || *ms == DAY && !has_fraction)
    }

    /// Reads at least one digit; returns the milliseconds and whether all digits are zero.
    fn fraction(&mut self) -> Option<(i64, bool)> {
        let width = self.0.iter().position(|b| !b.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at_checked(width).filter(|_| width > 0)?;
        self.0 = rest;
        // V8 keeps nine digits but does not count leading zeros among them, so that ".0123456789" is 123 ms.
        let kept = digits.iter().skip_while(|b| **b == b'0').take(9);
        let number = kept.fold(0, |n, b| n * 10 + i64::from(b - b'0'));
        let scale = |digits: usize| 10_i64.pow(digits as u32);
        let ms = if width < 3 { number * scale(3 - width) } else { number / scale(width.min(9) - 3) };
        Some((ms, number == 0))
    }

    fn offset(&mut self) -> Option<i64> {
        if self.0.is_empty() || self.eat(b"Zz") {
            return Some(0);
        }
        let sign = if self.eat(b"-") { -1 } else { self.eat(b"+").then_some(1)? };
        let hour = self.ranged(0, 23)?;
        self.eat(b":");
        Some(sign * (hour * HOUR + self.ranged(0, 59)? * MINUTE))
    }
}

/// Days from the epoch to a date of the proleptic Gregorian calendar, in cycles of 400 years from a March 1st.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year.div_euclid(400) * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a moment; the inverse of [`days_before`].
fn date_of(ms: i64) -> (i64, i64, i64) {
    let days = ms.div_euclid(DAY) + 719_468;
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    (days.div_euclid(146_097) * 400 + year_of_era + i64::from(month <= 2), month, day)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    days_before(year + month / 12, month % 12 + 1, 1) - days_before(year, month, 1)
}

fn push_month_day(out: &mut Vec<u8>, month: i64, day: i64) {
    out.push(b'-');
    push_padded(out, month, 2);
    out.push(b'-');
    push_padded(out, day, 2);
}

fn push_time(out: &mut Vec<u8>, ms: i64) {
    let ms = ms.rem_euclid(DAY);
    push_padded(out, ms / HOUR, 2);
    out.push(b':');
    push_padded(out, ms / MINUTE % 60, 2);
    out.push(b':');
    push_padded(out, ms / SECOND % 60, 2);
}

/// Appends a non-negative number, with zeros in front up to `width` digits.
fn push_padded(out: &mut Vec<u8>, n: i64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(n);
    out.resize(out.len() + width.saturating_sub(digits.len()), b'0');
    out.extend_from_slice(digits.as_bytes());
}

#[cfg(test)]
mod tests;
