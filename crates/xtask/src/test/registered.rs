//! Client suites and soaks: every one that exists.

use anyhow::Result;

use super::context::Context;
use super::stage::Outcome;
use crate::tally::Tally;
use crate::ui::Step;
use crate::{clients, process, soak};

/// The choices of the short soaks; the long ones are for trying others.
const SEED: u64 = 1;

/// Every suite of an official client.
pub fn clients(context: &mut Context, step: &Step) -> Result<Outcome> {
    let mut outcome = Outcome::nothing_yet("none yet");
    for suite in clients::ALL {
        process::interrupt::check()?;
        step.line(suite.name());
        let tally = suite.run(context.workspace, context.ui);
        outcome = outcome.and(match tally {
            Ok(tally) => Outcome { tally: Some(tally), output: format!("{}: {tally}\n", suite.name()) },
            Err(error) => Outcome::failed(format!("{}: {error:#}\n", suite.name())),
        });
    }
    Ok(outcome)
}

/// The short form of every soak; each is one check.
pub fn soaks(context: &mut Context, step: &Step) -> Result<Outcome> {
    let mut outcome = Outcome::nothing_yet("none yet");
    for soak in soak::ALL {
        process::interrupt::check()?;
        step.line(soak.name());
        let seen = soak.run(context.workspace, context.ui, soak::Options { short: true, seed: SEED });
        outcome = outcome.and(match seen {
            Ok(_) => Outcome { tally: Some(Tally::of(true)), output: String::new() },
            Err(error) => Outcome::failed(format!("{}: {error:#}\n", soak.name())),
        });
    }
    Ok(outcome)
}
