//! The cache against a simple model of what it promises, over many operations that a seed repeats: reads of every strategy, steps of time, writes,
//! invalidations, purges, slow queries that others join or overtake, memory that runs short; on a shared cache also evictions and foul values.
//!
//! An answer says of itself who asked what, and after which operation, so each that is told can be judged by itself: see [`judge`].

mod judge;

use super::{Answer, Budget, Cache, CacheServer, CacheSettings, Memory, Outcome, Owner, Strategy};
use crate::gateway::Source;
use crate::request::{Plan, Plans};
use crate::session::Access;
use bytes::Bytes;
use futures::FutureExt;
use futures::channel::oneshot;
use judge::{Asked, Judge};
use kernel::ResourceId;
use redis::Commands;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tokio::task::JoinHandle;
use upstream::ConnectionString;
use uuid::Uuid;

const TENANTS: usize = 4;
/// Those after have little memory, and share it.
const ROOMY: usize = 2;
const TIGHT: usize = 12_000;
const TAGS: [&[&str]; 5] = [&[], &["a"], &["b"], &["a", "b"], &["c"]];
const PARAMS: [&str; 3] = ["{}}", "{\"a\":1}}", "{\"a\":2}}"];
const PLANS: usize = 2;
/// Queries of one tenant and access.
const DIFFERENT: usize = PLANS * PARAMS.len() * TAGS.len();
/// Seconds as they are, and stale.
const LIVES: [(u64, u64); 7] = [(60, 0), (90, 0), (0, 70), (60, 60), (3600, 0), (100, 3600), (u64::MAX, u64::MAX)];

/// No query takes so long that waits for no other.
const HANGS: Duration = Duration::from_secs(60);

/// splitmix64
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (z >> 31);
        usize::try_from(z % sides as u64).unwrap()
    }
}

/// What queries see when they run.
struct Stage {
    operation: AtomicU64,
    now_ms: AtomicU64,
    /// Of each tenant: the operation of its last write.
    written: [AtomicU64; TENANTS],
    dice: Mutex<Dice>,
}

impl Source for Stage {
    fn now_ms(&self) -> u64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut dice = self.dice.lock().unwrap();
        bytes.iter_mut().for_each(|byte| *byte = u8::try_from(dice.roll(256)).unwrap());
    }
}

/// A slow query that runs, and who waits for what it asks.
struct Slow {
    asked: Asked,
    gate: oneshot::Sender<()>,
    waiting: Vec<(Asked, JoinHandle<Answer>)>,
}

struct Play {
    dice: Dice,
    stage: Arc<Stage>,
    plans: Vec<Arc<Plan>>,
    /// Of each node: by tenant and access.
    nodes: Vec<Vec<Cache>>,
    make: Box<dyn Fn(usize, usize, i32) -> Cache>,
    epochs: [i32; TENANTS],
    slow: Vec<Slow>,
    /// What is no longer used, but for the slow queries that it waits for.
    forgotten: Vec<(usize, Weak<Memory>)>,
    judge: Judge,
}

impl Play {
    /// `make`: the cache of a node and of a tenant and access, in an epoch.
    fn new(seed: u64, nodes: usize, stage: Arc<Stage>, make: impl Fn(usize, usize, i32) -> Cache + 'static) -> Self {
        let plans = Plans::default();
        let body = |at: usize| format!("{{\"plan\":{{\"type\":\"value\",\"args\":{at}}},\"params\":{{}}}}");
        let plans = (0..PLANS).map(|at| plans.read(&body(at).into()).unwrap().plan).collect();
        let of_node = |node| (0..2 * TENANTS).map(|owner| make(node, owner, 0)).collect();
        Self {
            dice: Dice(seed),
            stage,
            plans,
            nodes: (0..nodes).map(of_node).collect(),
            make: Box::new(make),
            epochs: [0; TENANTS],
            slow: Vec::new(),
            forgotten: Vec::new(),
            judge: Judge::default(),
        }
    }

