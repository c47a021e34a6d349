//! The body of a query: which plan, with which parameters. A plan that was seen before is not read again.

use crate::error::QueryError;
use crate::interpret::Parameters;
use crate::js::json_text;
use crate::plan::Node;
use bytes::Bytes;
use foldhash::quality::RandomState;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A query of a client, as far as it has to be read to know whether its answer is kept.
pub struct Query {
    pub plan: Arc<Plan>,
    rest: Rest,
}

/// What stands behind the plan.
enum Rest {
    /// From the parameters to the end of the body.
    Raw(Bytes),
    /// Of a body whose order is another one.
    Read(Parameters, String),
}

impl Query {
    /// The parameters as the client wrote them; none for a body in another order.
    pub fn raw_params(&self) -> Option<&Bytes> {
        match &self.rest {
            Rest::Raw(rest) => Some(rest),
            Rest::Read(..) => None,
        }
    }

    /// The parameters, and a comment for the database's log in the form of sqlcommenter, empty for none.
    ///
    /// # Errors
    /// Where they are none, with the place.
    pub fn read(self) -> Result<(Arc<Plan>, Parameters, String), QueryError> {
        let (params, comment) = match self.rest {
            Rest::Raw(rest) => {
                let text = std::str::from_utf8(&rest).map_err(|_| malformed("it is not UTF-8"))?;
                as_javascript(text, parameters)?
            }
            Rest::Read(params, comment) => (params, comment),
        };
        Ok((self.plan, params, comment))
    }
}

/// A plan that is ready to run, and the words around it.
pub struct Plan {
    pub root: Node,
    /// No other plan of this process has it.
    pub id: u64,
    /// Whether it does nothing but read by statements of the client's own: what it answers may be kept.
    pub reads: bool,
    /// The bytes before the parameters: two requests that share them share the plan.
    prefix: Box<[u8]>,
    digest: OnceLock<[u8; 32]>,
    used: AtomicU64,
}

