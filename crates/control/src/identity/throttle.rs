//! Limits on guessing: how often an action may be tried by one address or against one account. Kept in memory by each node.

use crate::Error;
use ipnet::IpNet;
use kernel::{Problem, UserId};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

/// Entries kept at most. A flood of addresses makes the oldest limits forget, never memory grow.
const MOST_ENTRIES: usize = 100_000;

/// Something whose tries are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Tries of any kind from one client network.
    Address(Network),
    /// Tries against one account from one client network: nobody elsewhere can use them up, so nobody is locked out of their own account.
    Account(String, Network),
    /// Tries against one account by unknown browsers from all networks in which it has no live session: the guesses of many machines together,
    /// without keeping its owner out of where they already are.
    AccountFromAfar(String),
    /// Tries of one browser that signed in to the account before, by its number: no other's tries are counted with them.
    Device(u128),
    /// Confirmations by password in the sessions of one user, from wherever they are carried to.
    Confirm(UserId),
    /// Codes for one account whose password was right.
    SecondFactor(UserId),
    /// Requests of one network for mail to one address.
    MailRequest(String, Network),
    /// Mail to one address that strangers asked for.
    Mailbox(String),
    /// Invitations that one user sends.
    Invite(UserId),
    /// Connection tests that one user asks for: each dials an address of their choice.
    ConnectionTest(UserId),
    /// Pages that measure the way to a stored database, for one user.
    Measurement(UserId),
}

/// An IPv4 address or an IPv6 /64, which is what one customer of a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(u128);

impl Network {
    pub fn of(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(v4)) => Self(v4.to_ipv6_mapped().to_bits()),
            Some(IpAddr::V6(v6)) => Self(v6.to_bits() >> 64 << 64),
            None => Self(0),
        }
    }

    /// The same as a range, to compare stored addresses with; none when the address is not known.
    pub fn range(self) -> Option<IpNet> {
        let address = Ipv6Addr::from_bits(self.0);
        match address.to_ipv4_mapped() {
            Some(v4) => Some(IpNet::from(IpAddr::from(v4))),
            None if self.0 == 0 => None,
            None => IpNet::new(address.into(), 64).ok(),
        }
    }
}

/// A token bucket: `burst` tries at once, one more every `every`.
#[derive(Debug, Clone, Copy)]
struct Limit {
    burst: i32,
    every: Duration,
}

impl Subject {
    const fn limit(&self) -> Limit {
        match self {
            Self::Address(_) => Limit { burst: 60, every: Duration::seconds(1) },
            // Slow beside the next: one network takes a sixth of what all together may.
            Self::Account(..) | Self::Device(_) => Limit { burst: 10, every: Duration::minutes(1) },
            Self::AccountFromAfar(_) => Limit { burst: 100, every: Duration::seconds(10) },
            Self::Confirm(_) => Limit { burst: 20, every: Duration::seconds(30) },
            Self::SecondFactor(_) => Limit { burst: 10, every: Duration::seconds(30) },
            Self::MailRequest(..) => Limit { burst: 3, every: Duration::minutes(2) },
            Self::Mailbox(_) => Limit { burst: 5, every: Duration::minutes(5) },
            Self::Invite(_) => Limit { burst: 50, every: Duration::seconds(30) },
            Self::Measurement(_) => Limit { burst: 30, every: Duration::seconds(3) },
            Self::ConnectionTest(_) => Limit { burst: 10, every: Duration::seconds(6) },
        }
    }
}

/// When each subject's bucket is full again (generic cell rate algorithm).
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<Subject, OffsetDateTime>>);

