//! Members: who is in an organization, and as what.

pub mod change_role;
pub mod get;
pub mod leave;
pub mod list;
pub mod remove;
pub mod store;

use kernel::{Email, Name, Problem, Role, UserId};
use time::OffsetDateTime;

/// A member as the others see them.
#[derive(Debug, Clone)]
pub struct Member {
    pub user: UserId,
    pub name: Name,
    pub email: Email,
    pub role: Role,
    /// When they joined.
    pub since: OffsetDateTime,
    /// Their latest request, to the minute; none before the first.
    pub last_seen_at: Option<OffsetDateTime>,
}

/// An organization keeps an owner, whatever happens.
fn last_owner() -> Problem {
    Problem::conflict("An organization needs an owner, and this is the last one. Make another member an owner first.")
}
