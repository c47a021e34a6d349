//! Points in time, as Postgres writes them and as JavaScript does.

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A point in time in UTC. What has no zone of its own is meant in UTC, as Prisma does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// Since 1970. Apart from the rest, since Postgres' years reach further than 64 bits of microseconds.
    day: i64,
    /// Microseconds of the day.
    time: i64,
}

impl Moment {
    /// `2026-01-01`, `2026-01-01 12:00:00.5`, `2026-01-01 12:00:00+02:30`, `0044-03-15 BC`, and ISO 8601 with a `T` and a `Z`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (text, is_bc) = text.strip_suffix(" BC").map_or((text, false), |text| (text, true));
        let split = text.find(['T', ' ']);
        let (date, time) = split.map_or((text, None), |at| (&text[..at], text.get(at + 1..)));
        let (sign, digits) = match date.as_bytes().first()? {
            b'-' => (-1, &date[1..]),
            b'+' => (1, &date[1..]),
            _ => (1, date),
        };
        let mut parts = digits.split('-');
        let mut next = || parts.next().and_then(number);
        let (year, month, day) = (sign * next()?, next()?, next()?);
        if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let year = if is_bc { 1 - year } else { year };
        let time = time.map_or(Some(0), |time| {
            let at = time.find(['Z', '+', '-']).unwrap_or(time.len());
            let (time, offset) = time.split_at(at);
            Some(time_of_day(time)? - offset_of(offset)?)
        })?;
        Some(Self::new(days(year, month, day), time))
    }

    /// A time of day on the first of January 1970, without the offset that may stand behind it.
    pub(crate) fn parse_time(text: &str) -> Option<Self> {
        let end = text.find(['+', '-', 'Z']).unwrap_or(text.len());
        time_of_day(&text[..end]).map(|time| Self::new(0, time))
    }

    /// `time` may be of another day.
    fn new(day: i64, time: i64) -> Self {
        Self { day: day + time.div_euclid(DAY), time: time.rem_euclid(DAY) }
    }

    /// As `toISOString()` prints it: milliseconds, the rest cut off.
    pub(crate) fn iso(self) -> String {
        let Self { day, time } = self;
        let (year, month, day) = date(day);
        let year = match year {
            0..=9999 => format!("{year:04}"),
            year => format!("{}{:06}", if year < 0 { '-' } else { '+' }, year.abs()),
        };
        let seconds = time / SECOND;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", time % SECOND / 1000)
    }
}

fn number(text: &str) -> Option<i64> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn time_of_day(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let second = parts.next().map_or(Some(0), number)?;
    if parts.next().is_some() || hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let micros = if fraction.is_empty() { 0 } else { number(format!("{fraction:0<6}").get(..6)?)? };
    Some((hour * 3600 + minute * 60 + second) * SECOND + micros)
}

fn offset_of(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes() {
        [] | b"Z" => return Some(0),
        [b'+', ..] => (1, &text[1..]),
        _ => (-1, &text[1..]),
    };
    let mut parts = digits.split(':');
    let mut next = || parts.next().map_or(Some(0), number);
    let (hour, minute, second) = (next()?, next()?, next()?);
    Some(sign * (hour * 3600 + minute * 60 + second) * SECOND)
}

/// Days since 1970 of a date in the proleptic Gregorian calendar. <https://howardhinnant.github.io/date_algorithms.html>
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_printed() {
        for (text, iso) in [
            ("1970-01-01", "1970-01-01T00:00:00.000Z"),
            ("2026-11-21 02:10:19.447896", "2026-11-21T02:10:19.447Z"),
            ("2026-11-21 02:10:19+00", "2026-11-21T02:10:19.000Z"),
            ("2026-11-21 02:10:19.5-02:30", "2026-11-21T04:40:19.500Z"),
            ("2026-11-21T02:10:19.447Z", "2026-11-21T02:10:19.447Z"),
            ("2024-02-29 23:59:59.999999", "2024-02-29T23:59:59.999Z"),
            ("1969-12-31 23:59:59.9999", "1969-12-31T23:59:59.999Z"),
            ("0044-03-15 BC", "-000043-03-15T00:00:00.000Z"),
            ("294276-12-31 23:59:59", "+294276-12-31T23:59:59.000Z"),
            ("+010000-01-01T00:00:00.000Z", "+010000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(Moment::parse(text).unwrap().iso(), iso, "{text}");
        }
        assert_eq!(Moment::parse_time("12:34:56.789+02").unwrap().iso(), "1970-01-01T12:34:56.789Z");
        for wrong in
            ["", "infinity", "-infinity", "2026", "2026-13-01", "2026-01-01 25:00:00", "2026-01-01 1", "ä-01-01"]
        {
            assert_eq!(Moment::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_day_is_its_own() {
        for day in -1_000_000..1_000_000 {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
        }
    }
}