impl Throttle {
    /// Counts one try of each subject; an error, counted nowhere, as soon as one has no try left.
    pub fn admit(&self, now: OffsetDateTime, subjects: &[Subject]) -> Result<(), Error> {
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for subject in subjects {
            let limit = subject.limit();
            let full = full_at.get(subject).copied().unwrap_or(now).max(now);
            let wait = full + limit.every - (now + limit.every * limit.burst);
            if wait.is_positive() {
                let seconds = u32::try_from(wait.whole_seconds() + 1).unwrap_or(u32::MAX);
                return Err(
                    Problem::too_many(format!("Too many tries. Wait {seconds} s and try again."), seconds).into()
                );
            }
        }
        for subject in subjects {
            let every = subject.limit().every;
            if full_at.len() >= MOST_ENTRIES {
                full_at.retain(|_, full| *full > now);
            }
            if full_at.len() >= MOST_ENTRIES {
                forget_half(&mut full_at);
            }
            let full = full_at.entry(subject.clone()).or_insert(now);
            *full = (*full).max(now) + every;
        }
        Ok(())
    }
}

/// Drops the half that is full again soonest: who tried most is remembered longest.
fn forget_half(full_at: &mut HashMap<Subject, OffsetDateTime>) {
    let mut times: Vec<_> = full_at.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    full_at.retain(|_, full| *full > median);
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn address(last: u8) -> Network {
        Network::of(Some(IpAddr::from([192, 0, 2, last])))
    }

    #[test]
    fn tries_run_out_for_one_network_and_come_back_with_time() {
        let throttle = Throttle::default();
        let now = datetime!(2026-01-01 00:00 UTC);
        let account = |last| [Subject::Account("ada@example.com".into(), address(last))];
        for _ in 0..10 {
            throttle.admit(now, &account(1)).unwrap();
        }
        let Err(Error::Problem(problem)) = throttle.admit(now, &account(1)) else {
            panic!("the eleventh try is refused")
        };
        assert_eq!(problem.retry_after, Some(61));
        throttle.admit(now, &account(2)).expect("another network is not locked out");
        throttle.admit(now + Duration::seconds(61), &account(1)).expect("one more after a minute");
        assert!(throttle.admit(now + Duration::seconds(61), &account(1)).is_err());
    }

    #[test]
    fn one_network_never_uses_up_what_all_together_may_try() {
        let throttle = Throttle::default();
        let start = datetime!(2026-01-01 00:00 UTC);
        let afar = || Subject::AccountFromAfar("ada@example.com".into());
        for second in 0..86_400 {
            let tries = [Subject::Account("ada@example.com".into(), address(1)), afar()];
            let _refused = throttle.admit(start + Duration::seconds(second), &tries);
        }
        let now = start + Duration::days(1);
        for _ in 0..90 {
            throttle.admit(now, &[afar()]).expect("a day of guessing from one network leaves tries to the owner");
        }
    }

    #[test]
    fn an_ipv6_network_counts_as_one_and_mapped_addresses_as_ipv4() {
        let network = |text: &str| Network::of(Some(text.parse().unwrap()));
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), address(1));
        let range = |text: &str| network(text).range().map(|range| range.to_string());
        assert_eq!(range("192.0.2.1").as_deref(), Some("192.0.2.1/32"));
        assert_eq!(range("2001:db8::1").as_deref(), Some("2001:db8::/64"));
        assert_eq!(Network::of(None).range(), None);
    }

    #[test]
    fn a_flood_makes_the_least_tried_forget_and_keeps_the_most_tried() {
        let throttle = Throttle::default();
        let now = datetime!(2026-01-01 00:00 UTC);
        let account = [Subject::Account("ada@example.com".into(), address(1))];
        while throttle.admit(now, &account).is_ok() {}
        for n in 0..MOST_ENTRIES {
            throttle.admit(now, &[Subject::Mailbox(n.to_string())]).unwrap();
        }
        assert!(throttle.0.lock().unwrap().len() <= MOST_ENTRIES);
        let stays = throttle.admit(now, &account);
        assert!(stays.is_err() || throttle.0.lock().unwrap().len() < MOST_ENTRIES);
    }
}
