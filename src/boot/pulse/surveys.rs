//! Looks at customers' databases. One that comes too late for its page is there for the next one, so a page never waits long, and a database that is far
//! away is seen all the same.

use kernel::ResourceId;
use pulse::setup::{self, Names, Survey, Tables};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use upstream::{ConnectionString, Dialer};

/// Each takes a socket, and seconds where a database is silent.
const AT_ONCE: usize = 64;
/// What nobody has asked for by then is out of date.
const KEPT: Duration = Duration::from_secs(30);

type Outcome = Result<Survey, String>;

#[derive(Default)]
pub struct Surveys(Mutex<HashMap<ResourceId, Late>>);

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// What is looked at.
#[derive(Clone)]
pub struct Wanted {
    pub target: SecretString,
    pub tables: Tables,
}

impl Wanted {
    fn is_same(&self, other: &Self) -> bool {
        self.target.expose_secret() == other.target.expose_secret() && self.tables == other.tables
    }
}

/// A look that nobody has seen the end of.
struct Late {
    wanted: Wanted,
    begun: Instant,
    running: JoinHandle<Outcome>,
}

impl Surveys {
    /// Giving up the wait leaves the look to whoever asks next.
    pub async fn of(&self, dialer: &Arc<Dialer>, resource: ResourceId, wanted: Wanted) -> Outcome {
        let late = match self.take(resource, &wanted) {
            Some(late) => late,
            None => {
                let running = tokio::spawn(look(Arc::clone(dialer), resource, wanted.clone()));
                Late { wanted, begun: Instant::now(), running }
            }
        };
        let mut waiting = Waiting { surveys: self, resource, late: Some(late) };
        let outcome = match &mut waiting.late {
            Some(late) => (&mut late.running).await,
            None => return Err("The database was not looked at.".to_owned()),
        };
        waiting.late = None;
        outcome.unwrap_or_else(|_| Err("The database could not be looked at.".to_owned()))
    }

    fn take(&self, resource: ResourceId, wanted: &Wanted) -> Option<Late> {
        let mut all = self.all();
        all.retain(|_, late| late.begun.elapsed() < KEPT);
        all.remove(&resource).filter(|late| late.wanted.is_same(wanted))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ResourceId, Late>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts a look back that is given up.
struct Waiting<'a> {
    surveys: &'a Surveys,
    resource: ResourceId,
    late: Option<Late>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(late) = self.late.take() {
            self.surveys.all().insert(self.resource, late);
        }
    }
}

async fn look(dialer: Arc<Dialer>, resource: ResourceId, wanted: Wanted) -> Outcome {
    let Ok(_place) = PLACES.try_acquire() else {
        return Err("Many databases are being looked at right now. Try again in a few seconds.".to_owned());
    };
    let target = ConnectionString::parse(wanted.target.expose_secret()).map_err(|error| error.to_string())?;
    let survey = setup::survey(&dialer, &target, &Names::of(resource), &wanted.tables).await;
    survey.map_err(|error| error.to_string())
}
