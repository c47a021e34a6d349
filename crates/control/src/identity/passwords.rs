//! Passwords: argon2id on the blocking pool, a few at once, a bounded queue before it.

use super::hasher::Hasher;
use crate::{Error, Rng};
use argon2::Params;
use kernel::Problem;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use zxcvbn::zxcvbn;

/// Shortest and longest password in characters. The longest only keeps a request small; nobody types more.
const LENGTH: std::ops::RangeInclusive<usize> = 10..=256;
/// Tries after which an attacker must not have it: from many networks together the throttle admits as many in 30 years. The lists and the count are
/// those of zxcvbn.
const FEWEST_GUESSES: u64 = 100_000_000;
/// Characters and texts of the person that are looked at: the work grows faster than they do.
const JUDGED: usize = 32;
const MOST_RELATED: usize = 12;
/// Signs that stand for a letter, and how many different ones are read in every way.
const LOOKALIKES: [(&str, char); 6] = [("@", 'a'), ("({[<", 'c'), ("!|", 'i'), ("$", 's'), ("+", 't'), ("%", 'x')];
const MOST_LOOKALIKES: usize = 2;
/// Words that attackers of this program try first.
const CONTEXT: [&str; 5] = ["pentaprism", "prisma", "postgres", "administrator", "accelerate"];
/// How many may wait for a hash before the next is turned away.
const QUEUE: usize = 64;

/// Hashes and verifies passwords without letting a flood of them take the machine.
pub struct Passwords {
    hasher: Arc<Hasher>,
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// A hash that no password matches: an unknown address costs what a known one does.
    decoy: String,
}

/// The answer to "is this the password?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, and stored with weaker parameters than today's: hash it again.
    Outdated,
}

impl Passwords {
    /// Memory in KiB and passes; never below 19 MiB and 2, which OWASP gives as the least for argon2id.
    pub fn new(memory_kib: u32, passes: u32, rng: &Rng) -> Result<Self, Error> {
        let params = Params::new(memory_kib.max(19 * 1024), passes.max(2), 1, None)
            .map_err(|error| Error::Fault(format!("argon2 parameters: {error}")))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let hasher = Arc::new(Hasher::new(params));
        hasher.hash(&rng.bytes(), b"The first touches the memory; from the second on one knows how long it takes.")?;
        let decoy = hasher.hash(&rng.bytes(), rng.token().as_bytes())?;
        Ok(Self { hasher, running: Arc::new(Semaphore::new((cores / 2).max(1))), waiting: AtomicUsize::new(0), decoy })
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: Password, rng: &Rng) -> Result<String, Error> {
        self.hash_in(self.queue()?, password, rng).await
    }

    /// The same for who has a place in the queue already.
    pub async fn hash_in(&self, place: Place<'_>, password: Password, rng: &Rng) -> Result<String, Error> {
        let salt = rng.bytes::<16>();
        let hasher = Arc::clone(&self.hasher);
        self.run(place, move || hasher.hash(&salt, password.0.expose_secret().as_bytes())).await?
    }

    /// A place in the queue, or the answer that it is full. Who needs the database before a hash takes the place first: a flood is then turned away
    /// before it keeps the database from everybody else.
    pub fn queue(&self) -> Result<Place<'_>, Error> {
        Place::take(&self.waiting).ok_or_else(|| {
            Problem::too_many("Many people are signing in right now. Try again in a few seconds.", 5).into()
        })
    }

    /// Compares with the stored hash, or with the decoy when there is no such user: the same work either way.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<Verdict, Error> {
        self.verify_in(self.queue()?, password, stored).await
    }

    /// The same for who has a place in the queue already.
    pub async fn verify_in(
        &self,
        place: Place<'_>,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<Verdict, Error> {
        // Nobody has a password this long, and hashing it would take longer than any other.
        let password = if password.expose_secret().chars().count() > *LENGTH.end() { "".into() } else { password };
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let hasher = Arc::clone(&self.hasher);
        self.run(place, move || {
            let (right, outdated) = hasher.verify(&stored, password.expose_secret().as_bytes())?;
            Ok(match (right && known, outdated) {
                (false, _) => Verdict::Wrong,
                (true, false) => Verdict::Right,
                (true, true) => Verdict::Outdated,
            })
        })
        .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        place: Place<'_>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let permit = Arc::clone(&self.running).acquire_owned().await;
        let permit = permit.map_err(|_| Error::Fault("the password queue is closed".into()))?;
        drop(place);
        // The work keeps the permit: a client that hangs up meanwhile does not make room for another hash beside this one.
        let work = move || {
            let result = work();
            drop(permit);
            result
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Fault(format!("hashing stopped: {error}")))
    }
}

/// A place in the queue, given back when the hash begins or its client leaves.
#[must_use]
pub struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Option<Self> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::SeqCst) < QUEUE { Some(place) } else { None }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A password that somebody chose: long enough, and not one that everybody tries first.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("Enter a password.")]
    Empty,
    #[error("Use at least 10 characters. A few unrelated words are easy to remember and hard to guess.")]
    TooShort,
    #[error("Use at most 256 characters.")]
    TooLong,
    #[error("This is one of the passwords that attackers try first. Choose another, such as a few unrelated words.")]
    Common,
}

