//! Making an account.

use super::passwords::Password;
use super::store;
use super::throttle::{Network, Subject};
use crate::audit::Entry;
use crate::{Actor, Ctx, Error, Origin};
use kernel::problem::Fields;
use kernel::{Email, Name, Problem, UserId};
use secrecy::SecretString;
use serde_json::json;

/// What the form asks.
#[derive(Debug)]
pub struct SignUpInput {
    pub name: String,
    pub email: String,
    pub password: SecretString,
}

/// Who may make an account. The first may always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    Open,
    /// Only addresses that an organization has invited.
    Invite,
    Closed,
}

/// What the person who signed up sees next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Signed in at once: this server sends no mail.
    SignedIn(UserId),
    /// "Check your mail", said to known and unknown addresses alike.
    CheckMail,
}

/// Makes the account and answers who it is; the first account becomes the operator.
pub async fn sign_up(ctx: &Ctx, policy: Policy, origin: Origin, input: SignUpInput) -> Result<SignUp, Error> {
    let mut fields = Fields::default();
    let name = fields.check("name", input.name.parse::<Name>());
    let email = fields.check("email", input.email.parse::<Email>());
    let password = fields.check("password", Password::parse(&input.password, &[&input.email, &input.name]));
    fields.done()?;
    let (Some(name), Some(email), Some(password)) = (name, email, password) else {
        return Err(Problem::internal().into());
    };

    ctx.throttle.admit(ctx.now(), &[Subject::Address(Network::of(origin.address))])?;
    let hash = ctx.passwords.hash(password, &ctx.rng).await?;
    let mut tx = ctx.db.begin().await?;
    let first = store::claim_operator(&mut tx, ctx.now()).await?;
    let allowed = match policy {
        Policy::Open => true,
        Policy::Invite => first || store::is_invited(&mut tx, &email, ctx.now()).await?,
        Policy::Closed => first,
    };
    if !allowed {
        return Err(Problem::forbidden("This server takes new accounts by invitation only. Ask an admin of your organization to invite this address.").into());
    }
    let id: UserId = ctx.new_id();
    let new = store::NewUser { id, email: &email, name: &name, password_hash: &hash, operator: first, now: ctx.now() };
    if let Err(error) = store::insert_user(&mut tx, new).await {
        return Err(if error.violates("user_account_email_key") {
            Problem::field("email", "There is an account with this address already. Sign in, or reset its password.")
                .into()
        } else {
            error
        });
    }
    let actor = Actor { user: id, session: None, operator: first, origin };
    let entry = Entry {
        action: "user.sign_up",
        org: None,
        target: &id,
        before: None,
        after: Some(json!({ "email": email, "name": name, "operator": first })),
    };
    entry.record(ctx, &mut tx, &actor).await?;
    tx.commit().await?;
    Ok(SignUp::SignedIn(id))
}
