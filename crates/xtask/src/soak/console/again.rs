//! `cargo x up` where nothing has changed: how soon a console answers.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::kills::rounded;
use super::site::{Folder, Site};
use crate::process::{Job, Log, interrupt};
use crate::server::{Listen, configured};
use crate::soak::client::Client;

/// What a newcomer waits for on every day but the first.
const LIMIT: Duration = Duration::from_secs(5);
/// The first run makes the cluster, and builds what is missing.
const FIRST: Duration = Duration::from_secs(1200);
const PAUSE: Duration = Duration::from_millis(5);

pub fn run(site: &Site<'_>) -> Result<Value> {
    let folder = Folder::new()?;
    answers_within(site, &folder.0, FIRST)?;
    let again = answers_within(site, &folder.0, LIMIT)?;
    Ok(json!({ "up_again_s": rounded(again) }))
}

/// Runs the command until its console answers, and stops it.
fn answers_within(site: &Site<'_>, data: &Path, limit: Duration) -> Result<Duration> {
    let listen = Listen::free()?;
    let mut command = site.workspace.cargo("x");
    command.arg("up").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("DATABASE_URL").env("PENTAPRISM__STORAGE__DATA_DIR", data);
    for (section, address) in [("CONSOLE", listen.console), ("DATA", listen.data), ("METRICS", listen.metrics)] {
        command.env(configured::variable(section), address.to_string());
    }
    let begun = Instant::now();
    let mut up = Job::spawn(&mut command)?;
    let log = Log::of(up.child());
    let mut client = Client::new(listen.console);
    while client.send("GET /sign-up", &[("accept", "text/html")], "").map_or(0, |answer| answer.status) != 200 {
        interrupt::check()?;
        ensure!(up.ended()?.is_none(), "`cargo x up` ended by itself\n\n{}", log.text().trim_end());
        ensure!(begun.elapsed() < limit, "no console within {limit:?} of `cargo x up`\n\n{}", log.text().trim_end());
        std::thread::sleep(PAUSE);
    }
    let took = begun.elapsed();
    up.stop()?;
    Ok(took)
}
