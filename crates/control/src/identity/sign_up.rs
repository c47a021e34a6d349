//! Making an account.

use super::passwords::Password;
use super::sign_in::Proof;
use super::store::NewUser;
use super::throttle::{Network, Subject};
use super::{links, store};
use crate::audit::Entry;
use crate::mail::{self, Letter};
use crate::{Actor, Ctx, Error, Origin};
use kernel::problem::Fields;
use kernel::{Email, Name, Problem, UserId};
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::fmt::Display;

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
    SignedIn(Proof),
    /// "Check your mail", said to known and unknown addresses alike.
    CheckMail,
}

/// Makes the account; the first one becomes the operator.
///
/// On a server that sends mail, the account opens with the link that goes to its address, and the answer, the work and the time are the same when
/// somebody has the address already: that somebody gets a mail that says so. Without mail a taken address is told, and sign-up signs in at once.
pub async fn sign_up(ctx: &Ctx, policy: Policy, origin: Origin, input: SignUpInput) -> Result<SignUp, Error> {
    let mut fields = Fields::default();
    let name = fields.check("name", input.name.parse::<Name>());
    let email = fields.check("email", input.email.parse::<Email>());
    ctx.throttle.admit(ctx.now(), &[Subject::Address(Network::of(origin.address))])?;
    let related = [email.as_ref().map(Email::as_str), name.as_ref().map(Name::as_str)].map(Option::unwrap_or_default);
    let password = fields.check("password", Password::parse(&input.password, &related));
    fields.done()?;
    let (Some(name), Some(email), Some(password)) = (name, email, password) else {
        return Err(Problem::internal().into());
    };
    let hash = ctx.passwords.hash(password, &ctx.rng).await?;
    let mut tx = ctx.db.begin().await?;
    // Where mail is sent, whoever verifies the first address becomes the operator: a mistyped one must not.
    let operator = !ctx.rules.mail && store::claim_operator(&mut tx, ctx.now()).await?;
    let first = operator || !store::is_operator_claimed(&mut tx).await?;
    let allowed = match policy {
        Policy::Open => true,
        Policy::Invite => first || store::is_invited(&mut tx, &email, ctx.now()).await?,
        Policy::Closed => first,
    };
    if !allowed {
        return Err(Problem::forbidden("This server takes new accounts by invitation only. Ask an admin of your organization to invite this address.").into());
    }
    let (id, now): (UserId, _) = (ctx.new_id(), ctx.now());
    let new = NewUser { id, email: &email, name: &name, password_hash: &hash, operator, now };
    let answer = if ctx.rules.mail {
        by_mail(ctx, &mut tx, origin, new).await?;
        SignUp::CheckMail
    } else {
        at_once(ctx, &mut tx, origin, new).await?;
        SignUp::SignedIn(Proof { user: id, password_changed_at: now })
    };
    crate::commit(tx).await?;
    Ok(answer)
}

async fn at_once(ctx: &Ctx, db: &mut PgConnection, origin: Origin, new: NewUser<'_>) -> Result<(), Error> {
    let (actor, after) = (Actor::fresh(new.id, origin), describe(&new));
    store::insert_user(db, new).await.map_err(|error| {
        if error.violates("user_account_email_key") {
            Problem::field("email", "There is an account with this address already. Sign in, or reset its password.")
                .into()
        } else {
            error
        }
    })?;
    record(ctx, db, &actor, "user.sign_up", &actor.user, after).await
}

/// The same statements in the same order whether the address is free, waits to be verified, or is somebody's.
async fn by_mail(ctx: &Ctx, db: &mut PgConnection, origin: Origin, new: NewUser<'_>) -> Result<(), Error> {
    let (email, after) = (new.email.clone(), describe(&new));
    links::store::delete_of_pending(db, &email).await?;
    match store::insert_pending_user(db, new).await? {
        Some(user) => {
            mail::post_for_stranger(ctx, db, &email, &Letter::VerifyEmail).await?;
            record(ctx, db, &Actor::fresh(user, origin), "user.sign_up", &user, after).await
        }
        None => {
            mail::post_for_stranger(ctx, db, &email, &Letter::AlreadyRegistered).await?;
            record(ctx, db, &Actor::stranger(origin), "user.sign_up_again", &email, Value::Null).await
        }
    }
}

fn describe(new: &NewUser<'_>) -> Value {
    json!({ "email": new.email, "name": new.name, "operator": new.operator })
}

async fn record(
    ctx: &Ctx,
    db: &mut PgConnection,
    actor: &Actor,
    action: &'static str,
    target: &(dyn Display + Sync),
    after: Value,
) -> Result<(), Error> {
    Entry { action, org: None, target, before: None, after: Some(after) }.record(ctx, db, actor).await
}
