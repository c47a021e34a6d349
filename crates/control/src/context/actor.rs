//! Who asks.

use kernel::{SessionId, UserId};
use std::net::IpAddr;
use uuid::Uuid;

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

impl Actor {
    /// Whoever runs the program's own command line on the server: an operator who is no user.
    pub fn command_line() -> Self {
        Self { user: UserId::from_uuid(Uuid::nil()), session: None, operator: true, origin: Origin::default() }
    }

    /// Somebody who is not signed in: a member of nothing, who may ask for what needs no account.
    pub fn stranger(origin: Origin) -> Self {
        Self { user: UserId::from_uuid(Uuid::nil()), session: None, operator: false, origin }
    }

    /// A user who has just proven who they are and has no session yet.
    pub fn fresh(user: UserId, origin: Origin) -> Self {
        Self { user, session: None, operator: false, origin }
    }

    /// The user's id, unless this is nobody's account.
    pub fn account(&self) -> Option<UserId> {
        Some(self.user).filter(|user| !user.uuid().is_nil())
    }
}
