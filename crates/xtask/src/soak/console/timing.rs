//! What a stranger learns of an address by asking: nothing, neither from the answer nor from how long it takes.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::browser::{Browser, Posted};
use super::person::{self, PASSWORD};
use super::site::Site;
use super::smtp::Sink;
use crate::database::Database;
use crate::process::interrupt;
use crate::server::{Options, Storage};
use crate::soak::client::Answer;
use crate::soak::dice::Dice;
use crate::soak::stats::{self, Comparison};

/// Two samples of one thing look this different once in a thousand times, and then again once in a million: a
/// difference has to show twice, the second time with other addresses.
const ALPHA: f64 = 0.001;
/// However few the samples, no effect may be larger: known and unknown addresses swap places too often to guess.
const MOST_EFFECT: f64 = 0.5;
/// Before anything counts: connections are made and caches filled.
const WARM_UP: usize = 5;
/// Invitations that one person may send at once, by the server's own limit.
const PER_INVITER: usize = 40;

/// The four doors at which somebody names an address.
const DOORS: [&str; 4] = ["sign_in", "reset", "sign_up", "invitation"];

pub fn run(site: &Site<'_>) -> Result<Value> {
    let pairs: usize = site.sized(200, 30);
    let sink = Sink::open()?;
    let database = site.cluster.create("soak_timing")?;
    let mail =
        [("PENTAPRISM__MAIL__SMTP_URL", sink.url()), ("PENTAPRISM__MAIL__FROM", "Soak <soak@example.com>".to_owned())];
    let mail = mail.each_ref().map(|(name, value)| (*name, value.as_str()));
    let options = site.options(Storage::Database(database.0.clone()), &mail)?;
    let mut server = site.start(&options)?;
    let mut stranger = Stranger::new(&options, &database, site.seed, (pairs + WARM_UP) * 2)?;
    let (mut figures, mut medians) = (Map::new(), Map::new());
    for door in DOORS {
        let mut seen = stranger.try_door(door, pairs)?;
        if !seen.passes() {
            seen = stranger.try_door(door, pairs)?;
            ensure!(seen.passes(), "{door} tells known from unknown addresses by its time, twice: {seen:?}");
        }
        figures.insert(format!("{door}_p"), rounded(seen.comparison.p, 4));
        figures.insert(format!("{door}_effect"), rounded(seen.comparison.effect, 3));
        medians.insert(door.to_owned(), json!(seen.medians.map(|median| rounded(median, 2))));
    }
    server.stop()?;
    ensure!(sink.taken() > 0, "no mail was sent");
    figures.insert("median_ms".to_owned(), medians.into());
    Ok(json!({ "timing": figures, "samples": pairs, "letters": sink.taken() }))
}

fn rounded(figure: f64, digits: i32) -> Value {
    let scale = 10_f64.powi(digits);
    ((figure * scale).round() / scale).into()
}

/// What one door showed: times of known and of unknown addresses.
#[derive(Debug)]
struct Seen {
    comparison: Comparison,
    medians: [f64; 2],
}

impl Seen {
    fn passes(&self) -> bool {
        self.comparison.p >= ALPHA && self.comparison.effect.abs() <= MOST_EFFECT
    }
}

/// Somebody who tries addresses.
struct Stranger {
    browser: Browser,
    inviters: Vec<(Browser, String)>,
    dice: Dice,
    /// How many addresses of each kind were used up.
    used: usize,
    invited: usize,
}

impl Stranger {
    /// Fills the database with known addresses, and some of them with an organization to invite to.
    fn new(options: &Options, database: &Database, seed: u64, known: usize) -> Result<Self> {
        let mut dice = Dice::new(seed, 4);
        let mut browser = Browser::new(options.listen.console, person::network(&mut dice));
        browser.form("identity/sign-up", &[("name", "Ada"), ("email", "first@example.com"), ("password", PASSWORD)])?;
        let (wanted, inviting) = (known * DOORS.len(), (known * 2).div_ceil(PER_INVITER));
        // Half of them have a hash of cheaper days; that its password is none does not matter where it is never right.
        database.run(&format!(
            "insert into user_account (id, email, name, password_hash, password_changed_at, email_verified_at, created_at)
             select gen_random_uuid(), 'known' || to_char(n, 'FM00000') || '@example.com', 'Ada',
                    case when n < {inviting} or n % 2 = 0 then password_hash else regexp_replace(password_hash, 'm=[0-9]+', 'm=8192') end,
                    now(), now(), now()
             from user_account, generate_series(0, {wanted}) n where email = 'first@example.com'"
        ))?;
        let mut inviters = Vec::new();
        for number in 0..inviting {
            interrupt::check()?;
            let mut browser = Browser::new(options.listen.console, person::network(&mut dice));
            let email = format!("known{number:05}@example.com");
            let Posted::Done(_) = browser.post("identity/sign-in", &[("email", &email), ("password", PASSWORD)])?
            else {
                bail!("{email} cannot sign in")
            };
            let Posted::Done(next) = browser.post("orgs/create", &[("name", "Acme")])? else {
                bail!("no organization")
            };
            inviters.push((browser, person::last(&next)));
        }
        Ok(Self { browser, inviters, dice, used: 0, invited: 0 })
    }

    /// Names known and unknown addresses by turns, in an order that the dice decide.
    fn try_door(&mut self, door: &str, pairs: usize) -> Result<Seen> {
        let (mut times, mut first) = ([Vec::new(), Vec::new()], None);
        for pair in 0..pairs + WARM_UP {
            interrupt::check()?;
            let begin = usize::from(self.dice.coin());
            for which in [begin, 1 - begin] {
                let word = ["known", "other"][which];
                let (answer, time) = self.name_address(door, &format!("{word}{:05}@example.com", self.used))?;
                let shown = (answer.status, answer.length, answer.header("location").map(str::len));
                let same = *first.get_or_insert(shown);
                ensure!(shown == same, "{door} answers {shown:?} to a {word} address and {same:?} to another");
                ensure!(answer.header("retry-after").is_none(), "{door} throttled the samples");
                if pair >= WARM_UP {
                    times[which].push(time.as_secs_f64() * 1000.0);
                }
            }
            self.used += 1;
        }
        let medians = times.each_ref().map(|sample| stats::quantile(sample, 0.5));
        let [known, unknown] = &times;
        Ok(Seen { comparison: stats::compare(known, unknown), medians })
    }

    fn name_address(&mut self, door: &str, email: &str) -> Result<(Answer, Duration)> {
        // Tries of one network are limited; these come from all over the world.
        self.browser.move_to(person::network(&mut self.dice));
        let wrong = [("email", email), ("password", "a wrong password")];
        let new = [("name", "Ada"), ("email", email), ("password", PASSWORD)];
        let begun = Instant::now();
        let answer = match door {
            "sign_in" => self.browser.form("identity/sign-in", &wrong)?,
            "reset" => self.browser.form("identity/request-reset", &[("email", email)])?,
            "sign_up" => self.browser.form("identity/sign-up", &new)?,
            _ => {
                let place = self.invited / PER_INVITER;
                self.invited += 1;
                let (browser, org) = self.inviters.get_mut(place).context("there are inviters enough")?;
                browser.form("members/invite", &[("org", org.as_str()), ("email", email), ("role", "viewer")])?
            }
        };
        Ok((answer, begun.elapsed()))
    }
}
