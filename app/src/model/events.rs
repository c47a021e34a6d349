//! The last changes of a database, as an open page shows them.

use serde::{Deserialize, Serialize};

/// As many are kept in view.
const MOST: usize = 20;

/// A change, for a person to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEvent {
    pub id: String,
    pub action: Action,
    /// `public.users`
    pub table: String,
    /// A JSON object of its columns, long values cut; empty where there is no row.
    pub row: String,
    /// "03:51:07 UTC"
    pub at: String,
}

/// What happened to the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Create,
    Update,
    Delete,
    /// All rows are gone, which is told to no subscriber.
    Truncate,
}

impl Action {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
        }
    }

    pub const fn badge(self) -> &'static str {
        match self {
            Self::Create => "badge badge-ok",
            Self::Update => "badge badge-accent",
            Self::Delete | Self::Truncate => "badge badge-danger",
        }
    }
}

/// Puts new ones before those that are in view, the newest first. Whoever asks twice gets some of them twice.
pub fn add(seen: &mut Vec<SeenEvent>, new: Vec<SeenEvent>) {
    let last = seen.first().map(|event| event.id.clone()).unwrap_or_default();
    let new = new.into_iter().filter(|event| event.id > last);
    seen.splice(0..0, new);
    seen.truncate(MOST);
}

/// The line above them.
pub fn told(seen: &[SeenEvent]) -> String {
    match seen {
        [] => "Waiting for the first event".to_owned(),
        [last, ..] => format!("Last event received at {}", last.at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: usize) -> SeenEvent {
        let (table, at) = ("public.users".into(), format!("03:51:{id:02} UTC"));
        SeenEvent { id: format!("{id:03}"), action: Action::Create, table, row: "{}".into(), at }
    }

    #[test]
    fn the_newest_come_first_once_and_few_stay() {
        let mut seen = Vec::new();
        assert_eq!(told(&seen), "Waiting for the first event");
        add(&mut seen, vec![event(2), event(1)]);
        add(&mut seen, vec![event(3), event(2)]);
        assert_eq!(seen, [event(3), event(2), event(1)]);
        assert_eq!(told(&seen), "Last event received at 03:51:03 UTC");
        add(&mut seen, (4..30).rev().map(event).collect());
        assert_eq!((seen.len(), &seen[0]), (MOST, &event(29)));
    }
}