    async fn step(&mut self) {
        self.stage.operation.fetch_add(1, Ordering::Relaxed);
        match self.dice.roll(1000) {
            0..860 => self.read().await,
            860..900 => _ = self.stage.now_ms.fetch_add(self.dice.roll(5000) as u64, Ordering::Relaxed),
            900..940 => self.write(),
            940..960 => self.invalidate().await,
            960..962 => self.purge(),
            962..965 => self.forget(),
            965..975 => self.sweep().await,
            _ => self.release().await,
        }
    }

    async fn read(&mut self) {
        let tenant = self.dice.roll(TENANTS);
        let (max_age, stale) = LIVES[self.dice.roll(LIVES.len())];
        let tags = TAGS[self.dice.roll(TAGS.len())];
        let asked = Asked {
            tenant,
            owner: 2 * tenant + self.dice.roll(2),
            plan: self.dice.roll(self.plans.len()),
            params: PARAMS[self.dice.roll(PARAMS.len())],
            tags,
            strategy: Strategy {
                max_age: Duration::from_secs(max_age),
                stale: Duration::from_secs(stale),
                tags: tags.iter().map(|tag| (*tag).into()).collect(),
            },
            now_ms: self.stage.now_ms(),
            ended: self.judge.ended(tenant, tags),
        };
        // A whole answer of the largest does not fit the tight ones.
        let padding = match self.dice.roll(50) {
            0 => TIGHT,
            some => some * 20,
        };
        let node = self.dice.roll(self.nodes.len());
        // One from before an invalidation is not joined, but overtaken.
        let overtakes = self.slow.iter().any(|slow| slow.asked.is_like(&asked));
        let under_way = self.slow.iter_mut().find(|slow| slow.asked.is_like(&asked) && slow.asked.ended == asked.ended);
        let slow = under_way.is_none() && self.dice.roll(30) == 0;
        if under_way.is_none() && !slow {
            let answer = ask(&self.nodes[node][asked.owner], &self.plans, &self.stage, &asked, padding, None);
            let answer = match overtakes {
                true => tokio::time::timeout(HANGS, answer)
                    .await
                    .unwrap_or_else(|_| panic!("{asked:?} waits for what had ended")),
                false => answer.await,
            };
            // What was told stale is asked for anew in the background.
            tokio::task::yield_now().await;
            self.judge.judge(&asked, &answer);
            return;
        }
        self.judge.is_unsure(&asked);
        let (gate, opened) = oneshot::channel();
        let (begun, mut has_begun) = oneshot::channel();
        let (cache, plans, stage) =
            (self.nodes[node][asked.owner].clone(), self.plans.clone(), Arc::clone(&self.stage));
        let (own, gates) = (asked.clone(), slow.then_some((begun, opened)));
        let mut waits = tokio::spawn(async move { ask(&cache, &plans, &stage, &own, padding, gates).await });
        if let Some(under_way) = under_way {
            under_way.waiting.push((asked, waits));
            return;
        }
        let told = tokio::select! {
            told = &mut waits => Some(told.unwrap()),
            _ = &mut has_begun => None,
        };
        if let Some(told) = &told {
            self.judge.judge(&asked, told);
            self.judge.is_unsure(&asked);
        }
        // A stale answer was told while the slow query runs.
        let runs = told.as_ref().is_none_or(|told| told.status == super::Status::Swr);
        if runs {
            let waiting = if told.is_none() { vec![(asked.clone(), waits)] } else { Vec::new() };
            self.slow.push(Slow { asked, gate, waiting });
        }
    }

    async fn release(&mut self) {
        if self.slow.is_empty() {
            return;
        }
        let slow = self.slow.swap_remove(self.dice.roll(self.slow.len()));
        slow.gate.send(()).ok();
        for (asked, waits) in slow.waiting {
            let answer = waits.await.unwrap();
            // What is sure now need not have been when it was asked.
            self.judge.is_unsure(&asked);
            self.judge.judge(&asked, &answer);
            self.judge.is_unsure(&asked);
        }
        tokio::task::yield_now().await;
    }

