//! What the parts run against: a source that dies and comes back, a control database that does too, and a server that captures.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::cluster::Cluster;
use crate::database::Database;
use crate::process::interrupt;
use crate::seeded::Seeded;
use crate::soak::Options;
use crate::socket::{Answered, Socket, Wanted};
use crate::ui::Step;
use crate::workspace::Workspace;

pub const TABLE: &str = "Item";
const COLUMNS: [(&str, &str); 4] = [("id", "BigInt"), ("writer", "Int"), ("tx", "BigInt"), ("seq", "BigInt")];
/// For a server or a database that was killed to be there again.
const RECOVERY: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// Rows, and what was done to them: each change of an item has its line, written in the same transaction.
const SCHEMA: &str = r#"
    create table "Item" (id bigint primary key, writer integer not null, tx bigint not null, seq bigint not null, filler text);
    alter table "Item" replica identity full;
    create table line (writer integer, seq bigint, tx bigint, action text, primary key (writer, seq, action));
    create procedure change(who integer, transactions integer, rows integer) language plpgsql as $$
    declare n bigint; t bigint;
    begin
        for i in 1..transactions loop
            select coalesce(max(seq), 0), coalesce(max(tx), 0) + 1 into n, t from line where writer = who;
            with new as (insert into "Item" (id, writer, tx, seq) select who * 1000000000::bigint + n + k, who, t, n + k from generate_series(1, rows) k returning seq)
                insert into line select who, seq, t, 'create' from new;
            with new as (update "Item" set seq = seq + rows, tx = t where writer = who and seq > n and seq <= n + rows / 2 returning seq)
                insert into line select who, seq, t, 'update' from new;
            with old as (delete from "Item" where writer = who and seq > n + rows and seq <= n + rows + rows / 4 returning seq, tx)
                insert into line select who, seq, tx, 'delete' from old;
            insert into line values (who, n + 2 * rows, t, 'end');
            commit;
        end loop;
    end $$"#;

/// All of it; gone when this is dropped.
pub struct Stage<'a> {
    pub workspace: &'a Workspace,
    pub seeded: Seeded,
    /// The database whose changes are told.
    pub source: Database,
    pub short: bool,
    pub seed: u64,
    _clusters: [Cluster; 2],
}

impl<'a> Stage<'a> {
    pub fn set(workspace: &'a Workspace, binary: PathBuf, step: &Step, options: Options) -> Result<Self> {
        let (control, behind) = (Cluster::restarting(workspace, step)?, Cluster::restarting(workspace, step)?);
        let source = Database(behind.url().to_owned()).create("source")?;
        source.run(SCHEMA)?;
        let env = [("PENTAPRISM__PULSE__EVENT_BYTES", "1048576"), ("PENTAPRISM__PULSE__SUBSCRIBE_CONNECTIONS", "50")];
        let seeded = Seeded::streaming(workspace, binary, &Database(control.url().to_owned()), &source, &env)?;
        let stage =
            Self { workspace, seeded, source, short: options.short, seed: options.seed, _clusters: [control, behind] };
        stage.captured()?;
        Ok(stage)
    }

    /// `long`, or `short` in the short form.
    pub fn sized<T>(&self, long: T, short: T) -> T {
        if self.short { short } else { long }
    }

    pub fn door(&self) -> Result<SocketAddr> {
        Ok(self.seeded.server.data().trim_start_matches("http://").parse()?)
    }

    /// Items as a stream tells them, or live.
    pub fn wanted(&self, stream: Option<&str>) -> Result<Wanted> {
        Ok(Wanted::model(self.door()?, self.seeded.api_key()?, TABLE, &COLUMNS, stream))
    }

    /// Connects, with patience for a server that has just begun or waits for its database.
    pub fn open(wanted: &Wanted) -> Result<Socket> {
        let begun = Instant::now();
        loop {
            interrupt::check()?;
            match wanted.try_open() {
                Ok(Answered::Open(socket)) => return Ok(socket),
                Ok(Answered::Refused(503, _)) | Err(_) if begun.elapsed() < RECOVERY => std::thread::sleep(POLL),
                Ok(Answered::Refused(status, body)) => anyhow::bail!("a subscriber was refused: {status} {body}"),
                Err(error) => return Err(error),
            }
        }
    }

    /// Until changes are captured.
    pub fn captured(&self) -> Result<Duration> {
        let sql = "select count(*) from pg_replication_slots where slot_name like 'pentaprism_%' and active";
        until(RECOVERY, "changes are captured", || Ok(self.source.run(sql).is_ok_and(|count| count.trim() == "1")))
    }

    /// Bytes of log that the slot makes its server keep.
    pub fn held_log(&self) -> Result<u64> {
        let sql = "select coalesce(max(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)), 0)::bigint
                   from pg_replication_slots where slot_name like 'pentaprism_%'";
        Ok(self.source.run(sql)?.trim().parse()?)
    }

    /// A number that the control database has.
    pub fn number(&self, sql: &str) -> Result<i64> {
        self.seeded.control.run(sql)?.trim().parse().with_context(|| sql.to_owned())
    }
}

/// How long it takes until something is so.
pub fn until(patience: Duration, what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<Duration> {
    let begun = Instant::now();
    while !is_so()? {
        interrupt::check()?;
        ensure!(begun.elapsed() < patience, "it is not so within {patience:?} that {what}");
        std::thread::sleep(POLL);
    }
    Ok(begun.elapsed())
}

/// In seconds.
pub fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 100.0).round() / 100.0
}
