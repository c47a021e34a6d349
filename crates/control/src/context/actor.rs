//! Who asks.

use kernel::{SessionId, UserId};
use std::net::IpAddr;

/// A signed-in user, as every operation sees them. What they may do in an organization is asked of [`crate::rights`], never stored here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub user: UserId,
    pub session: Option<SessionId>,
    pub operator: bool,
    pub origin: Origin,
}

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address: of the socket, or as a trusted proxy says.
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
}