    fn write(&mut self) {
        let (tenant, now) = (self.dice.roll(TENANTS), self.stage.operation.load(Ordering::Relaxed));
        self.stage.written[tenant].store(now, Ordering::Relaxed);
        self.judge.writes(tenant, now);
    }

    async fn invalidate(&mut self) {
        let (tenant, node) = (self.dice.roll(TENANTS), self.dice.roll(self.nodes.len()));
        let tags = TAGS[self.dice.roll(TAGS.len())];
        let named: Vec<Box<str>> = tags.iter().map(|tag| (*tag).into()).collect();
        let named = (!named.is_empty()).then_some(&*named);
        for owner in [2 * tenant, 2 * tenant + 1] {
            self.nodes[node][owner].invalidate(named).await.unwrap();
        }
        self.judge.ends(tenant, tags, self.stage.operation.load(Ordering::Relaxed));
    }

    fn purge(&mut self) {
        let tenant = self.dice.roll(TENANTS);
        self.epochs[tenant] += 1;
        for caches in &self.nodes {
            caches[2 * tenant..2 * tenant + 2].iter().for_each(|cache| cache.enter(self.epochs[tenant]));
        }
        self.judge.ends(tenant, &[], self.stage.operation.load(Ordering::Relaxed));
    }

    /// As where a resource's limits change, or nobody has asked for long.
    fn forget(&mut self) {
        let (node, owner) = (self.dice.roll(self.nodes.len()), self.dice.roll(2 * TENANTS));
        let new = (self.make)(node, owner, self.epochs[owner / 2]);
        if let Cache::Memory(old) = std::mem::replace(&mut self.nodes[node][owner], new) {
            self.forgotten.push((owner, Arc::downgrade(&old)));
        }
        self.judge.knows_nothing_of(owner);
    }

    async fn sweep(&mut self) {
        let owner = self.dice.roll(2 * TENANTS);
        for caches in &self.nodes {
            caches[owner].sweep(self.stage.now_ms()).await;
        }
    }

    async fn end(&mut self) {
        while !self.slow.is_empty() {
            self.release().await;
        }
    }
}

async fn ask(
    cache: &Cache,
    plans: &[Arc<Plan>],
    stage: &Arc<Stage>,
    asked: &Asked,
    padding: usize,
    gates: Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>,
) -> Answer {
    let (stage, who) = (Arc::clone(stage), asked.clone());
    let run = async move {
        // In this order: a write after it may not be seen.
        let written = stage.written[who.tenant].load(Ordering::Relaxed);
        let (ran, at_ms) = (stage.operation.load(Ordering::Relaxed), stage.now_ms());
        if let Some((begun, gate)) = gates {
            begun.send(()).ok();
            gate.await.ok();
        }
        Outcome::Ok((who.text(ran, written, padding).into(), at_ms))
    };
    let params = Bytes::from_static(asked.params.as_bytes());
    cache.answer(&plans[asked.plan], params, &asked.strategy, asked.now_ms, || run.boxed()).await.unwrap()
}

fn stage(seed: u64) -> Arc<Stage> {
    let (operation, now_ms) = (AtomicU64::new(1), AtomicU64::new(1_760_000_000_000));
    Arc::new(Stage { operation, now_ms, written: Default::default(), dice: Mutex::new(Dice(!seed)) })
}

