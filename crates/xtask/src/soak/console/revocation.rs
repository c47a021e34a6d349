//! A revoked key is dead on every node within a second, also on one that hears no notifications; a new key works at once.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::browser::{Browser, Posted};
use super::kills::rounded;
use super::person::{self, PASSWORD};
use super::site::Site;
use crate::process::interrupt;
use crate::server::Storage;
use crate::soak::client::Client;
use crate::soak::dice::Dice;
use crate::soak::system::Postgres;

/// From the acknowledgement to the last time that the key opened any door.
const LONGEST: Duration = Duration::from_secs(1);
/// `keys.max_stale` and a poll: what a node without its database goes on for.
const STALE: Duration = Duration::from_millis(1500);
/// How long the doors are watched after a revocation.
const WATCHED: Duration = Duration::from_millis(1300);
/// Until keys work again after the database answers again.
const RECOVERY: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(3);

/// The ways to end a key: endpoint and field.
const WAYS: [(&str, &str, &str); 3] =
    [("keys/set-enabled", "enabled", "false"), ("keys/remove", "", ""), ("keys/rotate", "overlap", "0")];

pub fn run(site: &Site<'_>) -> Result<Value> {
    let repetitions = site.sized(20, 3);
    let mut dice = Dice::new(site.seed, 5);
    let database = site.cluster.create("soak_keys")?;
    // The last one hears nothing.
    let listens = ["true", "true", "false"];
    let options: Result<Vec<_>> = listens
        .map(|listen| site.options(Storage::Database(database.0.clone()), &[("PENTAPRISM__KEYS__LISTEN", listen)]))
        .into_iter()
        .collect();
    let options = options?;
    let mut servers = options.iter().map(|options| site.start(options)).collect::<Result<Vec<_>>>()?;
    let doors: Vec<_> = options.iter().map(|options| options.listen.data).collect();
    let mut owner = Owner::new(options.first().context("there are nodes")?.listen.console)?;

    // A node that has just started refuses every key until it has read them all.
    let first = owner.key()?;
    recovers(&doors, &first.text)?;
    let (mut ends, mut starts) = (vec![Duration::ZERO; doors.len()], Duration::ZERO);
    for repetition in 0..repetitions {
        interrupt::check()?;
        let key = owner.key()?;
        starts = starts.max(works_everywhere(&doors, &key.text)?);
        let last = watched(&doors, &key.text, || {
            std::thread::sleep(Duration::from_millis(u64::try_from(dice.below(600))?));
            let (endpoint, field, value) = WAYS[repetition % WAYS.len()];
            let successor = owner.revoke(endpoint, &[("key", &key.id), (field, value)])?;
            let acknowledged = Instant::now();
            if let Some(successor) = successor {
                starts = starts.max(works_everywhere(&doors, &successor)?);
            }
            std::thread::sleep(WATCHED.saturating_sub(acknowledged.elapsed()));
            Ok(acknowledged)
        })?;
        for (end, last) in ends.iter_mut().zip(last) {
            *end = (*end).max(last);
        }
    }
    let slowest = ends.iter().max().copied().unwrap_or_default();
    ensure!(slowest < LONGEST, "a revoked key worked {slowest:?} longer on a node: {ends:?}");

    let key = owner.key()?;
    works_everywhere(&doors, &key.text)?;
    let postgres = Postgres::of_database(&site.cluster)?;
    let mut frozen = None;
    let stale = watched(&doors, &key.text, || {
        frozen = Some(postgres.freeze());
        let begun = Instant::now();
        std::thread::sleep(STALE * 2);
        Ok(begun)
    })?;
    let stale = stale.into_iter().max().unwrap_or_default();
    drop(frozen);
    let recovery = recovers(&doors, &key.text)?;
    for server in &mut servers {
        server.stop()?;
    }
    ensure!(stale < STALE, "a node without its database let keys in for {stale:?}");
    let ms = |time: Duration| (time.as_secs_f64() * 1000.0).round();
    Ok(json!({
        "revocation_ms": { "max": ms(slowest), "by_node": ends.into_iter().map(ms).collect::<Vec<_>>() },
        "revocations": repetitions,
        "new_key_ms": ms(starts),
        "stale_ms": ms(stale),
        "keys_again_s": rounded(recovery),
    }))
}