impl Password {
    /// One that is somebody's already, to be hashed again.
    pub(super) fn in_use(text: SecretString) -> Self {
        Self(text)
    }

    /// `related` are texts that the password must not be made of: the address and the name.
    pub fn parse(text: &SecretString, related: &[&str]) -> Result<Self, PasswordError> {
        let plain = text.expose_secret();
        let length = plain.chars().count();
        if length == 0 {
            return Err(PasswordError::Empty);
        }
        if length < *LENGTH.start() {
            return Err(PasswordError::TooShort);
        }
        if length > *LENGTH.end() {
            return Err(PasswordError::TooLong);
        }
        if is_common(plain, related) { Err(PasswordError::Common) } else { Ok(Self(text.clone())) }
    }
}

/// Whether somebody who knows the usual passwords, words, names, dates, runs of the keyboard and the person's own texts would try it early.
fn is_common(plain: &str, related: &[&str]) -> bool {
    let parts = related.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let parts = parts.filter(|part| part.len() > 2).take(MOST_RELATED);
    let known: Vec<&str> = CONTEXT.into_iter().chain(related.iter().copied()).chain(parts).collect();
    zxcvbn(&judged(plain), &known).guesses() < FEWEST_GUESSES
}

/// What of a password is looked at. One that is full of lookalikes is read in one way instead of hundreds, each of which takes its time.
fn judged(plain: &str) -> String {
    let letter = |c: char| LOOKALIKES.iter().find(|(all, _)| all.contains(c)).map(|(_, letter)| *letter);
    let start = plain.chars().take(JUDGED);
    let lookalikes: BTreeSet<char> = start.clone().filter(|c| letter(*c).is_some()).collect();
    match lookalikes.len() > MOST_LOOKALIKES {
        true => start.map(|c| letter(c).unwrap_or(c)).collect(),
        false => start.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(), PasswordError> {
        Password::parse(&SecretString::from(text), &["ada.lovelace@example.com", "Ada Lovelace"]).map(drop)
    }

    #[test]
    fn common_passwords_are_refused() {
        assert_eq!(parse(""), Err(PasswordError::Empty));
        assert_eq!(parse("tiny words ride"), Ok(()));
        assert_eq!(parse("short"), Err(PasswordError::TooShort));
        assert_eq!(parse(&"ab1 ".repeat(65)), Err(PasswordError::TooLong));
        for text in [
            "aaaaaaaaaaaa",
            "P@$$w0rd!1",
            "abcabcabcabc",
            "P@ssw0rd2024",
            "iloveyou1987",
            "basketball",
            "pentaprism1!",
            "Lovelace1987",
            "liverpool1",
            "1234567890",
            "0987654321",
            "password123!",
            "passwordpassword",
            "qwertyuiop",
            "Ada.Lovelace@example.com",
            "ada lovelace",
        ] {
            assert_eq!(parse(text), Err(PasswordError::Common), "{text}");
        }
        assert_eq!(parse("correct horse battery"), Ok(()));
    }

    #[test]
    fn no_password_takes_long_to_judge() {
        let hostile = format!("4@8({{[<369!|0$57+%2x1{}", "4".repeat(200));
        let read = judged(&hostile);
        assert!(read.len() == JUDGED && read.chars().all(char::is_alphanumeric), "{read}");
        assert_eq!(judged("correct horse battery st4pl3"), "correct horse battery st4pl3");
        let name = "a aa aaa 4 44 444 ".repeat(1000);
        // Not measured: it would not end while anybody waits.
        let _ = Password::parse(&hostile.into(), &[&name]);
    }

    #[tokio::test]
    async fn a_hash_verifies_and_a_weaker_one_is_outdated() {
        let rng = Rng::seeded(1);
        let weak = Passwords::new(0, 0, &rng).unwrap();
        let strong = Passwords::new(20 * 1024, 2, &rng).unwrap();
        let password = || SecretString::from("correct horse battery");
        let stored = weak.hash(Password::parse(&password(), &[]).unwrap(), &rng).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(weak.verify(password(), Some(stored.clone())).await.unwrap(), Verdict::Right);
        assert_eq!(strong.verify(password(), Some(stored.clone())).await.unwrap(), Verdict::Outdated);
        assert_eq!(weak.verify("correct horse batterx".into(), Some(stored)).await.unwrap(), Verdict::Wrong);
        assert_eq!(weak.verify(password(), None).await.unwrap(), Verdict::Wrong);
        assert_eq!(weak.verify("x".repeat(10_000).into(), Some(weak.decoy.clone())).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn the_queue_is_bounded_and_places_are_given_back() {
        let waiting = AtomicUsize::new(0);
        let places: Vec<_> = (0..QUEUE).map(|_| Place::take(&waiting).unwrap()).collect();
        assert!(Place::take(&waiting).is_none());
        drop(places);
        assert_eq!(waiting.load(Ordering::SeqCst), 0);
        assert!(Place::take(&waiting).is_some());
    }
}