/// A million operations; `CACHE_MODEL_SEED` tries other ones than the usual.
#[tokio::test]
async fn a_cache_in_memory_keeps_its_promises() {
    let seed = std::env::var("CACHE_MODEL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(3);
    let budgets = [Budget::new(usize::MAX), Budget::new(3 * TIGHT)];
    let of_all = budgets.clone();
    let mut play = Play::new(seed, 1, stage(seed), move |_, owner, _| match owner / 2 < ROOMY {
        true => Cache::in_memory(1 << 30, Arc::clone(&of_all[0])),
        false => Cache::in_memory(TIGHT, Arc::clone(&of_all[1])),
    });
    play.judge.at_once = true;
    for at in 0..1_000_000 {
        play.step().await;
        if at % 16 != 0 {
            continue;
        }
        play.forgotten.retain(|(_, forgotten)| forgotten.strong_count() > 0);
        let forgotten = play.forgotten.iter().filter_map(|(owner, memory)| Some((*owner, memory.upgrade()?)));
        let used = play.nodes[0].iter().enumerate().filter_map(|(owner, cache)| match cache {
            Cache::Memory(memory) => Some((owner, Arc::clone(memory))),
            Cache::Shared(_) => None,
        });
        let mut sums = [0, 0];
        for (owner, memory) in used.chain(forgotten) {
            let (tight, bytes) = (owner / 2 >= ROOMY, memory.bytes());
            assert!(!tight || bytes <= TIGHT, "{bytes} bytes after {at}");
            sums[usize::from(tight)] += bytes;
            if at % 4096 == 0 {
                let counted = memory.count();
                assert_eq!(counted.bytes, bytes, "after {at}");
                assert!(counted.order <= 2 * DIFFERENT + 65, "{counted:?} after {at}");
            }
        }
        assert_eq!(sums, [budgets[0].used(), budgets[1].used()], "after {at}");
        assert!(sums[1] <= 3 * TIGHT);
    }
    play.end().await;
    play.judge.has_seen_all();
    play.nodes.clear();
    assert_eq!([budgets[0].used(), budgets[1].used()], [0, 0]);
}

/// Two nodes over one real server, which loses keys and has foul values put under them.
#[tokio::test]
async fn a_shared_cache_keeps_its_promises() {
    let seed = std::env::var("CACHE_MODEL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(3);
    let server = testkit::CacheServer::throwaway().unwrap();
    let settings =
        || CacheSettings { url: server.url().into(), ca: None, limit: Duration::from_secs(20), secret: [7; 32] };
    let servers = [CacheServer::connect(settings()).await.unwrap(), CacheServer::connect(settings()).await.unwrap()];
    let stage = stage(seed);
    let source = Arc::clone(&stage);
    let mut play = Play::new(seed, 2, stage, move |node, owner, epoch| {
        let target = ConnectionString::parse("postgresql://u:p@h/d").unwrap();
        let access = if owner % 2 == 0 { Access::Full } else { Access::ReadOnly };
        let resource = ResourceId::from_uuid(Uuid::from_u128(owner as u128 / 2));
        let source = Arc::clone(&source) as Arc<dyn Source>;
        let most = if owner / 2 < ROOMY { 1 << 30 } else { TIGHT };
        Cache::shared(Arc::clone(&servers[node]), &Owner { resource, access, target: &target, epoch, source }, most)
    });
    let mut direct = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    for _ in 0..20_000 {
        play.step().await;
        if play.dice.roll(500) != 0 {
            continue;
        }
        // Nobody puts an old mark back: whoever can may have old answers told, within their time.
        let pattern = ["*:answer:*", "*"][play.dice.roll(2)];
        let mut keys: Vec<String> = direct.keys(pattern).unwrap();
        keys.sort_unstable();
        if keys.is_empty() {
            continue;
        }
        let (one, other) = (&keys[play.dice.roll(keys.len())], &keys[play.dice.roll(keys.len())]);
        let () = match (pattern, play.dice.roll(3)) {
            ("*:answer:*", 0) => redis::cmd("COPY").arg(one).arg(other).arg("REPLACE").exec(&mut direct).unwrap(),
            (_, 1) => direct.set(one, "foul").unwrap(),
            _ => direct.del(one).unwrap(),
        };
        (0..2 * TENANTS).for_each(|owner| play.judge.knows_nothing_of(owner));
    }
    play.end().await;
    play.judge.has_seen_all();
}
