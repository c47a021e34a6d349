//! `kill -9` of the private Postgres under a server at work: pages say so, it comes back by itself, nobody is signed out. And one that is only silent.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::browser::Browser;
use super::kills::{all, check, gather, rounded};
use super::person::{Heard, Person};
use super::site::{Folder, Site};
use crate::process::interrupt;
use crate::server::{Server, Storage};
use crate::soak::system::Postgres;

/// Longer than a killed Postgres needs to be started, and to read its log again.
const RECOVERY: Duration = Duration::from_secs(20);
/// Kills in a row of the second outage: each start waits twice as long, so that together they outlast the patience of a page.
const KILLS: usize = 4;
/// What a page gives its queries, and what else it may take.
const PATIENCE: Duration = Duration::from_secs(1);
const GRACE: Duration = Duration::from_millis(250);
const SILENT_PAGES: usize = 6;
const PAUSE: Duration = Duration::from_millis(5);

pub fn run(site: &Site<'_>) -> Result<Value> {
    let folder = Folder::new()?;
    let options = site.options(Storage::Folder(folder.0.clone()), &[])?;
    let mut server = site.start(&options)?;
    let mut people = gather(&options, site.seed + 2)?;
    let watcher = people.first().context("there are people")?.browser.beside();

    let over = AtomicBool::new(false);
    let (times, seen) = std::thread::scope(|scope| {
        let watching = scope.spawn(|| watch(watcher, &over));
        let working: Vec<_> = people.iter_mut().map(|person| scope.spawn(|| work(person, &over))).collect();
        let times = outages(&server, options.listen.console);
        over.store(true, Ordering::SeqCst);
        let worked: Result<()> =
            working.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| bail!("a person panicked")));
        let seen = watching.join().unwrap_or_else(|_| bail!("the watcher panicked"));
        times.and_then(|times| worked.and(seen).map(|seen| (times, seen)))
    })?;
    ensure!(seen.unavailable > 0, "no page said 503 while Postgres was gone");
    let postgres = Postgres::of_server(server.id()).context("Postgres runs again")?;
    check(&postgres.database()?, &mut people)?;
    let slowest = silence(postgres, &mut people.first().context("there are people")?.browser.beside())?;
    server.stop()?;
    Ok(json!({
        "postgres_kills": KILLS + 1,
        "recovery_s": rounded(times[0]),
        "recovery_of_many_s": rounded(times[1]),
        "pages_503": seen.unavailable,
        "pages_200": seen.well,
        "slowest_page_in_silence_s": rounded(slowest),
        "acknowledged_beside": all(&people).len(),
    }))
}

/// One kill, then several in a row; how long each took to be over.
fn outages(server: &Server, console: SocketAddr) -> Result<[Duration; 2]> {
    std::thread::sleep(Duration::from_millis(500));
    let once = outage(server, console, 1)?;
    std::thread::sleep(Duration::from_millis(500));
    Ok([once, outage(server, console, KILLS)?])
}

fn outage(server: &Server, console: SocketAddr, kills: usize) -> Result<Duration> {
    let mut begun = Instant::now();
    for _ in 0..kills {
        let postgres = running(server)?;
        begun = Instant::now();
        postgres.kill9();
        while postgres.is_alive() {
            std::thread::sleep(PAUSE);
        }
    }
    // Ready is who can ask the database; that is whom a load balancer believes.
    running(server)?;
    let mut browser = Browser::new(console, "10.0.0.1".to_owned());
    while browser.get("/readyz").map_or(0, |answer| answer.status) != 200 {
        interrupt::check()?;
        ensure!(begun.elapsed() < RECOVERY, "the server is not ready {RECOVERY:?} after Postgres was killed");
        std::thread::sleep(PAUSE);
    }
    Ok(begun.elapsed())
}

/// The slowest page while the database takes questions and answers none.
fn silence(postgres: Postgres, browser: &mut Browser) -> Result<Duration> {
    ensure!(browser.get("/orgs")?.status == 200, "nobody is signed in before the silence");
    let silent = postgres.freeze();
    let mut slowest = Duration::ZERO;
    for path in ["/orgs", "/account", "/orgs/new", "/account/security", "/"].into_iter().cycle().take(SILENT_PAGES) {
        interrupt::check()?;
        let begun = Instant::now();
        let status = browser.get(path)?.status;
        slowest = slowest.max(begun.elapsed());
        ensure!(status == 503, "{path} answered {status} while the database was silent");
    }
    ensure!(slowest < PATIENCE + GRACE, "a page took {slowest:?} of a silent database; {PATIENCE:?} are its queries'");
    drop(silent);
    let begun = Instant::now();
    while browser.get("/orgs")?.status != 200 {
        interrupt::check()?;
        ensure!(begun.elapsed() < RECOVERY, "no page {RECOVERY:?} after the silence");
        std::thread::sleep(PAUSE);
    }
    Ok(slowest)
}

fn running(server: &Server) -> Result<Postgres> {
    let begun = Instant::now();
    loop {
        interrupt::check()?;
        if let Some(postgres) = Postgres::of_server(server.id()) {
            return Ok(postgres);
        }
        ensure!(begun.elapsed() < RECOVERY, "Postgres was not started again within {RECOVERY:?}");
        std::thread::sleep(PAUSE);
    }
}

/// What a page answered to somebody who is signed in.
#[derive(Debug, Default)]
struct Seen {
    well: usize,
    unavailable: usize,
}

fn watch(mut browser: Browser, over: &AtomicBool) -> Result<Seen> {
    let mut seen = Seen::default();
    while !over.load(Ordering::SeqCst) {
        let answer = browser.get("/orgs")?;
        match answer.status {
            200 => seen.well += 1,
            503 => seen.unavailable += 1,
            status => bail!(
                "while Postgres was gone a page answered {status} {}",
                answer.header("location").unwrap_or_default()
            ),
        }
        std::thread::sleep(PAUSE);
    }
    Ok(seen)
}

/// Works on, whatever comes: while the database is gone a refusal does not say whether something was done.
fn work(person: &mut Person, over: &AtomicBool) -> Result<()> {
    person.believe_refusals = false;
    while !over.load(Ordering::SeqCst) {
        if person.act()? != Heard::Yes {
            std::thread::sleep(PAUSE);
        }
    }
    Ok(())
}
