//! Keeps the table in step with the database, over a connection of its own: a console that has used up the pool does not stop data traffic.

use super::store::{self, Position};
use super::{KeyTable, Verifier};
use crate::keys::HashedKey;
use crate::{Ctx, Error};
use sqlx::{ConnectOptions, PgConnection};
use std::io;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// From one poll's start to the next one's at least, whoever asks for one.
const LEAST_GAP: Duration = Duration::from_millis(20);
/// For one statement: a connection that says nothing for longer is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// Keys read by one statement.
const CHUNK: u16 = 10_000;

/// Polls for ever.
pub(super) async fn follow(ctx: &Ctx, verifier: &Verifier) {
    let mut feed = Feed { ctx, table: verifier.table(), connection: None, position: None };
    let mut failing = false;
    loop {
        let started = Instant::now();
        let next = started + verifier.settings.poll;
        match feed.poll().await {
            Ok(()) => {
                verifier.table.mark_fresh(started);
                if std::mem::take(&mut failing) {
                    tracing::info!("API keys are refreshed again");
                }
                sleep_until(started + LEAST_GAP).await;
                tokio::select! {
                    () = sleep_until(next) => {}
                    () = verifier.wake.notified() => {}
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, max_stale = ?verifier.settings.max_stale, "API keys cannot be refreshed; they are refused once stale");
                }
                sleep_until(next).await;
            }
        }
    }
}

struct Feed<'a> {
    ctx: &'a Ctx,
    table: &'a KeyTable,
    connection: Option<PgConnection>,
    /// What the table has seen; none until it was loaded.
    position: Option<Position>,
}

impl Feed<'_> {
    async fn poll(&mut self) -> Result<(), Error> {
        // Taken out: a connection that failed, or whose answer did not come in time, is not put back.
        let mut db = match self.connection.take() {
            Some(db) => db,
            None => in_time(connect(self.ctx)).await?,
        };
        self.position = Some(match &self.position {
            Some(position) => self.advance(&mut db, position).await?,
            None => self.load(&mut db).await?,
        });
        self.connection = Some(db);
        Ok(())
    }

    /// Reads again what has changed since `position`, or everything if the feed does not reach back that far.
    async fn advance(&self, db: &mut PgConnection, position: &Position) -> Result<Position, Error> {
        let Some((position, changed)) = in_time(store::changes(db, position)).await? else {
            tracing::info!("the feed of API keys does not reach back to the last poll; reading all keys again");
            return self.load(db).await;
        };
        for hashes in changed.chunks(usize::from(CHUNK)) {
            let found = in_time(store::keys(db, hashes)).await?;
            let gone = hashes.iter().filter(|hash| found.binary_search_by_key(hash, |(found, _)| found).is_err());
            gone.for_each(|hash| self.table.remove(hash));
            found.into_iter().for_each(|(hash, key)| self.table.put(hash, key));
        }
        Ok(position)
    }

    /// Reads every key. The position is taken first: what changes while the chunks are read is read again by the next poll.
    async fn load(&self, db: &mut PgConnection) -> Result<Position, Error> {
        let position = in_time(store::position(db)).await?;
        let (mut loader, mut last) = (self.table.loader(), None::<HashedKey>);
        loop {
            let page = in_time(store::page(db, last.as_ref(), CHUNK)).await?;
            last = page.last;
            page.keys.into_iter().for_each(|(hash, key)| loader.push(hash, key));
            if last.is_none() {
                break;
            }
        }
        loader.finish();
        Ok(position)
    }
}

async fn connect(ctx: &Ctx) -> Result<PgConnection, Error> {
    let options = ctx.db.connect_options().as_ref().clone().application_name("pentaprism key feed");
    Ok(options.connect().await?)
}

async fn in_time<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|_| Err(Error::Database(sqlx::Error::Io(io::ErrorKind::TimedOut.into()))))
}
