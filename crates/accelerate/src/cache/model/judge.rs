//! What a cache promises.
//!
//! 1. Nothing is told across tenants, rights, plans, parameters or tags, and nothing but what a query answered.
//! 2. Nothing older than the strategy of who asks allows, and it says how old it is.
//! 3. Nothing that was asked for before an invalidation or a purge that was acknowledged before the question.
//! 4. What is kept, and was ended by nothing, is told, where there is room.

use super::{Answer, ROOMY, Strategy, TENANTS};
use crate::cache::Status;
use std::collections::HashMap;

/// A question, and how things stood when it was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub tenant: usize,
    /// Tenant and access.
    pub owner: usize,
    pub plan: usize,
    pub params: &'static str,
    pub tags: &'static [&'static str],
    pub strategy: Strategy,
    pub now_ms: u64,
    /// The last operation that ended what could be told.
    pub ended: u64,
}

/// Tenant and access, plan, parameters, tags.
type Same = (usize, usize, &'static str, &'static [&'static str]);

impl Asked {
    fn same(&self) -> Same {
        (self.owner, self.plan, self.params, self.tags)
    }

    pub fn is_like(&self, other: &Self) -> bool {
        self.same() == other.same()
    }

    /// What the database answers: who asked for what, and in the end after which operation, what it saw, and until when it is told.
    pub fn text(&self, ran: u64, written: u64, padding: usize) -> String {
        let life = u64::try_from(self.strategy.life().as_millis()).unwrap_or(u64::MAX);
        format!("{}{ran} {written} {life} {}", self.head(), ".".repeat(padding))
    }

    fn head(&self) -> String {
        format!("{} {} {} {} ", self.owner, self.plan, self.params, self.tags.join(","))
    }
}

/// An answer that is kept for sure.
struct Sure {
    ran: u64,
    at_ms: u64,
    until_ms: u64,
}

#[derive(Default)]
pub struct Judge {
    /// Whether an answer is kept before the next question, also one that is asked for in the background.
    pub at_once: bool,
    sure: HashMap<Same, Sure>,
    /// Of each tenant: the operations that wrote.
    writes: [Vec<u64>; TENANTS],
    /// Of each tenant: the last operation that ended all, and those that ended a tag.
    all: [u64; TENANTS],
    by_tag: [HashMap<&'static str, u64>; TENANTS],
    /// How often each status was told, and how often what was sure.
    told: [u64; 4],
    confirmed: u64,
}

impl Judge {
    pub fn writes(&mut self, tenant: usize, now: u64) {
        self.writes[tenant].push(now);
    }

    /// Those tags; for none, all.
    pub fn ends(&mut self, tenant: usize, tags: &'static [&'static str], now: u64) {
        match tags {
            [] => self.all[tenant] = now,
            tags => self.by_tag[tenant].extend(tags.iter().map(|tag| (*tag, now))),
        }
        let hit = |own: &[&str]| tags.is_empty() || own.iter().any(|tag| tags.contains(tag));
        self.sure.retain(|(owner, .., own), _| owner / 2 != tenant || !hit(own));
    }

    pub fn ended(&self, tenant: usize, tags: &[&str]) -> u64 {
        let of_tag = |tag: &&str| self.by_tag[tenant].get(tag).copied().unwrap_or_default();
        tags.iter().map(of_tag).max().unwrap_or_default().max(self.all[tenant])
    }

    pub fn is_unsure(&mut self, asked: &Asked) {
        self.sure.remove(&asked.same());
    }

    pub fn knows_nothing_of(&mut self, owner: usize) {
        self.sure.retain(|same, _| same.0 != owner);
    }

    pub fn judge(&mut self, asked: &Asked, answer: &Answer) {
        let text = std::str::from_utf8(&answer.json).unwrap();
        let rest = text.strip_prefix(&asked.head()).unwrap_or_else(|| panic!("{asked:?} was told {text:.60}"));
        let mut numbers = rest.split(' ').map_while(|number| number.parse::<u64>().ok());
        let (ran, written, life) = (numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap());
        let writes = &self.writes[asked.tenant];
        let last = writes.partition_point(|write| *write <= ran);
        let last = last.checked_sub(1).map_or(0, |at| writes[at]);
        assert_eq!(written, last, "{asked:?} was told what was never so: {text:.60}");
        assert!(ran > asked.ended, "{asked:?} was told what had ended: {text:.60}");

        let age = u128::from(asked.now_ms.saturating_sub(answer.at_ms));
        let (fresh, most) = (asked.strategy.max_age.as_millis(), asked.strategy.life().as_millis());
        let (kind, is_right) = match answer.status {
            Status::Ttl => (0, age < fresh),
            Status::Swr => (1, (fresh..most).contains(&age)),
            Status::Miss => (2, true),
            Status::None => (3, true),
        };
        assert!(is_right, "{asked:?} was told {:?} at the age of {age} ms", answer.status);
        self.told[kind] += 1;

        if let Some(sure) = self.sure.get(&asked.same()).filter(|sure| asked.now_ms < sure.until_ms)
            && let Some(status) = asked.strategy.told(sure.at_ms, asked.now_ms)
        {
            // Elsewhere what was asked for in the background may have landed since.
            let is_right = if sure.ran == ran { answer.status == status } else { !self.at_once };
            assert!(is_right, "{asked:?} was not told what is kept: {status:?} of {}", sure.ran);
            self.confirmed += u64::from(sure.ran == ran);
        }
        let until_ms = answer.at_ms.saturating_add(life);
        match answer.status {
            Status::Ttl | Status::Miss if asked.tenant < ROOMY => {
                self.sure.insert(asked.same(), Sure { ran, at_ms: answer.at_ms, until_ms });
            }
            _ => self.is_unsure(asked),
        }
    }

    /// That the run was worth something.
    pub fn has_seen_all(&self) {
        let all: u64 = self.told.iter().sum();
        let [kept @ .., unkept] = &self.told;
        assert!(kept.iter().all(|told| *told > all / 50) && *unkept <= all / 1000, "{:?}", self.told);
        assert!(self.confirmed > all / 20, "{} of {all}", self.confirmed);
    }
}
