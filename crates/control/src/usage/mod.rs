//! What was used: counted by nodes, said to the database each second, rolled up to hours, days and months, read by pages.
//!
//! A node says of each minute, key and product its own sum so far ([`say`]). [`roll_up`] adds up what the nodes said, for a key and for whatever it is part
//! of. Each step is a function of what the step before has kept, so a step that is repeated, late or cut off changes nothing.

pub mod keep;
pub mod read;
pub mod roll_up;
pub mod say;
mod store;

use kernel::{KeyId, OrgId, ProjectId, ResourceId};
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime, UtcOffset};
use uuid::Uuid;

/// Stands in a column of a scope where a row is of all of them.
const ALL: Uuid = Uuid::nil();

/// How long the spans are that figures are summed over. All begin by UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    Minute,
    Hour,
    Day,
    Month,
}

impl Grain {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// The beginning and the end of the span that holds this time.
    pub fn span(self, at: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
        let at = at.to_offset(UtcOffset::UTC);
        let whole = |seconds: i64| {
            at - Duration::seconds(at.unix_timestamp().rem_euclid(seconds))
                - Duration::nanoseconds(at.nanosecond().into())
        };
        match self {
            Self::Minute => (whole(60), whole(60) + Duration::MINUTE),
            Self::Hour => (whole(3600), whole(3600) + Duration::HOUR),
            Self::Day => (whole(86_400), whole(86_400) + Duration::DAY),
            Self::Month => {
                let first = |date: Date| date.replace_day(1).unwrap_or(date);
                let start = first(at.date());
                // Every month has less than 32 days.
                (start.midnight().assume_utc(), first(start + Duration::days(32)).midnight().assume_utc())
            }
        }
    }
}

/// Whose use: everything of an organization, or one of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub org: OrgId,
    pub project: Option<ProjectId>,
    /// Of the project that is named.
    pub resource: Option<ResourceId>,
    /// Of the project that is named; on whichever of its resources, unless one is named.
    pub key: Option<KeyId>,
}

/// The sums of a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Operations answered, by where the answer came from: kept and fresh, kept and renewed meanwhile, not kept yet, not to be kept.
    pub ttl: u64,
    pub swr: u64,
    pub miss: u64,
    pub uncached: u64,
    /// Operations answered with an error, and those whose client went away before.
    pub failed: u64,
    pub gone: u64,
    /// Change events delivered.
    pub events: u64,
    /// Bytes of the bodies that were sent.
    pub egress: u64,
    /// Microseconds of all operations together.
    pub latency_us: u64,
    /// How many operations took how long, by bucket of [`kernel::histogram`].
    pub spans: BTreeMap<u16, u64>,
    /// How many failed with which code.
    pub codes: BTreeMap<String, u64>,
}

impl Figures {
    pub const fn operations(&self) -> u64 {
        self.ttl + self.swr + self.miss + self.uncached + self.failed + self.gone
    }

    pub fn add(&mut self, other: &Self) {
        for (sum, more) in [
            (&mut self.ttl, other.ttl),
            (&mut self.swr, other.swr),
            (&mut self.miss, other.miss),
            (&mut self.uncached, other.uncached),
            (&mut self.failed, other.failed),
            (&mut self.gone, other.gone),
            (&mut self.events, other.events),
            (&mut self.egress, other.egress),
            (&mut self.latency_us, other.latency_us),
        ] {
            *sum += more;
        }
        for (span, count) in &other.spans {
            *self.spans.entry(*span).or_default() += count;
        }
        for (code, count) in &other.codes {
            *self.codes.entry(code.clone()).or_default() += count;
        }
    }

    /// Microseconds that so many of a hundred operations did not take longer than; none where there was none.
    pub fn percentile_us(&self, percent: u64) -> Option<u64> {
        let total: u64 = self.spans.values().sum();
        let wanted = (total * percent).div_ceil(100).max(1);
        let mut below = 0;
        self.spans.iter().find_map(|(span, count)| {
            below += count;
            (below >= wanted).then(|| kernel::histogram::upper(usize::from(*span)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn spans_begin_by_utc_and_meet() {
        let at = datetime!(2028-02-29 23:59:59.5 +3);
        for (grain, from, until) in [
            (Grain::Minute, datetime!(2028-02-29 20:59 UTC), datetime!(2028-02-29 21:00 UTC)),
            (Grain::Hour, datetime!(2028-02-29 20:00 UTC), datetime!(2028-02-29 21:00 UTC)),
            (Grain::Day, datetime!(2028-02-29 0:00 UTC), datetime!(2028-03-01 0:00 UTC)),
            (Grain::Month, datetime!(2028-02-01 0:00 UTC), datetime!(2028-03-01 0:00 UTC)),
        ] {
            assert_eq!(grain.span(at), (from, until));
            assert_eq!(grain.span(from).0, from);
            assert_eq!(grain.span(until).0, until);
        }
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_spans() {
        let mut figures = Figures::default();
        assert_eq!(figures.percentile_us(50), None);
        for ms in 1..=1000_u64 {
            *figures.spans.entry(kernel::histogram::bucket(ms * 1000) as u16).or_default() += 1;
        }
        for (percent, ms) in [(50, 500), (95, 950), (99, 990), (100, 1000)] {
            let (told, wanted) = (figures.percentile_us(percent).unwrap(), ms * 1000);
            assert!(told >= wanted && told - wanted <= wanted / 8, "p{percent} is {told}");
        }
    }
}
