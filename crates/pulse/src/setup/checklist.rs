//! Is the database prepared? Read from itself, each point with what to run where it is not.

use upstream::{ConnectionString, Dialer};

use super::{TableName, Tables, publication, session, store};
use crate::{
    Error,
    wire::{Row, identifier},
};

/// The oldest version, as in `server_version_num`.
const OLDEST: u32 = 12;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Check {
    /// PostgreSQL 12 or later.
    Version,
    /// A server that is written to, no standby.
    Primary,
    /// `wal_level = logical`.
    WalLevel,
    /// A replication slot is free.
    Slots,
    /// A sender of its log is free.
    Senders,
    /// The user may replicate.
    ReplicationRole,
    /// The user may publish what is to be published.
    Publishing,
    /// What updates and deletes of one table tell.
    ReplicaIdentity,
    /// How much log an idle slot may hold.
    WalKept,
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// As it must be.
    Ready,
    /// It works, and would work better.
    Advised,
    /// It does not work like this.
    Missing,
}

/// A point of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What was looked at.
    pub check: Check,
    /// Of which table, where it is about one.
    pub table: Option<TableName>,
    /// How it is.
    pub state: State,
    /// What was found: `replica`, `3 of 10 in use`, `DEFAULT`.
    pub found: String,
    /// What to run.
    pub statement: Option<String>,
    /// Whether the server has to be started again then.
    pub restart: bool,
}

/// Looks at everything that change streams of these tables need.
///
/// A slot and a sender that Pulse uses already count as in use: `is_enabled` says that none more is needed.
///
/// # Errors
/// Where the database cannot be asked.
pub async fn checklist(
    dialer: &Dialer,
    target: &ConnectionString,
    tables: &Tables,
    is_enabled: bool,
) -> Result<Vec<Item>, Error> {
    let (facts, rows) = session(dialer, target, async |connection| {
        Ok((store::facts(connection).await?, store::tables(connection).await?))
    })
    .await?;
    let found = rows.into_iter().map(Table::read).collect::<Result<Vec<_>, _>>()?;
    Ok(Facts::read(facts)?.checklist(tables, &found, is_enabled, "pentaprism", false))
}

fn item(check: Check, state: State, found: impl Into<String>) -> Item {
    Item { check, table: None, state, found: found.into(), statement: None, restart: false }
}

fn ready_if(is_ready: bool) -> State {
    if is_ready { State::Ready } else { State::Missing }
}

/// One row of [`store::facts`].
pub(super) struct Facts {
    pub(super) version: u32,
    wal_level: String,
    is_standby: bool,
    slots: (u32, u32),
    senders: (u32, u32),
    user: String,
    may_replicate: bool,
    is_managed: bool,
    is_superuser: bool,
    database: String,
    may_create: bool,
    slot_keep: Option<String>,
}

