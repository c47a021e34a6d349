//! Members and invitations as lists show them.

use kernel::{InvitationId, Role, UserId};
use time::OffsetDateTime;

#[derive(Debug, Clone)]
pub struct MemberRow {
    pub user: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub since: OffsetDateTime,
    pub last_seen_at: Option<OffsetDateTime>,
    /// The viewer's own row.
    pub own: bool,
}

#[derive(Debug, Clone)]
pub struct InvitationRow {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub invited_by: Option<String>,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

/// What the holder of an invitation's link sees.
#[derive(Debug, Clone)]
pub struct Invited {
    pub org: String,
    pub email: String,
    pub role: Role,
    pub invited_by: Option<String>,
}

/// A link that was made a moment ago, on its one showing.
#[derive(Debug, Clone)]
pub struct NewLink {
    pub link: String,
    /// It is on its way by mail, too.
    pub mailed: bool,
}
