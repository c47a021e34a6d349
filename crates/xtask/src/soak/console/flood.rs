//! Thousands of wrong sign-ins at once: memory stays small, other pages stay quick, and everybody gets a proper answer.

use std::net::SocketAddr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::browser::{Browser, Posted, encoded};
use super::kills::gather;
use super::moves::CONNECTION;
use super::person::{self, PASSWORD};
use super::site::{Site, explained};
use crate::process::interrupt;
use crate::server::Storage;
use crate::soak::client::{Answer, Client};
use crate::soak::dice::Dice;
use crate::soak::stats;
use crate::soak::system;

const THREADS: usize = 8;
/// Of the server, in MB.
const MOST_MEMORY: f64 = 300.0;
/// Of the other pages, in ms.
const SLOWEST: f64 = 50.0;
const PAUSE: Duration = Duration::from_millis(3);

pub fn run(site: &Site<'_>) -> Result<Value> {
    let (tries, waves) = (site.sized(2000, 300), site.sized(5, 1));
    let database = site.cluster.create("soak_flood")?;
    let options = site.options(Storage::Database(database.0), &[])?;
    let mut server = site.start(&options)?;
    let address = options.listen.console;
    let mut people = gather(&options, site.seed + 3)?;
    let person = people.first_mut().context("there are people")?;
    let pages = places(&mut person.browser)?;
    let known: Vec<_> = people.iter().map(|person| person.email.clone()).collect();
    let inside = pages.into_iter().map(|page| (people[0].browser.beside(), page));
    let outside = (Browser::new(address, "10.0.0.2".to_owned()), "/sign-in".to_owned());
    let meters: Vec<_> = inside.chain([outside]).collect();

    let over = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let measured =
            meters.into_iter().map(|(browser, path)| scope.spawn(|| measure(browser, path, site.short, &over)));
        let measured: Vec<_> = measured.collect();
        let told: Result<Vec<_>> = (0..waves).map(|wave| flood(address, tries, &known, site.seed + wave)).collect();
        over.store(true, Ordering::SeqCst);
        let pages: Result<Vec<_>> =
            measured.into_iter().map(|meter| meter.join().unwrap_or_else(|_| bail!("a meter panicked"))).collect();
        told.and_then(|told| Ok((told, pages?)))
    });
    let (told, pages) = explained(seen, &server)?;
    let (now, peak) = system::memory(server.id())?;
    let told = told.into_iter().fold(Told::default(), Told::and);
    let p99 = pages.iter().map(|times| stats::quantile(times, 0.99)).fold(0.0, f64::max);
    is_well(address, &people[0].email)?;
    server.stop()?;
    ensure!(peak < MOST_MEMORY, "the server took {peak:.0} MB; {MOST_MEMORY} are allowed");
    ensure!(site.short || told.unavailable == 0, "{} sign-ins found no database", told.unavailable);
    ensure!(site.short || p99 < SLOWEST, "other pages took {p99:.1} ms (p99); {SLOWEST} are allowed");
    Ok(json!({
        "wrong_sign_ins": tries * usize::try_from(waves)?,
        "checked": told.wrong,
        "turned_away": told.turned_away,
        "unavailable": told.unavailable,
        "rss_mb": now.round(),
        "peak_mb": peak.round(),
        "p99_ms": (p99 * 10.0).round() / 10.0,
        "p50_ms": pages.iter().map(|times| (stats::quantile(times, 0.5) * 10.0).round() / 10.0).collect::<Vec<_>>(),
        "pages": pages.iter().map(Vec::len).sum::<usize>(),
    }))
}

/// An organization with a project, a key and an environment, and the pages where people spend their days.
fn places(browser: &mut Browser) -> Result<Vec<String>> {
    let mut make = |endpoint, fields: &[(&str, &str)]| match browser.post(endpoint, fields)? {
        Posted::Done(next) => Ok(person::last(&next)),
        other => bail!("{endpoint} made nothing: {other:?}"),
    };
    let org = make("orgs/create", &[("name", "Acme")])?;
    let project = make("projects/create", &[("org", &org), ("name", "Storefront")])?;
    let fields = [("project", project.as_str()), ("name", "Production"), ("connection_string", CONNECTION)];
    let resource = make("resources/create", &fields)?;
    for name in ["production", "staging", "preview"] {
        make("keys/create", &[("project", &project), ("name", name)])?;
    }
    Ok(vec![
        format!("/orgs/{org}"),
        format!("/projects/{project}"),
        format!("/projects/{project}/settings/keys"),
        format!("/resources/{resource}/keys"),
        format!("/orgs/{org}/members"),
    ])
}

