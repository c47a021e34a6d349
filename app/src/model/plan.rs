//! Plans: what a project may use of Accelerate.

use kernel::{PlanId, ProjectId};
use time::OffsetDateTime;

/// A plan as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    pub id: PlanId,
    pub name: String,
    /// Comes with the product, and stays as it is.
    pub built_in: bool,
    pub limits: PlanLimits,
    /// How many projects have it.
    pub projects: u32,
}

/// What a plan allows; a number that is none has no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlanLimits {
    /// In ten seconds, on average; and how many more wait.
    pub requests: Option<u32>,
    pub queued: Option<u32>,
    pub connections: Option<u32>,
    pub query_timeout_ms: Option<u32>,
    pub transaction_timeout_ms: Option<u32>,
    pub response_bytes: Option<u32>,
}

/// The plan of a project as its members see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPlan {
    pub name: String,
    pub limits: PlanLimits,
}

/// A project of an organization as operators see it.
#[derive(Debug, Clone)]
pub struct ProjectPlanRow {
    pub id: ProjectId,
    pub name: String,
    pub plan: PlanId,
    pub created_at: OffsetDateTime,
}

impl PlanLimits {
    /// "10 queries in 10 seconds on average, 25 more wait", and what settings may ask at most.
    pub fn sentence(&self) -> String {
        let most = |number: Option<u32>, what: &str| number.map(|number| format!("at most {number} {what}"));
        let rate = self.requests.map(|requests| {
            let queries = if requests == 1 { "query" } else { "queries" };
            format!("{requests} {queries} in 10 seconds on average, {} more wait", self.queued.unwrap_or_default())
        });
        let parts: Vec<_> = [
            rate,
            most(self.connections, "connections"),
            most(self.query_timeout_ms, "ms for a query"),
            most(self.transaction_timeout_ms, "ms for a transaction"),
            most(self.response_bytes, "bytes in an answer"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() { "no limits".to_owned() } else { parts.join("; ") }
    }
}

impl OwnPlan {
    /// "Sandbox: 10 queries in 10 seconds on average, 25 more wait".
    pub fn line(&self) -> String {
        format!("{}: {}", self.name, self.limits.sentence())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_as_one_line() {
        let line = |limits| OwnPlan { name: "Team".into(), limits }.line();
        assert_eq!(line(PlanLimits::default()), "Team: no limits");
        let sandbox = PlanLimits { requests: Some(10), queued: Some(25), ..PlanLimits::default() };
        assert_eq!(line(sandbox), "Team: 10 queries in 10 seconds on average, 25 more wait");
        let small = PlanLimits { requests: Some(1), queued: Some(0), connections: Some(2), ..PlanLimits::default() };
        assert_eq!(line(small), "Team: 1 query in 10 seconds on average, 0 more wait; at most 2 connections");
    }
}
