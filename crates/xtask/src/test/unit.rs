//! Rust's own tests, of every crate, with one cluster behind `DATABASE_URL`.

use anyhow::Result;

use super::context::Context;
use super::stage::Outcome;
use crate::cluster::NATIVE;
use crate::process;
use crate::tally::Tally;
use crate::tools::cache_server;
use crate::ui::Step;

/// Unit tests, integration tests and the examples in the documentation.
pub fn run(context: &mut Context, step: &Step) -> Result<Outcome> {
    cache_server::ensure(step)?;
    // Each `#[sqlx::test]` makes a database of its own there.
    let url = context.database_url(step)?;
    let mut command = context.workspace.cargo("test");
    command.args(NATIVE).arg("--no-fail-fast").env("DATABASE_URL", url);
    let finished = process::capture(command, |line| step.line(line))?;
    let mut tally = Tally::of_libtest(&finished.output);
    if !finished.status.success() && tally.failed == 0 {
        // It did not compile, or a test program died.
        tally.failed = 1;
    }
    Ok(Outcome { tally: Some(tally), output: finished.output })
}
