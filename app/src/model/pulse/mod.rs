//! Pulse as its pages show it.

mod checklist;

pub use checklist::{Item, Line, Point, Ready, lines};

use super::accelerate::Gateway;
use time::OffsetDateTime;

/// Schema and name.
pub type TableName = (String, String);

/// A resource's Pulse, and how its capture goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    pub persistence: bool,
    pub retention_hours: u32,
    /// All of them where it is none.
    pub tables: Option<Vec<TableName>>,
    pub automatic: bool,
    pub enabled_at: OffsetDateTime,
    pub paused_at: Option<OffsetDateTime>,
    pub removed_at: Option<OffsetDateTime>,
    /// When changes were missed the last time, and why.
    pub gap: Option<(OffsetDateTime, String)>,
    /// The server that captures, with its region while it lives: "3f2a… in us-east-1".
    pub node: Option<String>,
    pub last_minute: u64,
    pub last_event_at: Option<OffsetDateTime>,
    /// What is left of an earlier time is removed first.
    pub is_cleaned: bool,
}

/// A named stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRow {
    pub name: String,
    /// The last event that was acknowledged.
    pub cursor: Option<String>,
    pub waiting: u64,
    pub waiting_since: Option<OffsetDateTime>,
    /// When it acknowledged or connected the last time.
    pub seen_at: OffsetDateTime,
}

/// How a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    pub items: Vec<Item>,
    /// All that can be published.
    pub tables: Vec<TableName>,
    pub slot: Option<Slot>,
    pub is_published: bool,
    pub statements: Statements,
}

/// The replication slot, as its server shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub is_active: bool,
    /// The log that it needs is gone.
    pub is_lost: bool,
    /// Bytes of log that are not captured yet.
    pub lag: Option<u64>,
    /// Bytes of log that the server keeps for it.
    pub held: Option<u64>,
}

/// What somebody runs who does by hand what this server can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statements {
    pub publish: String,
    pub create_slot: String,
    pub end_walsender: String,
    pub drop_slot: String,
    pub drop_publication: String,
}

impl Survey {
    /// Whether nothing of Pulse is in the database.
    pub fn is_gone(&self) -> bool {
        self.slot.is_none() && !self.is_published
    }
}

/// How capture goes, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    Paused,
    /// What an earlier time has left is removed first.
    Cleaning,
    /// People have not made what it needs.
    NotSetUp,
    /// No server has taken it yet.
    NoServer,
    /// A server has it, but the slot is not read.
    Starting,
    Running,
    /// A server has it; the database does not say more.
    Taken,
}

impl Capture {
    /// By what the control plane knows and, where it answered, what the database says.
    pub fn of(pulse: &Pulse, survey: Option<&Survey>) -> Self {
        let is_made = |survey: &Survey| survey.is_published && survey.slot.is_some();
        match survey {
            _ if pulse.paused_at.is_some() => Self::Paused,
            _ if pulse.is_cleaned => Self::Cleaning,
            Some(survey) if !pulse.automatic && !is_made(survey) => Self::NotSetUp,
            _ if pulse.node.is_none() => Self::NoServer,
            None => Self::Taken,
            Some(survey) if survey.slot.is_some_and(|slot| slot.is_active) => Self::Running,
            Some(_) => Self::Starting,
        }
    }
}

/// Why changes were missed.
pub fn gap_reason(code: &str) -> &'static str {
    match code {
        "slot_missing" => "The replication slot was gone.",
        "slot_lost" => "The database had removed WAL that the replication slot still needed.",
        "slot_moved" => "Somebody else had read the replication slot.",
        "other_server" => "The connection string leads to another server.",
        "rewound" => "The database was restored to an earlier time.",
        _ => "The database and the journal did not agree.",
    }
}

/// What the extension takes as its endpoint.
pub fn endpoint(gateway: &Gateway) -> String {
    gateway.url.replacen("http", "ws", 1)
}

/// `0 B`, `12 kB`, `3.4 GB`
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let power = count.checked_ilog(1024).unwrap_or_default().min(4);
    let divisor = 1024_u64.pow(power);
    let (whole, tenth) = (count / divisor, count % divisor * 10 / divisor);
    let unit = UNITS[power as usize];
    if power == 0 || whole >= 10 || tenth == 0 { format!("{whole} {unit}") } else { format!("{whole}.{tenth} {unit}") }
}

/// `12`, `12,345`, `1,234,567`
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_read_short() {
        let told = [0, 1023, 1024, 1536, 10 * 1024 + 500, 5 << 30].map(bytes);
        assert_eq!(told, ["0 B", "1023 B", "1 kB", "1.5 kB", "10 kB", "5 GB"]);
        assert_eq!([7, 999, 12_345, 1_002_003].map(count), ["7", "999", "12,345", "1,002,003"]);
    }

    #[test]
    fn the_endpoint_is_this_servers_by_its_own_protocol() {
        let of = |url: &str| endpoint(&Gateway { url: url.into(), region: "us-east-1".into() });
        assert_eq!(of("http://localhost:3001"), "ws://localhost:3001");
        assert_eq!(of("https://http.example.com"), "wss://http.example.com");
    }

    #[test]
    fn capture_is_what_lease_and_slot_say() {
        let slot = |is_active| Slot { is_active, is_lost: false, lag: None, held: None };
        let survey = |slot, is_published| Survey {
            items: vec![],
            tables: vec![],
            slot,
            is_published,
            statements: Statements {
                publish: String::new(),
                create_slot: String::new(),
                end_walsender: String::new(),
                drop_slot: String::new(),
                drop_publication: String::new(),
            },
        };
        let mut pulse = Pulse {
            persistence: true,
            retention_hours: 72,
            tables: None,
            automatic: true,
            enabled_at: OffsetDateTime::UNIX_EPOCH,
            paused_at: None,
            removed_at: None,
            gap: None,
            node: None,
            last_minute: 0,
            last_event_at: None,
            is_cleaned: false,
        };
        assert_eq!(Capture::of(&pulse, Some(&survey(None, false))), Capture::NoServer);
        pulse.node = Some("here".into());
        assert_eq!(Capture::of(&pulse, None), Capture::Taken);
        assert_eq!(Capture::of(&pulse, Some(&survey(Some(slot(false)), true))), Capture::Starting);
        assert_eq!(Capture::of(&pulse, Some(&survey(Some(slot(true)), true))), Capture::Running);
        pulse.automatic = false;
        assert_eq!(Capture::of(&pulse, Some(&survey(Some(slot(false)), false))), Capture::NotSetUp);
        pulse.paused_at = Some(OffsetDateTime::UNIX_EPOCH);
        assert_eq!(Capture::of(&pulse, None), Capture::Paused);
    }
}
