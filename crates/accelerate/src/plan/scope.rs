//! How often each binding is asked for, counted once when the plan is read: whoever asks last may take the value.

use super::{Binding, Let, Node};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
pub(super) struct Wire {
    bindings: Vec<Binding>,
    expr: Box<Node>,
}

impl From<Wire> for Let {
    fn from(wire: Wire) -> Self {
        let Wire { mut bindings, expr } = wire;
        let mut counts = HashMap::<&str, usize>::new();
        expr.names(&mut |name| *counts.entry(name).or_default() += 1);
        let mut uses = Vec::with_capacity(bindings.len());
        // From the last to the first: a binding is asked for by those behind it.
        for binding in bindings.iter().rev() {
            uses.push(counts.get(&*binding.name).copied().unwrap_or_default());
            binding.expr.names(&mut |name| *counts.entry(name).or_default() += 1);
        }
        for (binding, uses) in bindings.iter_mut().rev().zip(uses) {
            binding.uses = uses;
        }
        Self { bindings, expr }
    }
}