/// Asks all doors again and again while `meanwhile` runs; how long after the instant that it answers each of them last opened.
fn watched(doors: &[SocketAddr], key: &str, meanwhile: impl FnOnce() -> Result<Instant>) -> Result<Vec<Duration>> {
    let over = AtomicBool::new(false);
    let over = &over;
    std::thread::scope(|scope| {
        let threads: Vec<_> = doors.iter().map(|door| scope.spawn(move || last_success(*door, key, over))).collect();
        let since = meanwhile();
        over.store(true, Ordering::SeqCst);
        let ends = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a caller panicked")));
        let ends = ends.collect::<Vec<_>>();
        let since = since?;
        ends.into_iter().map(|end| Ok(end?.saturating_duration_since(since))).collect()
    })
}

fn last_success(door: SocketAddr, key: &str, over: &AtomicBool) -> Result<Instant> {
    let (mut client, mut last) = (Client::new(door), None);
    while !over.load(Ordering::SeqCst) {
        match ask(&mut client, key)? {
            200 => last = Some(Instant::now()),
            401 | 503 => {}
            status => bail!("a node answered {status} to a key"),
        }
        std::thread::sleep(PAUSE);
    }
    last.context("the key never worked")
}

/// Asks every node once, at once after the key was made; how long the slowest took.
fn works_everywhere(doors: &[SocketAddr], key: &str) -> Result<Duration> {
    let begun = Instant::now();
    for door in doors {
        let status = ask(&mut Client::new(*door), key)?;
        ensure!(status == 200, "a node answered {status} to a new key");
    }
    Ok(begun.elapsed())
}

fn recovers(doors: &[SocketAddr], key: &str) -> Result<Duration> {
    let begun = Instant::now();
    for door in doors {
        while ask(&mut Client::new(*door), key)? != 200 {
            interrupt::check()?;
            ensure!(begun.elapsed() < RECOVERY, "keys do not work {RECOVERY:?} after the database came back");
            std::thread::sleep(PAUSE);
        }
    }
    Ok(begun.elapsed())
}

fn ask(client: &mut Client, key: &str) -> Result<u16> {
    Ok(client.send("GET /key", &[("authorization", &format!("Bearer {key}"))], "")?.status)
}

/// A key: what the console calls it, and what applications send.
struct Key {
    id: String,
    text: String,
}

/// Who makes and revokes the keys.
struct Owner {
    browser: Browser,
    project: String,
}

impl Owner {
    fn new(console: SocketAddr) -> Result<Self> {
        let mut browser = Browser::new(console, "10.0.0.4".to_owned());
        let account = [("name", "Ada"), ("email", "ada@example.com"), ("password", PASSWORD)];
        let mut post = |endpoint: &str, fields: &[(&str, &str)]| match browser.post(endpoint, fields)? {
            Posted::Done(next) => Ok(person::last(&next)),
            other => bail!("{endpoint}: {other:?}"),
        };
        post("identity/sign-up", &account)?;
        let org = post("orgs/create", &[("name", "Acme")])?;
        let project = post("projects/create", &[("org", &org), ("name", "shop")])?;
        post("resources/create", &[("project", &project), ("name", "Production")])?;
        Ok(Self { browser, project })
    }

    fn key(&mut self) -> Result<Key> {
        let project = self.project.clone();
        let Posted::Done(next) = self.browser.post("keys/create", &[("project", &project), ("name", "soak")])? else {
            bail!("no key was made")
        };
        Ok(Key { id: person::last(&next), text: self.shown(&next)? })
    }

    /// Ends a key; answers the text of the one that takes its place, if one does.
    fn revoke(&mut self, endpoint: &str, fields: &[(&str, &str)]) -> Result<Option<String>> {
        let fields: Vec<_> = fields.iter().filter(|(name, _)| !name.is_empty()).copied().collect();
        match self.browser.post(endpoint, &fields)? {
            Posted::Done(next) if next.contains("created=") => self.shown(&next).map(Some),
            Posted::Done(_) => Ok(None),
            other => bail!("{endpoint}: {other:?}"),
        }
    }

    /// The key that a page shows once, among the beginnings of others.
    fn shown(&mut self, page: &str) -> Result<String> {
        let text = self.browser.get(page)?.text();
        let bodies = text
            .split("ppk_")
            .skip(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>());
        let body = bodies.into_iter().find(|body| body.len() == 36).context("the page shows the key")?;
        Ok(format!("ppk_{body}"))
    }
}
