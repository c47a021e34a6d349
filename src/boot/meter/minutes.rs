//! The sums of each minute that the database has not been told yet, or not the last of.

use super::{Counted, Drained, Pair};
use control::usage::say::Said;
use control::usage::{Figures, Grain};
use std::collections::{BTreeMap, HashMap};
use time::OffsetDateTime;

/// With more sums than these, minutes of which nothing was said are put together: the database is away for long.
const MOST: usize = 50_000;

#[derive(Default)]
pub struct Minutes(BTreeMap<OffsetDateTime, HashMap<Pair, Sum>>);

#[derive(Default)]
struct Sum {
    figures: Figures,
    /// Counts its changes; and of them, those that the database knows.
    version: u64,
    said: u64,
}

/// Sums to say, each with its version.
pub struct Saying {
    pub said: Vec<Said>,
    versions: Vec<u64>,
}

impl Minutes {
    /// Adds what was drained at this time.
    pub fn add(&mut self, now: OffsetDateTime, drained: &[Drained]) {
        let minute = self.0.entry(Grain::Minute.span(now).0).or_default();
        for Drained { pair, counted } in drained {
            let sum = minute.entry(*pair).or_default();
            sum.figures.add(&figures(counted));
            sum.version += 1;
        }
        self.put_together();
    }

    pub fn saying(&self) -> Saying {
        let mut saying = Saying { said: Vec::new(), versions: Vec::new() };
        for (minute, sums) in &self.0 {
            for (pair, sum) in sums.iter().filter(|(_, sum)| sum.version > sum.said) {
                let Pair { key, resource, product, project } = *pair;
                saying.said.push(Said {
                    minute: *minute,
                    project,
                    resource,
                    key,
                    product,
                    figures: sum.figures.clone(),
                });
                saying.versions.push(sum.version);
            }
        }
        saying
    }

    /// The database knows this now. Minutes that are over and wholly known are forgotten.
    pub fn known(&mut self, now: OffsetDateTime, saying: &Saying) {
        for (said, version) in saying.said.iter().zip(&saying.versions) {
            let Said { minute, project, resource, key, product, .. } = *said;
            let pair = Pair { key, resource, product, project };
            if let Some(sum) = self.0.get_mut(&minute).and_then(|sums| sums.get_mut(&pair)) {
                sum.said = sum.said.max(*version);
            }
        }
        let this = Grain::Minute.span(now).0;
        self.0.retain(|minute, sums| *minute >= this || sums.values().any(|sum| sum.version > sum.said));
    }

    /// Nothing is lost by it, but when in the time it was.
    fn put_together(&mut self) {
        while self.0.values().map(HashMap::len).sum::<usize>() > MOST {
            let unsaid = |sums: &HashMap<Pair, Sum>| sums.values().all(|sum| sum.said == 0);
            let mut minutes = self.0.iter().filter(|(_, sums)| unsaid(sums)).map(|(minute, _)| *minute);
            let (Some(first), Some(second)) = (minutes.next(), minutes.next()) else { return };
            let moved = self.0.remove(&first).unwrap_or_default();
            let place = self.0.entry(second).or_default();
            for (pair, from) in moved {
                let sum = place.entry(pair).or_default();
                sum.figures.add(&from.figures);
                sum.version += 1;
            }
        }
    }
}

fn figures(counted: &Counted) -> Figures {
    Figures {
        ttl: counted.ttl,
        swr: counted.swr,
        miss: counted.miss,
        uncached: counted.none,
        failed: counted.failed,
        gone: counted.gone,
        events: counted.events,
        egress: counted.egress,
        latency_us: counted.latency_us,
        spans: counted.latency.buckets().collect(),
        codes: counted.codes.iter().fold(BTreeMap::new(), |mut codes, (code, count)| {
            *codes.entry(code.clone()).or_default() += count;
            codes
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Product;
    use kernel::id::{Id, Kind};
    use time::Duration;
    use time::macros::datetime;

    fn id<K: Kind>(n: u64) -> Id<K> {
        format!("{n:025}").parse().unwrap()
    }

    fn drained(key: u64, ttl: u64) -> Vec<Drained> {
        let pair = Pair { key: id(key), resource: id(0), product: Product::Accelerate, project: id(0) };
        vec![Drained { pair, counted: Counted { ttl, ..Counted::default() } }]
    }

    #[test]
    fn a_minute_is_said_whole_until_it_is_known_and_over() {
        let (mut minutes, now) = (Minutes::default(), datetime!(2026-12-01 10:00:58 UTC));
        minutes.add(now, &drained(1, 3));
        let first = minutes.saying();
        assert_eq!((first.said.len(), first.said[0].figures.ttl), (1, 3));
        assert_eq!(first.said[0].minute, datetime!(2026-12-01 10:00 UTC));
        // While that is said, more comes: it is not taken for known.
        minutes.add(now + Duration::SECOND, &drained(1, 4));
        minutes.known(now + Duration::SECOND, &first);
        assert_eq!(minutes.saying().said[0].figures.ttl, 7);
        minutes.add(now + 2 * Duration::SECOND, &drained(1, 1));
        let both = minutes.saying();
        assert_eq!(both.said.iter().map(|said| said.figures.ttl).collect::<Vec<_>>(), [7, 1]);
        minutes.known(now + 2 * Duration::SECOND, &both);
        assert_eq!((minutes.saying().said.len(), minutes.0.len()), (0, 1));
    }

    #[test]
    fn without_a_database_minutes_become_fewer_and_sums_stay() {
        let (mut minutes, mut now) = (Minutes::default(), datetime!(2026-12-01 10:00 UTC));
        minutes.add(now, &drained(0, 1));
        let said = minutes.saying();
        minutes.known(now, &said);
        for _ in 0..60 {
            let many: Vec<_> = (0..1000).flat_map(|key| drained(key, 1)).collect();
            minutes.add(now, &many);
            now += Duration::MINUTE;
        }
        let saying = minutes.saying();
        assert!(saying.said.len() <= MOST);
        assert_eq!(saying.said.iter().map(|said| said.figures.ttl).sum::<u64>(), 60_001);
        let first = saying.said.iter().filter(|said| said.minute == datetime!(2026-12-01 10:00 UTC));
        assert_eq!(first.map(|said| said.figures.ttl).sum::<u64>(), 1001, "what was said in part stays where it is");
    }
}
