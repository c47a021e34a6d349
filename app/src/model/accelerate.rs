//! Accelerate as its pages show it.

use super::moment;
use time::OffsetDateTime;

/// A resource's Accelerate; a number that is none is the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accelerate {
    pub region: String,
    pub connections: Option<u32>,
    pub query_timeout_ms: Option<u32>,
    pub transaction_timeout_ms: Option<u32>,
    pub response_bytes: Option<u32>,
    pub cache: bool,
    pub configured_at: OffsetDateTime,
}

/// The gateway that serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// `http://localhost:3001`, or `https://gateway.example.com`.
    pub url: String,
    pub region: String,
}

/// The choice of every gateway's own measurement.
pub const NEAREST: &str = "nearest";
/// Where gateways may run, beside those that do.
const KNOWN: [&str; 6] = ["us-east-1", "us-west-1", "eu-west-3", "eu-central-1", "ap-northeast-1", "ap-southeast-1"];

/// Where gateways run, and how far it is from each to the database.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    pub live: Vec<LiveRegion>,
    pub measured: Measured,
}

/// A region with a gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveRegion {
    pub name: String,
    /// From a statement to its answer; none where it was not measured.
    pub round_trip_ms: Option<f64>,
}

/// What there is to say of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// No connection string is stored.
    Nothing,
    /// As far as gateways reached the database.
    Done,
    /// Not all in time, or none at all.
    Late,
}

impl Regions {
    /// Those with a gateway, the best measurement of each.
    pub fn new(measured: Measured, gateways: impl IntoIterator<Item = (String, Option<f64>)>) -> Self {
        let mut live: Vec<LiveRegion> = Vec::new();
        for (name, round_trip_ms) in gateways {
            match live.iter_mut().find(|region| region.name == name) {
                Some(region) => {
                    let both = region.round_trip_ms.into_iter().chain(round_trip_ms);
                    region.round_trip_ms = both.min_by(f64::total_cmp);
                }
                None => live.push(LiveRegion { name, round_trip_ms }),
            }
        }
        live.sort_by(|one, other| one.name.cmp(&other.name));
        Self { live, measured }
    }

    /// The region with the shortest way to the database.
    pub fn nearest(&self) -> Option<&str> {
        let measured = self.live.iter().filter_map(|region| Some((region, region.round_trip_ms?)));
        measured.min_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(region, _)| region.name.as_str())
    }

    /// What is known but has no gateway.
    pub fn without_gateway(&self) -> impl Iterator<Item = &'static str> {
        KNOWN.into_iter().filter(|name| !self.live.iter().any(|region| region.name == *name))
    }

    /// As the choice of a region with a gateway reads: `eu-central-1, 0.4 ms, recommended`.
    pub fn label(&self, region: &LiveRegion) -> String {
        let ms = region.round_trip_ms.map(|ms| format!(", {}", milliseconds(ms))).unwrap_or_default();
        let best = if self.nearest() == Some(&region.name) { ", recommended" } else { "" };
        format!("{}{ms}{best}", region.name)
    }
}

/// `0.4 ms`, `12 ms`
pub fn milliseconds(ms: f64) -> String {
    if ms < 10.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

impl Gateway {
    /// The connection string with this key. Prisma Client speaks plain http to this machine by `prisma+postgres://`, and TLS by `prisma://` in any case.
    pub fn connection_string(&self, api_key: &str) -> String {
        let (scheme, host) = self.url.split_once("://").unwrap_or(("https", &self.url));
        let plain = scheme == "http" && ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| host.starts_with(name));
        let scheme = if plain { "prisma+postgres" } else { "prisma" };
        format!("{scheme}://{host}/?api_key={api_key}")
    }

    /// The line for `.env` with this key.
    pub fn env_line(&self, api_key: &str) -> String {
        format!("ACCELERATE_URL=\"{}\"", self.connection_string(api_key))
    }

    /// Whether the extension sends `$accelerate.invalidate` elsewhere, unless it is told: it knows gateways on this machine's plain http alone.
    pub fn misses_invalidations(&self) -> bool {
        self.connection_string("").starts_with("prisma://")
    }
}

/// "3 s ago": of something that a page waits for, seconds matter.
pub fn ago(at: OffsetDateTime, now: OffsetDateTime) -> String {
    match (now - at).whole_seconds() {
        ..1 => "just now".to_owned(),
        seconds @ 1..60 => format!("{seconds} s ago"),
        _ => moment::relative(at, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_told_until_there_are_minutes() {
        let now = OffsetDateTime::UNIX_EPOCH + time::Duration::days(1);
        let told = |seconds| ago(now - time::Duration::seconds(seconds), now);
        assert_eq!([-5, 0, 3, 59, 60].map(told), ["just now", "just now", "3 s ago", "59 s ago", "1 min ago"]);
    }

    #[test]
    fn the_nearest_region_is_recommended_by_its_best_gateway() {
        let gateways =
            [("us-west-1", Some(80.2)), ("eu-west-3", None), ("us-east-1", Some(12.0)), ("us-east-1", Some(0.44))];
        let regions = Regions::new(Measured::Done, gateways.map(|(name, ms)| (name.to_owned(), ms)));
        let labels: Vec<_> = regions.live.iter().map(|region| regions.label(region)).collect();
        assert_eq!(labels, ["eu-west-3", "us-east-1, 0.4 ms, recommended", "us-west-1, 80 ms"]);
        let others: Vec<_> = regions.without_gateway().collect();
        assert_eq!(others, ["eu-central-1", "ap-northeast-1", "ap-southeast-1"]);
        let none = Regions::new(Measured::Late, [("us-west-1".to_owned(), None)]);
        assert_eq!((none.nearest(), none.label(&none.live[0]).as_str()), (None, "us-west-1"));
    }

    #[test]
    fn the_scheme_is_the_one_that_works() {
        let line = |url: &str| Gateway { url: url.into(), region: "us-east-1".into() }.env_line("YOUR_API_KEY");
        let plain = "ACCELERATE_URL=\"prisma+postgres://localhost:3001/?api_key=YOUR_API_KEY\"";
        assert_eq!(line("http://localhost:3001"), plain);
        assert_eq!(line("https://localhost:3001"), "ACCELERATE_URL=\"prisma://localhost:3001/?api_key=YOUR_API_KEY\"");
        assert_eq!(line("https://a.example.com"), "ACCELERATE_URL=\"prisma://a.example.com/?api_key=YOUR_API_KEY\"");
        assert_eq!(line("http://192.0.2.1:3001"), "ACCELERATE_URL=\"prisma://192.0.2.1:3001/?api_key=YOUR_API_KEY\"");
    }
}