/// How the tries were answered.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// Checked, and wrong.
    wrong: usize,
    /// To try again later.
    turned_away: usize,
    /// The database could not be asked in time: only a machine that is too slow for the flood says so.
    unavailable: usize,
}

impl Told {
    fn and(self, other: Self) -> Self {
        Self {
            wrong: self.wrong + other.wrong,
            turned_away: self.turned_away + other.turned_away,
            unavailable: self.unavailable + other.unavailable,
        }
    }
}

/// All tries are under way before the first answer is read.
fn flood(address: SocketAddr, tries: usize, known: &[String], seed: u64) -> Result<Told> {
    interrupt::check()?;
    let ready = Barrier::new(THREADS);
    let one = |which: usize| -> Result<Told> {
        let mut dice = Dice::new(seed, 1000 + u64::try_from(which)?);
        let clients: std::io::Result<Vec<_>> = (which..tries).step_by(THREADS).map(|_| connected(address)).collect();
        ready.wait();
        let mut clients = clients?;
        for (number, client) in clients.iter_mut().enumerate() {
            ask(client, &mut dice, known, number)?;
        }
        let mut answers =
            clients.iter_mut().map(|client| classify(&client.receive().context("a sign-in got no answer")?));
        answers.try_fold(Told::default(), |sum, told| Ok(sum.and(told?)))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|which| scope.spawn(move || one(which))).collect();
        let parts = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a client panicked")));
        parts.collect::<Vec<_>>().into_iter().try_fold(Told::default(), |sum, told| Ok(sum.and(told?)))
    })
}

fn connected(address: SocketAddr) -> std::io::Result<Client> {
    let mut client = Client::new(address);
    client.connect()?;
    Ok(client)
}

/// Half of them somebody's address, half nobody's; half as a form, half as a program.
fn ask(client: &mut Client, dice: &mut Dice, known: &[String], number: usize) -> Result<()> {
    let nobody = format!("nobody{:x}@example.com", dice.next());
    let email = if dice.coin() { dice.pick(known).unwrap_or(&nobody) } else { &nobody };
    let body = encoded(&[("email", email), ("password", "a wrong password")]);
    let accept = if number.is_multiple_of(2) { "text/html" } else { "application/json" };
    let (network, origin) = (person::network(dice), format!("http://{}", client.address()));
    let headers = [
        ("accept", accept),
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", &origin),
        ("x-forwarded-for", &network),
    ];
    client.post("POST /api/identity/sign-in", &headers, &body)?;
    Ok(())
}

fn classify(answer: &Answer) -> Result<Told> {
    let (later, none) = (answer.header("retry-after").is_some(), Told::default());
    match answer.status {
        303 | 429 if later => Ok(Told { turned_away: 1, ..none }),
        503 if later => Ok(Told { unavailable: 1, ..none }),
        303 if answer.cookie("flash").is_some() => Ok(Told { wrong: 1, ..none }),
        401 if answer.text().contains("The address or the password is wrong.") => Ok(Told { wrong: 1, ..none }),
        status => bail!("a wrong sign-in was answered with {status} {}", answer.text()),
    }
}

/// How long a page takes, in ms, again and again. Where time limits do not count, a page may give up on the database.
fn measure(mut browser: Browser, path: String, slow: bool, over: &AtomicBool) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let begun = Instant::now();
        let answer = browser.get(&path)?;
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        let well = answer.status == 200 || slow && answer.status == 503;
        ensure!(well, "{path} answered {} during the flood", answer.status);
        std::thread::sleep(PAUSE);
    }
    Ok(times)
}

/// Somebody with the right password is let in.
fn is_well(address: SocketAddr, email: &str) -> Result<()> {
    let mut browser = Browser::new(address, "10.0.0.3".to_owned());
    let posted = browser.post("identity/sign-in", &[("email", email), ("password", PASSWORD)])?;
    ensure!(matches!(posted, Posted::Done(_)), "after the flood the right password was refused: {posted:?}");
    ensure!(browser.get("/orgs")?.status == 200, "after the flood the first page does not open");
    Ok(())
}
