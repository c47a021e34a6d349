//! Invitations: an address is asked to join an organization, by mail or by a link that is copied.
//!
//! The link holds 256 random bits of which only the SHA-256 is stored. It works for seven days, for the account of the invited address alone, until it is
//! accepted, declined, revoked or replaced. Whether the address has an account is never looked at before its owner answers.

pub mod answer;
pub mod invite;
pub mod list;
pub mod look_up;
pub mod revoke;
pub mod store;

use kernel::{Email, InvitationId, Name, OrgId, Role};
use secrecy::SecretString;
use time::{Duration, OffsetDateTime};

/// How long an invitation can be accepted.
pub const LIFE: Duration = Duration::days(7);

/// An open invitation.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: InvitationId,
    pub org: OrgId,
    pub org_name: Name,
    pub email: Email,
    pub role: Role,
    /// The inviting member's name, while they have an account.
    pub invited_by: Option<String>,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

/// A new invitation: the one moment at which its link can be copied.
#[derive(Debug)]
pub struct NewInvitation {
    pub id: InvitationId,
    /// The secret in the link; [`crate::mail::links::invitation`] makes the whole of it.
    pub token: SecretString,
    /// Whether the link is on its way by mail, too.
    pub mailed: bool,
}
