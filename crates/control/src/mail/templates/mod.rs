//! What letters say: a subject, a few sentences, at most one link.

mod render;
mod style;

use super::{Message, Notice};
use kernel::{Email, Name, Role};
use time::OffsetDateTime;
use time::macros::format_description;

/// The words of a letter, the same for its text and its HTML form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    subject: String,
    greeting: String,
    paragraphs: Vec<String>,
    /// A label and where it leads.
    button: Option<(&'static str, String)>,
    /// Why the reader gets this, and what to do if it was not them.
    footer: String,
}

impl Content {
    pub fn to(&self, to: Email) -> Message {
        Message { to, subject: self.subject.clone(), text: render::text(self), html: render::html(self) }
    }
}

pub fn verify_email(name: &Name, link: &str) -> Content {
    Content {
        subject: "Verify your email address".into(),
        greeting: hello(name),
        paragraphs: vec!["Verify this address to finish your account. The link works for 24 hours.".into()],
        button: Some(("Verify email address", link.into())),
        footer: "Somebody signed up with this address. If it was not you, ignore this message: without the link the account stays closed.".into(),
    }
}

pub fn already_registered(name: &Name, link: &str) -> Content {
    Content {
        subject: "You already have an account".into(),
        greeting: hello(name),
        paragraphs: vec![
            "Somebody, probably you, signed up with this address. It has an account already, and nothing was changed."
                .into(),
            "Sign in with your password, or choose a new one with \"Forgot your password?\" on the same page.".into(),
        ],
        button: Some(("Sign in", link.into())),
        footer: "If it was not you, ignore this message: whoever it was learned nothing.".into(),
    }
}

pub fn reset_password(name: &Name, link: &str) -> Content {
    Content {
        subject: "Choose a new password".into(),
        greeting: hello(name),
        paragraphs: vec![
            "Choose a new password for your account. The link works once, for one hour; you will be signed out everywhere.".into(),
        ],
        button: Some(("Choose a new password", link.into())),
        footer: "Somebody asked for this link. If it was not you, ignore this message: your password stays as it is.".into(),
    }
}

pub fn invitation(org: &Name, role: Role, inviter: &Name, expires_at: OffsetDateTime, link: &str) -> Content {
    Content {
        subject: format!("{inviter} invites you to {org}"),
        greeting: "Hello,".into(),
        paragraphs: vec![
            format!("{inviter} invites you to the organization {org} as {}.", with_article(role)),
            format!("Accept with an account of this address. The invitation ends on {}.", date(expires_at)),
        ],
        button: Some(("See the invitation", link.into())),
        footer: "If you do not know the sender, ignore this message: nothing happens without the link.".into(),
    }
}

pub fn notice(notice: Notice, to: &Email, link: &str) -> Content {
    let (subject, sentence) = match notice {
        Notice::PasswordChanged => {
            ("Your password was changed", "Your password was changed, and your other sessions were ended.")
        }
        Notice::SecondFactorOn => (
            "Two-factor authentication is on",
            "Two-factor authentication was turned on: signing in now asks for a code.",
        ),
        Notice::SecondFactorOff => (
            "Two-factor authentication is off",
            "Two-factor authentication was turned off: your password alone opens the account.",
        ),
        Notice::RecoveryCodeUsed => {
            ("A recovery code was used", "Somebody signed in with one of your recovery codes. It does not work again.")
        }
        Notice::AccountDeleted => {
            ("Your account was deleted", "Your account was deleted, with the organizations that nobody else was in.")
        }
    };
    let gone = notice == Notice::AccountDeleted;
    Content {
        subject: subject.into(),
        greeting: "Hello,".into(),
        paragraphs: vec![format!("This concerns your account {to}."), sentence.into()],
        button: (!gone).then(|| ("Sign in", link.into())),
        footer: if gone {
            "If it was not you, tell the operator of this server.".into()
        } else {
            "If it was not you, choose a new password at once and look at the sessions of your account.".into()
        },
    }
}

fn hello(name: &Name) -> String {
    format!("Hello {name},")
}

fn with_article(role: Role) -> &'static str {
    match role {
        Role::Owner => "an owner",
        Role::Admin => "an admin",
        Role::Developer => "a developer",
        Role::Viewer => "a viewer",
    }
}

/// A date that reads the same everywhere, as "27 January 2026, 10:00 UTC".
fn date(at: OffsetDateTime) -> String {
    let format = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests;
