//! Answers in a server that nodes share.
//!
//! An answer lies under a name that nobody can guess, sealed, beside the marks that it depends on: one of the resource, and one of each of its tags.
//! A mark is random; to end answers is to delete their mark, which costs the same however many there are. A query reads the marks before it runs and keeps
//! them with its answer; who finds an answer reads the marks in the same round trip, and takes it only where all are there and the same. So what was asked
//! for before an invalidation is never told after it, on any node, and a mark that the server evicted ends its answers as well: the next one is another.

mod sealed;
mod server;

pub use server::{CacheError, CacheServer, CacheSettings};

use super::{Answer, Flight, Outcome, Status, Strategy};
use crate::error::QueryError;
use crate::gateway::Source;
use crate::session::Access;
use data_encoding::BASE64URL_NOPAD;
use futures::FutureExt;
use futures::future::BoxFuture;
use kernel::ResourceId;
use sealed::{Kept, Mark, Name, Seal};
use secrecy::ExposeSecret;
use server::Link;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use upstream::ConnectionString;

/// Whose answers they are.
pub struct Owner<'a> {
    pub resource: ResourceId,
    pub access: Access,
    /// Another database gives other answers.
    pub target: &'a ConnectionString,
    pub epoch: i32,
    pub source: Arc<dyn Source>,
}

/// The answers of one resource and kind of access.
pub struct Shared {
    server: Arc<CacheServer>,
    seal: Seal,
    /// What all names begin with.
    begun: Sha256,
    /// In braces in every key: a server that spreads keys keeps those of a resource together.
    resource: Box<str>,
    epoch: AtomicI32,
    /// Bytes of an answer.
    most: AtomicUsize,
    source: Arc<dyn Source>,
    /// By name and marks: who asks after an invalidation does not join who asked before.
    flights: Mutex<HashMap<FlightKey, Flight>>,
}

type FlightKey = (Name, Box<[Mark]>);

/// A query, as far as its answer depends on it.
pub struct Question {
    name: Name,
    tags: Vec<Box<str>>,
}

/// How much longer a mark lasts than the answers that depend on it.
const SLACK: Duration = Duration::from_secs(600);
/// Longer than anybody means; more would be refused by the server.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);
/// Keys that one command deletes: the server does nothing else meanwhile.
const AT_ONCE: usize = 500;

/// Where the server has an answer and its marks.
struct Keys {
    answer: String,
    marks: Vec<String>,
}

impl Shared {
    /// With answers of at most a quarter of `most` bytes.
    pub fn new(server: Arc<CacheServer>, owner: &Owner<'_>, most: usize) -> Self {
        let key = Sha256::new().chain_update(server.secret).chain_update(b"values").finalize();
        let mut begun = Sha256::new().chain_update(server.secret).chain_update(b"names");
        let resource = owner.resource.to_string().into_boxed_str();
        feed(&mut begun, resource.as_bytes());
        feed(&mut begun, if owner.access == Access::Full { b"full" } else { b"read" });
        feed(&mut begun, owner.target.expose_url().expose_secret().as_bytes());
        Self {
            server,
            seal: Seal::new(&key.into()),
            begun,
            resource,
            epoch: AtomicI32::new(owner.epoch),
            most: AtomicUsize::new(most / 4),
            source: Arc::clone(&owner.source),
            flights: Mutex::default(),
        }
    }

    pub fn bound(&self, most: usize) {
        self.most.store(most / 4, Ordering::Relaxed);
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    /// Ends the answers of every other epoch.
    pub fn enter(&self, epoch: i32) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }

    pub fn question(&self, plan: &[u8; 32], params: &[u8], tags: &[Box<str>]) -> Question {
        let mut name = self.begun.clone();
        name.update(self.epoch.load(Ordering::Relaxed).to_le_bytes());
        name.update(plan);
        name.update(tags.len().to_le_bytes());
        tags.iter().for_each(|tag| feed(&mut name, tag.as_bytes()));
        feed(&mut name, params);
        Question { name: name.finalize().into(), tags: tags.to_vec() }
    }

    /// The kept answer, or the one of `run`. While the server is away every query runs, and none is kept.
    ///
    /// # Errors
    /// Those of `run`.
    pub async fn answer(
        self: &Arc<Self>,
        question: Question,
        strategy: &Strategy,
        now_ms: u64,
        run: impl FnOnce() -> BoxFuture<'static, Outcome> + Send,
    ) -> Result<Answer, QueryError> {
        let life = strategy.life().min(LONGEST);
        let Some((link, kept, marks)) = self.look(&question, life).await else {
            let (json, at_ms) = run().await?;
            return Ok(Answer { json, status: Status::None, at_ms });
        };
        let kept = kept.filter(|kept| kept.marks == marks);
        let told = kept.and_then(|Kept { at_ms, json, .. }| {
            strategy.told(at_ms, now_ms).map(|status| Answer { json, status, at_ms })
        });
        let told = match told {
            Some(answer) if answer.status == Status::Ttl => return Ok(answer),
            told => told,
        };
        let flight = {
            let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (question.name, marks.clone());
            flights.entry(key).or_insert_with(|| self.fly(link, question, marks, life, run())).clone()
        };
        match told {
            Some(stale) => Ok(stale),
            None => flight.await.map(|(json, at_ms)| Answer { json, status: Status::Miss, at_ms }),
        }
    }

