//! All plans of the server, and which project has which.

pub mod assign;
pub mod change;
pub mod create;
pub mod delete;
pub mod get;
mod input;
pub mod list;

pub use input::PlanInput;

use crate::Error;
use crate::plans::{Limits, Plan};
use kernel::{Name, Problem};
use serde_json::{Value, json};

/// A plan as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSummary {
    pub plan: Plan,
    /// How many projects have it.
    pub projects: u32,
}

/// "plan_name" is one name in the whole server, whatever its case.
fn name_taken(error: Error) -> Error {
    if error.violates("plan_name") {
        Problem::field("name", "There is a plan with this name already. Choose another.").into()
    } else {
        error
    }
}

/// For the audit.
fn shown(name: &Name, limits: &Limits) -> Value {
    json!({
        "name": name,
        "requests": limits.rate.map(|rate| rate.requests),
        "queued": limits.rate.map(|rate| rate.queued),
        "connections": limits.connections,
        "query_timeout_ms": limits.query_timeout_ms,
        "transaction_timeout_ms": limits.transaction_timeout_ms,
        "response_bytes": limits.response_bytes,
    })
}
