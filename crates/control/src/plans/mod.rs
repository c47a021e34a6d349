//! Plans: what a project may use of Accelerate. Operators make and set them ([`crate::operator::plans`]); members see the one of their project.
//!
//! Nothing to do with the query plans of Prisma Client, which the crate `accelerate` runs.

pub mod of_project;
pub mod store;

use kernel::{Name, PlanId};
use uuid::Uuid;

/// Every project's plan until an operator sets another: no limit.
pub const UNLIMITED: PlanId = PlanId::from_uuid(Uuid::from_u128(0x7000_8000_0000_0000_0001));
/// For trying: ten queries in ten seconds on average, 25 waiting.
pub const SANDBOX: PlanId = PlanId::from_uuid(Uuid::from_u128(0x7000_8000_0000_0000_0002));

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    pub name: Name,
    /// Comes with the product, and stays as it is.
    pub built_in: bool,
    pub limits: Limits,
}

/// What a plan allows; `None` has no limit of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    pub rate: Option<Rate>,
    /// The others bound what a resource's settings may ask.
    pub connections: Option<u32>,
    pub query_timeout_ms: Option<u32>,
    pub transaction_timeout_ms: Option<u32>,
    pub response_bytes: Option<u32>,
}

/// How fast queries may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In ten seconds, on average.
    pub requests: u32,
    /// How many more wait at most; one beyond them is refused.
    pub queued: u32,
}
