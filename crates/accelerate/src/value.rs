//! What a node of a plan evaluates to: JavaScript's values, as far as plans meet them.

use bytes::Bytes;
use bytestring::ByteString;
use std::sync::Arc;

/// Cloning is cheap: lists and records are shared until one of two owners changes its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// The value of a node that has none.
    #[default]
    Undefined,
    Null,
    Bool(bool),
    /// A number that is an integer of at most 53 bits.
    Int(i64),
    Float(f64),
    Text(Text),
    /// A value as `JSON.stringify` writes it, of which no part is asked for.
    Json(Text),
    Bytes(Bytes),
    /// Milliseconds since 1970.
    Date(i64),
    List(Arc<Vec<Self>>),
    Record(Arc<Record>),
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text::from(text.into()))
    }

    pub fn list(values: Vec<Self>) -> Self {
        Self::List(Arc::new(values))
    }

    /// An empty list, null or nothing.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::List(values) => values.is_empty(),
            Self::Null | Self::Undefined => true,
            _ => false,
        }
    }

    /// The values of a list; anything else is a list of itself.
    pub fn into_list(self) -> Vec<Self> {
        match self {
            Self::List(values) => Arc::unwrap_or_clone(values),
            other => vec![other],
        }
    }

    /// What `typeof` says, for messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::Float(_) => "number",
            Self::Text(_) => "string",
            Self::Null | Self::Json(_) | Self::Bytes(_) | Self::Date(_) | Self::List(_) | Self::Record(_) => "object",
        }
    }

    /// The number of what a database or a client gives as a number or as its text.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "integers have 53 bits at most")]
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Text(text) => Some(crate::js::number::parse(text)),
            _ => None,
        }
    }
}

impl From<f64> for Value {
    /// An integer where the number is one, so that it prints and compares as such.
    fn from(number: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "checked to be an integer of 53 bits")]
        if number.fract() == 0.0 && number.abs() <= MOST_EXACT && !(number == 0.0 && number.is_sign_negative()) {
            Self::Int(number as i64)
        } else {
            Self::Float(number)
        }
    }
}

/// 2^53 - 1, JavaScript's greatest safe integer.
const MOST_EXACT: f64 = 9_007_199_254_740_991.0;

/// UTF-8 that shares its bytes with the buffer that it was read from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(ByteString);

impl Text {
    pub fn from_utf8(bytes: Bytes) -> Option<Self> {
        ByteString::try_from(bytes).ok().map(Self)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&**self, f)
    }
}

/// The names of a result's columns, shared by its rows.
pub type Names = Arc<[Box<str>]>;

/// A row of a result, or an object: named values in order. Of two with one name the later counts, as in an object's assignments.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    names: Names,
    values: Vec<Value>,
    /// What was added to the row: joined children.
    added: Vec<(Box<str>, Value)>,
}

impl Record {
    pub fn row(names: Names, values: Vec<Value>) -> Self {
        Self { names, values, added: Vec::new() }
    }

    pub fn new(fields: Vec<(Box<str>, Value)>) -> Self {
        Self { names: Arc::new([]), values: Vec::new(), added: fields }
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        let added = self.added.iter().rev().find(|(own, _)| **own == *name).map(|(_, value)| value);
        added.or_else(|| self.values.get(self.names.iter().rposition(|own| **own == *name)?))
    }

    /// The names of the row's own values.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The same as [`Record::get`] for a name of which is known where among the row's names it stands last.
    pub fn get_at(&self, place: usize, name: &str) -> Option<&Value> {
        if self.added.iter().any(|(own, _)| **own == *name) {
            return self.get(name);
        }
        self.values.get(place)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        if let Some(at) = self.added.iter().rposition(|(own, _)| **own == *name) {
            return self.added.get_mut(at).map(|(_, value)| value);
        }
        self.values.get_mut(self.names.iter().rposition(|own| **own == *name)?)
    }

    pub fn set(&mut self, name: &str, value: Value) {
        match self.get_mut(name) {
            Some(old) => *old = value,
            None => self.added.push((name.into(), value)),
        }
    }

    /// Each name once, with the value that counts.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        let names = self.names.iter().zip(&self.values).enumerate();
        let row = names
            .filter(|(at, (name, _))| !self.names[at + 1..].contains(name))
            .map(|(_, (name, value))| (&**name, value));
        row.chain(self.added.iter().map(|(name, value)| (&**name, value)))
    }
}
