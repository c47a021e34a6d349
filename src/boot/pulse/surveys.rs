//! Looks at customers' databases. One that comes too late for its page is there for the next one, so a page never waits long, and a database that is far
//! away is seen all the same.

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use kernel::ResourceId;
use pulse::setup::{self, Names, Survey, Tables};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use upstream::{ConnectionString, Dialer};

/// Each takes a socket, and seconds where a database is silent.
const AT_ONCE: usize = 64;
/// What nobody has asked for by then is out of date.
const KEPT: Duration = Duration::from_secs(30);

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

type Outcome = Result<Survey, String>;
type Looking = Shared<BoxFuture<'static, Outcome>>;

/// The looks whose end nobody has seen yet.
#[derive(Default)]
pub struct Surveys(Mutex<HashMap<ResourceId, Look>>);

struct Look {
    wanted: Wanted,
    begun: Instant,
    looking: Looking,
}

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

    /// Looks at it, for as long as that takes.
    pub async fn look(self, dialer: Arc<Dialer>, resource: ResourceId) -> Outcome {
        let Ok(_place) = PLACES.try_acquire() else {
            return Err("Many databases are being looked at right now. Try again in a few seconds.".to_owned());
        };
        let target = ConnectionString::parse(self.target.expose_secret()).map_err(|error| error.to_string())?;
        let survey = setup::survey(&dialer, &target, &Names::of(resource), &self.tables).await;
        survey.map_err(|error| error.to_string())
    }
}

impl Surveys {
    /// What `look` finds, or one before it whose end nobody has seen. Giving up the wait leaves it to whoever asks next.
    pub async fn of(
        &self,
        resource: ResourceId,
        wanted: Wanted,
        look: impl Future<Output = Outcome> + Send + 'static,
    ) -> Outcome {
        let looking = self.join(resource, wanted, look);
        let outcome = looking.clone().await;
        self.all().retain(|_, seen| !seen.looking.ptr_eq(&looking));
        outcome
    }

    fn join(
        &self,
        resource: ResourceId,
        wanted: Wanted,
        look: impl Future<Output = Outcome> + Send + 'static,
    ) -> Looking {
        let mut all = self.all();
        all.retain(|_, look| look.begun.elapsed() < KEPT);
        if let Some(same) = all.get(&resource).filter(|look| look.wanted.is_same(&wanted)) {
            return same.looking.clone();
        }
        let running = tokio::spawn(look);
        let ended = async { running.await.unwrap_or_else(|_| Err("The database could not be looked at.".to_owned())) };
        let looking = ended.boxed().shared();
        all.insert(resource, Look { wanted, begun: Instant::now(), looking: looking.clone() });
        looking
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ResourceId, Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{sleep, timeout};

    const LATE: Duration = Duration::from_millis(150);

    #[tokio::test]
    async fn what_comes_too_late_is_there_for_the_next_page_once() {
        let (surveys, resource) = (Surveys::default(), "env_0000000000000000000000000".parse().unwrap());
        let wanted = |target: &str| Wanted { target: target.into(), tables: Tables::All };
        let page = async |target, number: &'static str| {
            let look = async move {
                sleep(LATE).await;
                Err(number.to_owned())
            };
            timeout(LATE / 10, surveys.of(resource, wanted(target), look)).await
        };
        assert!(page("a", "first").await.is_err(), "too late");
        sleep(2 * LATE).await;
        assert_eq!(page("a", "second").await, Ok(Err("first".to_owned())), "and there for the next");
        assert!(page("a", "third").await.is_err(), "which has seen it: this one looks anew");
        sleep(2 * LATE).await;
        assert!(page("b", "fourth").await.is_err(), "another database is another look");
    }
}
