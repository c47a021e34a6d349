//! Ctrl-C and its kin: passed on to what runs, then the main thread unwinds and stops the rest in order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::group;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Long enough for a server to finish its requests and for Postgres to write its checkpoint.
const PATIENCE: Duration = Duration::from_secs(60);

/// The error that a command ends with when somebody pressed Ctrl-C.
#[derive(Clone, Copy, Debug)]
pub struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Starts listening. The first signal asks everything to stop; the second, or too long a silence, ends it the hard way.
pub fn install() {
    // Without the handler Ctrl-C would simply end us, so going on is better than refusing to build.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    thread::spawn(move || {
        for _ in signals.forever() {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                give_up();
            }
            group::interrupt_all();
            thread::spawn(|| {
                thread::sleep(PATIENCE);
                give_up();
            });
        }
    });
}

/// Fails once somebody has pressed Ctrl-C: to be called in every loop that waits.
pub fn check() -> Result<(), Interrupted> {
    if requested() { Err(Interrupted) } else { Ok(()) }
}

/// Whether somebody has pressed Ctrl-C.
pub fn requested() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

fn give_up() -> ! {
    group::kill_all();
    std::process::exit(130)
}
