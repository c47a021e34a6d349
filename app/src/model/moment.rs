//! Points in time as people read them.

use time::{Month, OffsetDateTime, UtcOffset};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "just now", "3 min ago", "in 2 h", "5 days ago"; from thirty days on the date.
pub fn relative(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let seconds = (now - at).whole_seconds();
    let distance = seconds.abs();
    let span = match distance {
        ..45 => return "just now".to_owned(),
        45..HOUR => format!("{} min", (distance / MINUTE).max(1)),
        HOUR..DAY => format!("{} h", distance / HOUR),
        _ if distance < 2 * DAY => "1 day".to_owned(),
        _ if distance < 30 * DAY => format!("{} days", distance / DAY),
        _ => return date(at),
    };
    if seconds > 0 { format!("{span} ago") } else { format!("in {span}") }
}

/// "21 Nov 2026".
pub fn date(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{} {} {}", at.day(), month(at.month()), at.year())
}

/// "21 Nov 2026, 03:51:07 UTC".
pub fn full(at: OffsetDateTime) -> String {
    let utc = at.to_offset(UtcOffset::UTC);
    format!("{}, {:02}:{:02}:{:02} UTC", date(at), utc.hour(), utc.minute(), utc.second())
}

/// The machine's form, for `datetime`: "2026-11-21T03:51:07Z".
pub fn machine(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

const fn month(month: Month) -> &'static str {
    match month {
        Month::January => "Jan",
        Month::February => "Feb",
        Month::March => "Mar",
        Month::April => "Apr",
        Month::May => "May",
        Month::June => "Jun",
        Month::July => "Jul",
        Month::August => "Aug",
        Month::September => "Sep",
        Month::October => "Oct",
        Month::November => "Nov",
        Month::December => "Dec",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-21 03:51:07 UTC);

    #[test]
    fn distances_read_as_words_and_become_dates() {
        for (seconds, text) in [
            (0, "just now"),
            (44, "just now"),
            (45, "1 min ago"),
            (200, "3 min ago"),
            (3_599, "59 min ago"),
            (3_600, "1 h ago"),
            (86_399, "23 h ago"),
            (86_400, "1 day ago"),
            (5 * 86_400, "5 days ago"),
            (30 * 86_400, "22 Oct 2026"),
            (-200, "in 3 min"),
            (-7_300, "in 2 h"),
            (-86_400, "in 1 day"),
            (-40 * 86_400, "31 Dec 2026"),
        ] {
            assert_eq!(relative(NOW - Duration::seconds(seconds), NOW), text, "{seconds}");
        }
    }

    #[test]
    fn the_full_and_the_machine_form_are_utc() {
        let abroad = datetime!(2026-03-01 01:02:03 +02:00);
        assert_eq!(full(abroad), "28 Feb 2026, 23:02:03 UTC");
        assert_eq!(machine(abroad), "2026-02-28T23:02:03Z");
    }
}
