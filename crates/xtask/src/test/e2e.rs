//! The journeys: Playwright drives a real browser through the console of a real server.
//!
//! `end2end/playwright.config.ts` finds in its environment
//!
//! | variable | what |
//! |---|---|
//! | `PENTAPRISM_E2E_CONSOLE` | address of the console, `http://127.0.0.1:41233` |
//! | `PENTAPRISM_E2E_DATABASE` | URL of a real Postgres for environments, as superuser |
//! | `PENTAPRISM_E2E_CHROMIUM` | the browser |
//! | `PENTAPRISM_E2E_BINARY` | the server's program, for journeys that start one of their own |

use anyhow::{Context as _, Result, bail};

use super::context::Context;
use super::stage::Outcome;
use crate::build::Profile;
use crate::server::{Options, Server, Storage};
use crate::tally::Tally;
use crate::tools::{chromium, node};
use crate::ui::Step;
use crate::{build, files, process, web};

const CONFIG: &str = "end2end/playwright.config.ts";

/// Builds all, starts a server with a private database, and lets the journeys loose on it.
pub fn run(context: &mut Context, step: &Step) -> Result<Outcome> {
    let (workspace, ui) = (context.workspace, context.ui);
    if !workspace.path(CONFIG).is_file() {
        bail!("{CONFIG} is missing, so there are no journeys");
    }
    let browser = chromium::ensure(step)?;
    node::install(workspace, ui, "end2end")?;
    web::make(workspace, ui)?;
    let binary = build::server(workspace, ui, Profile::Debug)?;
    let database = context.database_url(step)?;
    let mut options = Options::throwaway(binary.clone(), Storage::Temporary)?;
    // Every journey begins with an account of its own.
    options.env.push(("PENTAPRISM__IDENTITY__SIGN_UP".to_owned(), "open".to_owned()));
    // And one of them comes from a network of its own.
    options.env.push(("PENTAPRISM__CONSOLE__TRUSTED_PROXIES".to_owned(), "[\"127.0.0.1/32\"]".to_owned()));
    // Two browsers and a machine that has more to do: what is late is not what they look at.
    options.env.push(("PENTAPRISM__CONSOLE__PAGE_WAIT_MS".to_owned(), "5000".to_owned()));
    let mut server = Server::start(workspace, &options)?;

    let report = workspace.scratch().join("playwright.json");
    files::write(&report, b"")?;
    let mut command = node::node(workspace, "end2end");
    command.args(["node_modules/@playwright/test/cli.js", "test", "--reporter=line,json"]);
    command.env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report).env("CI", "1");
    command.env("PENTAPRISM_E2E_CONSOLE", server.console()).env("PENTAPRISM_E2E_DATABASE", database);
    command.env("PENTAPRISM_E2E_CHROMIUM", browser).env("PENTAPRISM_E2E_BINARY", binary);
    let finished = process::capture(command, |line| step.line(line))?;
    let log = server.log();
    server.stop()?;

    let tally = Tally::of_playwright(&files::read_text(&report)?).with_context(|| finished.output.clone());
    let mut tally = tally.context("Playwright left no report")?;
    if !finished.status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(Outcome { tally: Some(tally), output: format!("{}\n\nThe server's log:\n\n{log}", finished.output) })
}