impl Plan {
    /// The same on every node: SHA-256 of the bytes before the parameters.
    pub fn digest(&self) -> [u8; 32] {
        *self.digest.get_or_init(|| Sha256::digest(&self.prefix).into())
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    plan: &'a RawValue,
    #[serde(borrow)]
    params: &'a RawValue,
    #[serde(default)]
    comments: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Tail {
    #[serde(default)]
    comments: Option<BTreeMap<String, String>>,
}

/// What stands before the parameters in a body.
const PARAMS: &[u8] = b"\"params\":";
/// Places in a body that look like the one before the parameters: a field of a model may have that name.
const CANDIDATES: usize = 4;

/// Plans by the bytes that they were read from.
///
/// Clients send the same text before the parameters each time. Where a whole body was read once, the place of its parameters is known, and a body
/// that begins with the same bytes has its parameters at the same place: nothing before it has to be read again.
pub struct Plans {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
    clock: AtomicU64,
    /// Bytes of prefixes that a shard keeps.
    most: usize,
}

#[derive(Default)]
struct Shard {
    plans: HashMap<u64, Vec<Arc<Plan>>>,
    bytes: usize,
}

const SHARDS: usize = 16;
/// A body whose plan is longer is read each time: it is made of its data.
const LONGEST: usize = 256 * 1024;

impl Default for Plans {
    fn default() -> Self {
        Self::new(32 * 1024 * 1024)
    }
}

impl Plans {
    /// Keeps plans whose texts have this many bytes together.
    pub fn new(most: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::default(),
            clock: AtomicU64::new(1),
            most: most / SHARDS,
        }
    }

    /// Reads the body of a query.
    ///
    /// # Errors
    /// A body that is no query, with the place.
    pub fn read(&self, body: &Bytes) -> Result<Query, QueryError> {
        for end in candidates(body) {
            let Some(prefix) = body.get(..end) else { break };
            if let Some(plan) = self.find(prefix) {
                return Ok(Query { plan, rest: Rest::Raw(body.slice(end..)) });
            }
        }
        let text = std::str::from_utf8(body).map_err(|_| malformed("it is not UTF-8"))?;
        let read: Body<'_> = serde_json::from_str(text).map_err(|error| malformed(&error.to_string()))?;
        let root = as_javascript(read.plan.get(), |plan| {
            Node::parse(plan).map_err(|error| malformed(&format!("plan: {error}")))
        })?;
        let params: Parameters = as_javascript(read.params.get(), |params| {
            serde_json::from_str(params).map_err(|error| malformed(&format!("params: {error}")))
        })?;
        let at = |part: &RawValue| part.get().as_ptr() as usize - text.as_ptr() as usize;
        let (plan, start) = (at(read.plan), at(read.params));
        let used = AtomicU64::new(self.clock.fetch_add(1, Ordering::Relaxed));
        let prefix = body.get(..start).filter(|prefix| plan < start && prefix.ends_with(PARAMS) && start <= LONGEST);
        let prefix = prefix.unwrap_or_default();
        let (id, reads) = (used.load(Ordering::Relaxed), root.reads());
        let plan = Arc::new(Plan { root, id, reads, prefix: prefix.into(), digest: OnceLock::new(), used });
        if prefix.is_empty() {
            return Ok(Query { plan, rest: Rest::Read(params, comment(read.comments)) });
        }
        self.keep(Arc::clone(&plan));
        Ok(Query { plan, rest: Rest::Raw(body.slice(start..)) })
    }

    fn find(&self, prefix: &[u8]) -> Option<Arc<Plan>> {
        let hash = self.hasher.hash_one(prefix);
        let shard = self.shard(hash).lock().unwrap_or_else(PoisonError::into_inner);
        let plan = shard.plans.get(&hash)?.iter().find(|plan| *plan.prefix == *prefix)?;
        plan.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(Arc::clone(plan))
    }

    fn keep(&self, plan: Arc<Plan>) {
        let hash = self.hasher.hash_one(&*plan.prefix);
        let mut shard = self.shard(hash).lock().unwrap_or_else(PoisonError::into_inner);
        if shard.bytes + plan.prefix.len() > self.most {
            shard.forget_half();
        }
        let same = shard.plans.entry(hash).or_default();
        if same.iter().all(|own| own.prefix != plan.prefix) {
            let bytes = plan.prefix.len();
            same.push(plan);
            shard.bytes += bytes;
        }
    }

    fn shard(&self, hash: u64) -> &Mutex<Shard> {
        &self.shards[usize::try_from(hash >> 60).unwrap_or_default() % SHARDS]
    }
}

impl Shard {
    /// Drops the half that was not used for longest.
    fn forget_half(&mut self) {
        let used = |plan: &Arc<Plan>| plan.used.load(Ordering::Relaxed);
        let mut uses: Vec<_> = self.plans.values().flatten().map(used).collect();
        uses.sort_unstable();
        let median = uses.get(uses.len() / 2).copied().unwrap_or_default();
        self.plans.retain(|_, plans| {
            plans.retain(|plan| used(plan) > median);
            !plans.is_empty()
        });
        self.bytes = self.plans.values().flatten().map(|plan| plan.prefix.len()).sum();
    }
}

/// Where the parameters may begin.
fn candidates(body: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(body, PARAMS).map(|at| at + PARAMS.len()).take(CANDIDATES)
}

/// Reads JSON of a client, whose texts may have surrogates without their pairs: rare, so it is tried without a look at them first.
fn as_javascript<T>(json: &str, read: impl Fn(&str) -> Result<T, QueryError>) -> Result<T, QueryError> {
    read(json).or_else(|error| match json_text::without_lone_surrogates(json) {
        Some(json) => read(&json),
        None => Err(error),
    })
}

fn parameters(text: &str) -> Result<(Parameters, String), QueryError> {
    if text.trim_end() == "{}}" {
        return Ok((Parameters::default(), String::new()));
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Parameters>();
    let params = values.next().unwrap_or_else(|| Ok(Parameters::default()));
    let params = params.map_err(|error| malformed(&format!("params: {error}")))?;
    let after = text.get(values.byte_offset()..).unwrap_or_default().trim();
    let comments = match after.strip_prefix(',') {
        None if after == "}" => None,
        None => return Err(malformed("something stands behind the parameters")),
        Some(fields) => {
            let tail: Tail =
                serde_json::from_str(&format!("{{{fields}")).map_err(|error| malformed(&error.to_string()))?;
            tail.comments
        }
    };
    Ok((params, comment(comments)))
}

fn malformed(why: &str) -> QueryError {
    QueryError::user("P6005", format!("The request is no query: {why}"))
}

/// `/*key='value',…*/` with both encoded as <https://google.github.io/sqlcommenter/spec/> says, so that no value can end it.
fn comment(tags: Option<BTreeMap<String, String>>) -> String {
    let tags = tags.unwrap_or_default();
    if tags.is_empty() {
        return String::new();
    }
    let tag = |(key, value): (&String, &String)| format!("{}='{}'", encoded(key), encoded(value));
    format!(" /*{}*/", tags.iter().map(tag).collect::<Vec<_>>().join(","))
}

/// As `encodeURIComponent`, but for `'`, `*` and `/`, which are encoded too.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.!~()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(params: &str, rest: &str) -> Bytes {
        format!(r#"{{"model":"params","operation":"findMany","plan":{{"type":"value","args":{{"x":1,"params":2}}}},"params":{params}{rest}}}"#)
            .into()
    }

    #[test]
    fn a_plan_is_read_once_and_its_parameters_each_time() {
        let plans = Plans::default();
        let first = plans.read(&body("{}", "")).unwrap();
        let second = plans.read(&body(r#"{"%1":"a","params":{"x":1}}"#, "")).unwrap();
        assert!(Arc::ptr_eq(&first.plan, &second.plan), "the same plan");
        let third = plans.read(&body("{}", r#","comments":{"route":"/*'; drop"}"#)).unwrap();
        assert!(Arc::ptr_eq(&first.plan, &third.plan));
        assert_eq!(third.read().unwrap().2, " /*route='%2F%2A%27%3B%20drop'*/");
    }

    #[test]
    fn what_follows_known_bytes_is_still_checked() {
        let plans = Plans::default();
        plans.read(&body("{}", "")).unwrap();
        for wrong in ["", "{", "{}}x", "[]", "{} {}", "1"] {
            let mut body = body("{}", "").to_vec();
            body.truncate(body.len() - 3);
            body.extend_from_slice(wrong.as_bytes());
            assert!(plans.read(&body.into()).and_then(Query::read).is_err(), "{wrong}");
        }
    }

    #[test]
    fn memory_is_bounded() {
        let plans = Plans::new(SHARDS * 1000);
        for at in 0..1000 {
            let body = format!(r#"{{"operation":"o{at}","plan":{{"type":"unit"}},"params":{{}}}}"#);
            plans.read(&body.into()).unwrap();
        }
        let bytes: usize = plans.shards.iter().map(|shard| shard.lock().unwrap().bytes).sum();
        assert!(bytes <= SHARDS * 1000, "{bytes}");
    }
}
