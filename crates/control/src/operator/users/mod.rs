//! All users of the server.

pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod reset_link;
pub mod set_operator;
pub mod store;

use crate::identity::User;
use time::OffsetDateTime;

/// A user as operators see them.
#[derive(Debug, Clone)]
pub struct UserSummary {
    pub user: User,
    pub orgs: u32,
    pub second_factor: bool,
    /// Signed up and has not followed the link that was mailed.
    pub pending: bool,
    pub last_seen_at: Option<OffsetDateTime>,
}
