use super::Columns;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// Statements that one connection has parsed, by their text.
#[derive(Debug, Default)]
pub(super) struct Statements {
    known: HashMap<Box<str>, Statement, RandomState>,
    /// Counts uses; the one with the smallest is the first to go.
    clock: u64,
    /// Never reused: a name that was closed cannot meet a late answer.
    named: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub name: Arc<str>,
    /// None for a statement that returns no rows.
    pub columns: Option<Arc<Columns>>,
    used: u64,
}

/// Most statements that a connection keeps parsed.
const MOST: usize = 256;
/// A longer text is parsed each time: it is made of many values and will hardly come again.
const LONGEST: usize = 16 * 1024;

impl Statements {
    pub fn find(&mut self, text: &str) -> Option<Statement> {
        self.clock += 1;
        let statement = self.known.get_mut(text)?;
        statement.used = self.clock;
        Some(statement.clone())
    }

    /// A name under which the text may be parsed, and the name of the statement that makes room for it. `None` for a text that is not kept.
    pub fn reserve(&mut self, text: &str) -> Option<(Arc<str>, Option<Arc<str>>)> {
        if text.len() > LONGEST {
            return None;
        }
        let evicted = if self.known.len() < MOST {
            None
        } else {
            let oldest = self.known.iter().min_by_key(|(_, statement)| statement.used).map(|(text, _)| text.clone());
            oldest.and_then(|text| self.known.remove(&text)).map(|statement| statement.name)
        };
        self.named += 1;
        Some((format!("s{}", self.named).into(), evicted))
    }

    pub fn keep(&mut self, text: &str, name: Arc<str>, columns: Option<Arc<Columns>>) {
        self.known.insert(text.into(), Statement { name, columns, used: self.clock });
    }

    pub fn forget(&mut self, text: &str) {
        self.known.remove(text);
    }

    pub fn forget_all(&mut self) {
        self.known.clear();
    }
}
