//! The database whose changes are told, and who reads them when.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::database::Database;
use crate::process::interrupt;
use crate::soak::system::{self, Held};

/// Rows of one transaction.
const TOGETHER: usize = 20;
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

pub const TABLE: &str = "Item";
/// The columns, as Prisma names their types.
pub const COLUMNS: [(&str, &str); 6] = [
    ("id", "BigInt"),
    ("at", "BigInt"),
    ("name", "String"),
    ("price", "Decimal"),
    ("stock", "Int"),
    ("active", "Boolean"),
];

const SCHEMA: &str = r#"create table "Item" (
    id bigint generated always as identity primary key,
    at bigint not null default (extract(epoch from clock_timestamp()) * 1000000)::bigint,
    name text not null, price numeric(10, 2) not null, stock integer not null, active boolean not null)"#;
/// One change in a transaction of its own, as pgbench makes them.
pub const ONE: &str = r#"insert into "Item" (name, price, stock, active) values ('Item of one', 9.99, 7, true);"#;

pub struct Source {
    pub database: Database,
}

impl Source {
    pub fn prepare(cluster: &Database) -> Result<Self> {
        let database = cluster.create("source")?;
        database.run(SCHEMA)?;
        Ok(Self { database })
    }

    /// Makes so many changes, and answers where the log stands behind them.
    pub fn write(&self, changes: usize) -> Result<String> {
        let transactions = changes / TOGETHER;
        self.database.run(&format!(
            r#"do $$ begin for i in 1..{transactions} loop
                 insert into "Item" (name, price, stock, active) select 'Item number ' || n, n * 1.25, n, n % 2 = 0 from generate_series(1, {TOGETHER}) n;
                 commit;
               end loop; end $$"#
        ))?;
        self.end()
    }

    /// Where the log stands.
    pub fn end(&self) -> Result<String> {
        Ok(self.database.run("select pg_current_wal_insert_lsn()")?.trim().to_owned())
    }

    /// Whom Pulse has published for.
    pub fn publication(&self) -> Result<String> {
        Ok(self.waited("select pubname from pg_publication")?.trim().to_owned())
    }

    pub fn create_slot(&self, name: &str) -> Result<()> {
        self.database.run(&format!("select pg_create_logical_replication_slot('{name}', 'pgoutput')")).map(drop)
    }

    pub fn drop_slot(&self, name: &str) -> Result<()> {
        self.database.run(&format!("select pg_drop_replication_slot('{name}')")).map(drop)
    }

    /// Stops the sender of every slot whose name begins so: what is written meanwhile waits for its readers.
    pub fn hold(&self, slot: &str) -> Result<Held> {
        let pid = format!("select active_pid from pg_replication_slots where slot_name like '{slot}%' and active");
        Ok(system::hold(self.waited(&pid)?.trim().parse()?))
    }

    fn waited(&self, sql: &str) -> Result<String> {
        let begun = Instant::now();
        loop {
            interrupt::check()?;
            let found = self.database.run(sql)?;
            if !found.trim().is_empty() {
                return Ok(found);
            }
            ensure!(begun.elapsed() < PATIENCE, "nothing came of `{sql}` in {PATIENCE:?}");
            std::thread::sleep(POLL);
        }
    }
}