impl Facts {
    pub(super) fn read(row: Row) -> Result<Self, Error> {
        let mut row = row.into_iter();
        let mut next = || row.next().flatten();
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).ok_or(Error::NotPostgres);
        let is = |text: Option<String>| text.as_deref() == Some("true");
        Ok(Self {
            version: number(next())?,
            wal_level: next().unwrap_or_default(),
            is_standby: is(next()),
            slots: (number(next())?, number(next())?),
            senders: (number(next())?, number(next())?),
            user: next().unwrap_or_default(),
            may_replicate: is(next()),
            is_managed: is(next()),
            is_superuser: is(next()),
            database: next().unwrap_or_default(),
            may_create: is(next()),
            slot_keep: next(),
        })
    }

    /// The whole list: for what is published by this name, or is to be.
    pub(super) fn checklist(
        &self,
        tables: &Tables,
        found: &[Table],
        is_enabled: bool,
        publication: &str,
        is_published: bool,
    ) -> Vec<Item> {
        let mut items = self.items(is_enabled);
        items.push(match is_published {
            true => item(Check::Publishing, State::Ready, "published"),
            false => self.publishing(tables, found, publication),
        });
        let wanted = |table: &&Table| match tables {
            Tables::All => true,
            Tables::Chosen(chosen) => chosen.contains(&table.name),
        };
        items.extend(found.iter().filter(wanted).map(Table::identity));
        if let Tables::Chosen(chosen) = tables {
            let gone = chosen.iter().filter(|name| found.iter().all(|table| table.name != **name));
            items.extend(gone.map(|name| Item {
                table: Some(name.clone()),
                ..item(Check::ReplicaIdentity, State::Missing, "no such table")
            }));
        }
        items.push(self.wal_kept());
        items
    }

    fn items(&self, is_enabled: bool) -> Vec<Item> {
        let major = self.version / 10_000;
        let mut wal_level = item(Check::WalLevel, ready_if(self.wal_level == "logical"), &self.wal_level);
        if wal_level.state == State::Missing {
            wal_level.statement = Some("ALTER SYSTEM SET wal_level = logical;".to_owned());
            wal_level.restart = true;
        }
        let role = ready_if(self.may_replicate || self.is_managed);
        let mut role = item(Check::ReplicationRole, role, &self.user);
        if role.state == State::Missing {
            role.statement = Some(format!("ALTER ROLE {} WITH REPLICATION;", identifier(&self.user)));
        }
        let standby = if self.is_standby { "standby" } else { "primary" };
        vec![
            item(Check::Version, ready_if(major >= OLDEST), major.to_string()),
            item(Check::Primary, ready_if(!self.is_standby), standby),
            wal_level,
            free(Check::Slots, self.slots, "max_replication_slots", is_enabled),
            free(Check::Senders, self.senders, "max_wal_senders", is_enabled),
            role,
        ]
    }

    fn publishing(&self, tables: &Tables, found: &[Table], publication: &str) -> Item {
        if self.is_superuser {
            return item(Check::Publishing, State::Ready, "superuser");
        }
        let user = identifier(&self.user);
        let grant = format!("GRANT CREATE ON DATABASE {} TO {user};", identifier(&self.database));
        let (found, statement) = match tables {
            Tables::All => {
                // Somebody who may has to make it; afterwards it only needs to be there.
                let statement = publication::statement(publication, tables, self.version / 10_000);
                ("all tables can be published by a superuser only", Some(format!("{statement};")))
            }
            Tables::Chosen(chosen) => {
                let foreign = found.iter().filter(|table| chosen.contains(&table.name) && !table.is_own);
                let owner = |table: &Table| format!("ALTER TABLE {} OWNER TO {user};", table.name.quoted());
                let mut statements: Vec<_> = foreign.map(owner).collect();
                if !self.may_create {
                    statements.insert(0, grant);
                }
                match statements.is_empty() {
                    true => ("owner", None),
                    false => ("not the owner of every table, or not allowed to create", Some(statements.join("\n"))),
                }
            }
        };
        Item { statement: statement.clone(), ..item(Check::Publishing, ready_if(statement.is_none()), found) }
    }

    fn wal_kept(&self) -> Item {
        match self.slot_keep.as_deref() {
            None | Some("-1") => Item {
                statement: (self.version >= 130_000)
                    .then(|| "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';\nSELECT pg_reload_conf();".to_owned()),
                ..item(Check::WalKept, State::Advised, "no limit")
            },
            Some(limit) => item(Check::WalKept, State::Ready, limit),
        }
    }
}

fn free(check: Check, (most, used): (u32, u32), setting: &str, is_enabled: bool) -> Item {
    let mut found = item(check, ready_if(is_enabled || used < most), format!("{used} of {most} in use"));
    if found.state == State::Missing {
        found.statement = Some(format!("ALTER SYSTEM SET {setting} = {};", most.max(used) + 10));
        found.restart = true;
    }
    found
}

/// One row of [`store::tables`].
pub(super) struct Table {
    pub(super) name: TableName,
    identity: String,
    has_key: bool,
    is_own: bool,
}

impl Table {
    pub(super) fn read(row: Row) -> Result<Self, Error> {
        let [Some(schema), Some(name), Some(identity), Some(key), Some(own)] =
            <[_; 5]>::try_from(row).map_err(|_| Error::NotPostgres)?
        else {
            return Err(Error::NotPostgres);
        };
        Ok(Self { name: TableName { schema, name }, identity, has_key: key == "true", is_own: own == "true" })
    }

    /// Without any identity the server refuses updates and deletes of a published table, to everybody.
    fn identity(&self) -> Item {
        let (state, found) = match (self.identity.as_str(), self.has_key) {
            ("f", _) => (State::Ready, "FULL"),
            ("d", true) => (State::Advised, "DEFAULT"),
            ("i", _) => (State::Advised, "INDEX"),
            ("d", false) => (State::Missing, "DEFAULT without a primary key"),
            _ => (State::Missing, "NOTHING"),
        };
        Item {
            table: Some(self.name.clone()),
            statement: (state != State::Ready)
                .then(|| format!("ALTER TABLE {} REPLICA IDENTITY FULL;", self.name.quoted())),
            ..item(Check::ReplicaIdentity, state, found)
        }
    }
}
