//! Doors for fuzzers: each takes any bytes, and must neither panic nor hang.
//!
//! `fuzz/` beside `src/` has the targets of cargo-fuzz; the tests below go in by the same doors with the recorded exchanges and a seeded mutator.

#[cfg(test)]
pub(crate) mod dice;
mod hostile;
#[cfg(test)]
mod mutate;
#[cfg(test)]
mod tests;

pub use hostile::wire;

use crate::interpret::{self, Parameters};
use crate::plan::Node;
use crate::request::{Plans, Query};

/// The plan of a request.
pub fn plan(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(node) = Node::parse(text) {
        node.reads();
    }
}

/// A whole body, twice: the second time its plan is known.
pub fn body(data: &[u8]) {
    let (plans, body) = (Plans::default(), bytes::Bytes::copy_from_slice(data));
    let once = plans.read(&body).and_then(Query::read).map(|(_, _, comment)| comment);
    let twice = plans.read(&body).and_then(Query::read).map(|(_, _, comment)| comment);
    assert_eq!(once, twice, "a plan that is known is read alike");
}

/// Parameters, and how they are told to the database: the first byte chooses their type.
pub fn parameters(data: &[u8]) {
    let Some((kind, json)) = data.split_first() else { return };
    if let Ok(params) = serde_json::from_slice::<Parameters>(json) {
        interpret::encode_all(&params, *kind);
    }
}
