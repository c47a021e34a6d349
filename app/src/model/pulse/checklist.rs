//! What a database needs, point by point.

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    Version,
    Primary,
    WalLevel,
    Slots,
    Senders,
    ReplicationRole,
    Publishing,
    ReplicaIdentity,
    WalKept,
}

/// How it is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ready {
    /// It does not work like this.
    Missing,
    /// It works, and would work better.
    Advised,
    Ready,
}

/// One point, or one point of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub point: Point,
    /// `public.users`
    pub table: Option<String>,
    pub ready: Ready,
    pub found: String,
    pub statement: Option<String>,
    pub restart: bool,
}

/// A line of the list: a point, the tables in the same state together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub ready: Ready,
    pub title: &'static str,
    pub found: String,
    /// Why, and what to mind.
    pub help: String,
    pub statement: Option<String>,
}

/// The tables that a line names; more are counted.
const NAMED: usize = 3;

/// The list as it is read.
pub fn lines(items: &[Item]) -> Vec<Line> {
    let mut lines = Vec::new();
    for item in items.iter().filter(|item| item.point != Point::ReplicaIdentity) {
        lines.push(Line {
            ready: item.ready,
            title: title(item.point),
            found: item.found.clone(),
            help: help(item),
            statement: item.statement.clone(),
        });
    }
    for ready in [Ready::Missing, Ready::Advised, Ready::Ready] {
        lines.extend(tables(items, ready));
    }
    lines
}

fn tables(items: &[Item], ready: Ready) -> Option<Line> {
    let of: Vec<_> = items.iter().filter(|item| item.point == Point::ReplicaIdentity && item.ready == ready).collect();
    if of.is_empty() {
        return None;
    }
    let statements: Vec<_> = of.iter().filter_map(|item| item.statement.as_deref()).collect();
    let help = match ready {
        Ready::Ready => "",
        Ready::Advised => {
            "Deletes tell the key alone, and updates leave out long values that did not change. FULL tells the whole row."
        }
        Ready::Missing => "The server refuses updates and deletes of a published table that has no replica identity.",
    };
    Some(Line {
        ready,
        title: title(Point::ReplicaIdentity),
        found: named(&of),
        help: help.to_owned(),
        statement: (!statements.is_empty()).then(|| statements.join("\n")),
    })
}

/// `public.users (DEFAULT), public.notes (FULL) and 12 more`
fn named(items: &[&Item]) -> String {
    let name = |item: &&Item| format!("{} ({})", item.table.as_deref().unwrap_or_default(), item.found);
    let mut text = items.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
    if items.len() > NAMED {
        text.push_str(&format!(" and {} more", items.len() - NAMED));
    }
    text
}

const fn title(point: Point) -> &'static str {
    match point {
        Point::Version => "PostgreSQL 12 or later",
        Point::Primary => "A server that is written to",
        Point::WalLevel => "wal_level is logical",
        Point::Slots => "A replication slot is free",
        Point::Senders => "A WAL sender is free",
        Point::ReplicationRole => "The user may replicate",
        Point::Publishing => "The user may publish the tables",
        Point::ReplicaIdentity => "Replica identity of the tables",
        Point::WalKept => "Limit of the WAL that a slot keeps",
    }
}

fn help(item: &Item) -> String {
    if item.ready == Ready::Ready {
        return String::new();
    }
    let mut sentences = Vec::new();
    match item.point {
        Point::Version => sentences.push("Older servers cannot tell of changes as Pulse reads them."),
        Point::Primary => sentences.push("Give the connection string of the primary server."),
        Point::Publishing => sentences.push("Somebody who may has to run this, or choose tables that the user owns."),
        Point::WalKept => sentences.push("A slot that nobody reads would fill the disk of your database."),
        Point::ReplicationRole => sentences.push("A superuser has to run this."),
        _ => {}
    }
    if item.statement.as_deref().is_some_and(|statement| statement.starts_with("ALTER SYSTEM")) {
        sentences.push("A managed service has a parameter for it instead.");
    }
    if item.restart {
        sentences.push("Restart the server afterwards.");
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, ready: Ready, found: &str) -> Item {
        let statement = (ready != Ready::Ready).then(|| format!("ALTER TABLE {name};"));
        Item {
            point: Point::ReplicaIdentity,
            table: Some(name.into()),
            ready,
            found: found.into(),
            statement,
            restart: false,
        }
    }

    #[test]
    fn tables_in_the_same_state_are_one_line_with_one_text_to_copy() {
        let mut items = vec![table("a", Ready::Ready, "FULL"), table("b", Ready::Missing, "NOTHING")];
        items.extend(["c", "d", "e", "f"].map(|name| table(name, Ready::Advised, "DEFAULT")));
        let lines = lines(&items);
        let shown: Vec<_> = lines.iter().map(|line| (line.ready, line.found.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Ready::Missing, "b (NOTHING)"),
                (Ready::Advised, "c (DEFAULT), d (DEFAULT), e (DEFAULT) and 1 more"),
                (Ready::Ready, "a (FULL)")
            ]
        );
        assert_eq!(
            lines[1].statement.as_deref(),
            Some("ALTER TABLE c;\nALTER TABLE d;\nALTER TABLE e;\nALTER TABLE f;")
        );
        assert_eq!(lines[2].statement, None);
    }

    #[test]
    fn what_is_missing_says_what_to_mind() {
        let statement = Some("ALTER SYSTEM SET wal_level = logical;".to_owned());
        let item = Item {
            point: Point::WalLevel,
            table: None,
            ready: Ready::Missing,
            found: "replica".into(),
            statement,
            restart: true,
        };
        let line = &lines(&[item])[0];
        assert_eq!(line.help, "A managed service has a parameter for it instead. Restart the server afterwards.");
        assert_eq!((line.title, line.found.as_str()), ("wal_level is logical", "replica"));
    }
}