    /// What is kept, and the marks as they are now; none while the server does not answer.
    async fn look(&self, question: &Question, life: Duration) -> Option<(Arc<Link>, Option<Kept>, Box<[Mark]>)> {
        let link = self.server.link()?;
        let keys = self.keys(&link, question);
        let mut commands = redis::pipe();
        // The answer first: marks that are read after it are at least as new.
        let longest = self.most() + sealed::overhead(keys.marks.len());
        commands.cmd("GETRANGE").arg(&keys.answer).arg(0).arg(longest);
        commands.cmd("MGET").arg(&keys.marks);
        let (answer, marks): (Vec<u8>, Vec<Option<Vec<u8>>>) = self.server.ask(&link, &commands).await?;
        if let Some(marks) = all(&marks, &keys) {
            let kept = self.seal.open(&question.name, marks.len(), answer);
            return Some((link, kept, marks));
        }
        // A mark that is not there is drawn before the query runs: it may be deleted again while it does.
        let mut commands = redis::pipe();
        for (key, found) in keys.marks.iter().zip(&marks) {
            if found.as_ref().is_some_and(|found| found.len() != size_of::<Mark>()) {
                commands.cmd("DEL").arg(key).ignore();
            }
            let mut mark = Mark::default();
            self.source.fill(&mut mark);
            commands.cmd("SET").arg(key).arg(&mark[..]).arg("NX").arg("PX").arg(millis(life + SLACK)).ignore();
        }
        commands.cmd("MGET").arg(&keys.marks);
        let (marks,): (Vec<Option<Vec<u8>>>,) = self.server.ask(&link, &commands).await?;
        all(&marks, &keys).map(|marks| (link, None, marks))
    }

    fn fly(
        self: &Arc<Self>,
        link: Arc<Link>,
        question: Question,
        marks: Box<[Mark]>,
        life: Duration,
        run: BoxFuture<'static, Outcome>,
    ) -> Flight {
        let landing = Landing { shared: Arc::clone(self), key: (question.name, marks.clone()) };
        let flight = async move {
            let outcome = run.await;
            if let Ok((json, at_ms)) = &outcome {
                let kept = Kept { at_ms: *at_ms, marks, json: json.clone() };
                landing.shared.keep(&link, &question, &kept, life).await;
            }
            drop(landing);
            outcome
        };
        let flight = flight.boxed().shared();
        tokio::spawn(flight.clone());
        flight
    }

    /// Keeps an answer for the rest of its life, and its marks for longer. What is too long ends what was kept before.
    async fn keep(&self, link: &Arc<Link>, question: &Question, kept: &Kept, life: Duration) {
        let keys = self.keys(link, question);
        let age = Duration::from_millis(self.source.now_ms().saturating_sub(kept.at_ms));
        let left = millis(life.saturating_sub(age));
        let mut nonce = [0; sealed::NONCE];
        self.source.fill(&mut nonce);
        let value = Some(kept).filter(|kept| left > 0 && kept.json.len() <= self.most());
        let value = value.and_then(|kept| self.seal.seal(&question.name, nonce, kept));
        let mut commands = redis::pipe();
        match value {
            Some(value) => {
                commands.cmd("SET").arg(&keys.answer).arg(value).arg("PX").arg(left).ignore();
                for key in &keys.marks {
                    commands.cmd("PEXPIRE").arg(key).arg(millis(life + SLACK)).arg("GT").ignore();
                }
            }
            None => _ = commands.cmd("DEL").arg(&keys.answer).ignore(),
        }
        let _: Option<()> = self.server.ask(link, &commands).await;
    }

    /// Ends every answer that has one of the tags, or all, by either kind of access.
    ///
    /// # Errors
    /// P6008 where the server did not acknowledge it.
    pub async fn invalidate(&self, tags: Option<&[Box<str>]>) -> Result<(), QueryError> {
        let away = || {
            QueryError::unavailable(
                "The cache server does not answer: nothing was invalidated for sure. Try again in a moment.",
            )
        };
        let link = self.server.link().ok_or_else(away)?;
        let keys = match tags {
            Some(tags) => tags.iter().map(|tag| self.key(&link, &["tag:", tag])).collect(),
            None => vec![self.key(&link, &["all"])],
        };
        for keys in keys.chunks(AT_ONCE) {
            let mut commands = redis::pipe();
            commands.cmd("DEL").arg(keys).ignore();
            self.server.ask::<()>(&link, &commands).await.ok_or_else(away)?;
        }
        Ok(())
    }

    fn keys(&self, link: &Link, question: &Question) -> Keys {
        let all = std::iter::once(self.key(link, &["all"]));
        let marks = all.chain(question.tags.iter().map(|tag| self.key(link, &["tag:", tag]))).collect();
        Keys { answer: self.key(link, &["answer:", &BASE64URL_NOPAD.encode(&question.name)]), marks }
    }

    /// `pentaprism:{RUN:env_…}:tag:users`
    fn key(&self, link: &Link, rest: &[&str]) -> String {
        format!("pentaprism:{{{}:{}}}:{}", link.run, self.resource, rest.concat())
    }
}

/// Takes a flight out of those that can be joined, however it ends.
struct Landing {
    shared: Arc<Shared>,
    key: FlightKey,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.shared.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// The marks of all keys; none where one is missing, or is no mark.
fn all(marks: &[Option<Vec<u8>>], keys: &Keys) -> Option<Box<[Mark]>> {
    let marks: Option<Box<[Mark]>> = marks.iter().map(|mark| mark.as_ref()?.as_slice().try_into().ok()).collect();
    marks.filter(|marks| marks.len() == keys.marks.len())
}

/// With its length, so that no two series of parts are the same bytes.
fn feed(name: &mut Sha256, part: &[u8]) {
    name.update(part.len().to_le_bytes());
    name.update(part);
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
