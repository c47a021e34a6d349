//! `kill -9` of the server in the middle of many people's mutations: all that was acknowledged is there, nothing is half done.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use super::ledger::{Acknowledged, Snapshot};
use super::person::{Heard, PAUSE, Person};
use super::site::{Folder, Site, explained};
use crate::database::Database;
use crate::process::interrupt;
use crate::server::{Options, Server, Storage};
use crate::soak::dice::Dice;
use crate::soak::system::Postgres;

const PEOPLE: u64 = 6;
const POLL: Duration = Duration::from_millis(2);
/// How long the private Postgres may outlive its killed server.
const ORPHAN: Duration = Duration::from_secs(10);

/// Kills a server on a database that stays, and at last one with a private cluster of its own.
pub fn run(site: &Site<'_>) -> Result<Value> {
    let (rounds, mutations) = (site.sized(20, 2), site.sized(200, 60));
    let mut dice = Dice::new(site.seed, 1);
    let database = site.cluster.create("soak_kills")?;
    let options = site.options(Storage::Database(database.0.clone()), &[])?;
    let mut server = site.start(&options)?;
    let mut people = gather(&options, site.seed)?;
    let mut slowest = Duration::ZERO;
    for _ in 0..rounds {
        let at = mutations / 10 + dice.below(mutations * 8 / 10);
        let worked = work(&mut people, at, Some(&mut server));
        explained(worked, &server)?;
        server = restart(site, &options, &mut people, &mut slowest)?;
        check(&database, &mut people)?;
        explained(work(&mut people, mutations.saturating_sub(at), None), &server)?;
    }
    check(&database, &mut people)?;
    server.stop()?;
    let (orphan, acknowledged) = private(site, mutations, &mut dice)?;
    let total = acknowledged + all(&people).len();
    Ok(json!({
        "kills": rounds + 1,
        "acknowledged": total,
        "lost": 0,
        "half_done": 0,
        "restart_s": rounded(slowest),
        "orphan_s": rounded(orphan),
    }))
}

/// The same with a private cluster: killing the server ends its Postgres, and the next start has everything.
fn private(site: &Site<'_>, mutations: usize, dice: &mut Dice) -> Result<(Duration, usize)> {
    let folder = Folder::new()?;
    let options = site.options(Storage::Folder(folder.0.clone()), &[])?;
    let mut server = site.start(&options)?;
    let mut people = gather(&options, site.seed + 1)?;
    let Some(postgres) = Postgres::of_server(server.id()) else { bail!("the server has a private Postgres") };
    work(&mut people, mutations / 4 + dice.below(mutations / 2), Some(&mut server))?;
    let killed = Instant::now();
    while postgres.is_alive() {
        interrupt::check()?;
        ensure!(killed.elapsed() < ORPHAN, "Postgres still runs {ORPHAN:?} after its server was killed");
        std::thread::sleep(POLL);
    }
    let orphan = killed.elapsed();
    let server = restart(site, &options, &mut people, &mut Duration::default())?;
    let Some(postgres) = Postgres::of_server(server.id()) else { bail!("the server has a private Postgres again") };
    check(&postgres.database()?, &mut people)?;
    Ok((orphan, all(&people).len()))
}

pub fn gather(options: &Options, seed: u64) -> Result<Vec<Person>> {
    let person = |who| {
        let email = format!("person{seed}x{who}@example.com");
        Person::new(options.listen.console, email, Dice::new(seed, 100 + who))
    };
    (0..PEOPLE).map(person).collect()
}

/// Lets everybody work until `mutations` were acknowledged; then the server is killed, and nobody stops before they notice.
pub fn work(people: &mut [Person], mutations: usize, victim: Option<&mut Server>) -> Result<()> {
    let (done, over, killing) = (AtomicUsize::new(0), AtomicBool::new(false), victim.is_some());
    let live = |person: &mut Person| -> Result<()> {
        while !over.load(Ordering::SeqCst) && !interrupt::requested() {
            match person.act()? {
                Heard::Yes => {}
                Heard::Later => {
                    std::thread::sleep(PAUSE);
                    continue;
                }
                Heard::No => {
                    let known = killing && done.load(Ordering::SeqCst) >= mutations;
                    ensure!(known, "the server hung up on {} and was not killed", person.email);
                    return Ok(());
                }
            }
            if done.fetch_add(1, Ordering::SeqCst) + 1 >= mutations && !killing {
                return Ok(());
            }
        }
        Ok(())
    };
    // The first trouble ends the others' work too.
    let live = |person: &mut Person| live(person).inspect_err(|_| over.store(true, Ordering::SeqCst));
    std::thread::scope(|scope| {
        let threads: Vec<_> = people.iter_mut().map(|person| scope.spawn(|| live(person))).collect();
        let working = || threads.iter().any(|thread| !thread.is_finished());
        while working() && done.load(Ordering::SeqCst) < mutations && !interrupt::requested() {
            std::thread::sleep(POLL);
        }
        let killed = victim.map_or(Ok(()), |server| server.kill9().map(drop));
        let ends = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a person panicked")));
        let result = ends.fold(killed, Result::and);
        interrupt::check()?;
        result
    })
}

fn restart(site: &Site<'_>, options: &Options, people: &mut [Person], slowest: &mut Duration) -> Result<Server> {
    let begun = Instant::now();
    let server = site.start(options)?;
    *slowest = (*slowest).max(begun.elapsed());
    people.iter_mut().for_each(Person::reconnect);
    Ok(server)
}

/// Everything acknowledged is in the database, nothing is half done, and everybody is still signed in.
pub fn check(database: &Database, people: &mut [Person]) -> Result<()> {
    Snapshot::take(database)?.check(&all(people))?;
    for person in people {
        ensure!(person.is_signed_in()?, "the session of {} is gone", person.email);
    }
    Ok(())
}

pub fn all(people: &[Person]) -> Vec<Acknowledged> {
    people.iter().flat_map(|person| person.acknowledged.iter().cloned()).collect()
}

/// In seconds.
pub fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 100.0).round() / 100.0
}
