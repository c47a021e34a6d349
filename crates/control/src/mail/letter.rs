//! What is to be said, before it is a message.

use kernel::{Name, Role};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A letter in the outbox.
///
/// The ones that anybody can ask for hold nothing but their kind: whether the address has an account is looked at when the letter goes out, so
/// asking does the same work, and takes the same time, for every address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Letter {
    /// A link that proves the address, if somebody waits for it.
    VerifyEmail,
    /// To the owner of an account whose address somebody signed up with.
    AlreadyRegistered,
    /// A link to choose a new password, if there is such an account.
    ResetPassword,
    /// A link to join an organization.
    Invitation {
        org: Name,
        role: Role,
        inviter: Name,
        /// The link's secret: the reason why letters are sealed.
        token: String,
        #[serde(with = "time::serde::timestamp")]
        expires_at: OffsetDateTime,
    },
    /// Word to an account's owner of what was just done to it.
    Notice { notice: Notice },
}

/// A change that an account's owner should hear of, in case it was not them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    PasswordChanged,
    SecondFactorOn,
    SecondFactorOff,
    RecoveryCodeUsed,
    AccountDeleted,
}

impl Letter {
    /// The kind of a letter that waits in one copy for one address, however often it is asked for.
    pub(super) const fn once(&self) -> Option<&'static str> {
        match self {
            Self::VerifyEmail => Some("verify_email"),
            Self::AlreadyRegistered => Some("already_registered"),
            Self::ResetPassword => Some("reset_password"),
            Self::Invitation { .. } | Self::Notice { .. } => None,
        }
    }
}

impl From<Notice> for Letter {
    fn from(notice: Notice) -> Self {
        Self::Notice { notice }
    }
}
