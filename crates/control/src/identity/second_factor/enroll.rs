//! Turning the second factor on: a secret for the app, then a code that proves the app has it.

use super::{Enrollment, purpose, recovery, store, totp};
use crate::audit::Entry;
use crate::identity::confirm_password;
use crate::mail::{self, Notice};
use crate::{Actor, Ctx, Error, identity};
use data_encoding::BASE64;
use kernel::{Email, Problem};
use secrecy::{ExposeSecret, SecretString};

/// Makes a secret for the actor's app; sign-in asks for codes once [`confirm`] has seen one. A second call before that makes another secret.
pub async fn enroll(ctx: &Ctx, actor: &Actor, password: SecretString) -> Result<Enrollment, Error> {
    let user = confirm_password(ctx, actor, password, "password").await?;
    let secret = ctx.rng.bytes::<{ totp::SECRET_LEN }>();
    let sealed = ctx.vault.seal(&purpose(actor.user), &BASE64.encode(&secret))?;
    let mut tx = ctx.db.begin().await?;
    if store::lock_secret(&mut tx, actor.user).await?.is_some_and(|secret| secret.confirmed) {
        return Err(
            Problem::conflict("Two-factor authentication is on already. Turn it off to set up another app.").into()
        );
    }
    store::set_secret(&mut tx, actor.user, &sealed).await?;
    Entry { action: "second_factor.enroll", org: None, target: &actor.user, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    crate::commit(tx).await?;
    Ok(enrollment(&secret, &user.email))
}

/// The secret that waits for its first code, for a page that is shown again. `None` before [`enroll`] and after [`confirm`].
pub async fn pending(ctx: &Ctx, actor: &Actor) -> Result<Option<Enrollment>, Error> {
    let mut tx = ctx.db.begin().await?;
    let user = identity::store::user(&mut tx, actor.user).await?.ok_or_else(|| Problem::not_found("account"))?;
    let secret = store::lock_secret(&mut tx, actor.user).await?.filter(|secret| !secret.confirmed);
    let plain = secret.map(|secret| open(ctx, actor, &secret)).transpose()?;
    Ok(plain.map(|plain| enrollment(&plain, &user.email)))
}

/// Turns the second factor on if the code is one of the waiting secret, and answers the recovery codes: the one time they are shown.
pub async fn confirm(ctx: &Ctx, actor: &Actor, code: &str) -> Result<Vec<SecretString>, Error> {
    super::verify::admit(ctx, actor.user, &actor.origin)?;
    let mut tx = ctx.db.begin().await?;
    let user = identity::store::user(&mut tx, actor.user).await?.ok_or_else(|| Problem::not_found("account"))?;
    let Some(secret) = store::lock_secret(&mut tx, actor.user).await?.filter(|secret| !secret.confirmed) else {
        return Err(Problem::conflict("There is nothing to confirm. Start setting up the app again.").into());
    };
    let plain = open(ctx, actor, &secret)?;
    let step = totp::parse(code).and_then(|typed| totp::accept(&plain, typed, ctx.now(), secret.last_step));
    let step = step.ok_or_else(|| {
        Problem::field("code", "This is not the app's code now. Check the clock of the phone and type the next one.")
    })?;
    store::confirm(&mut tx, actor.user, ctx.now()).await?;
    store::set_last_step(&mut tx, actor.user, step).await?;
    let codes = recovery::replace(ctx, &mut tx, actor.user).await?;
    Entry { action: "second_factor.confirm", org: None, target: &actor.user, before: None, after: None }
        .record(ctx, &mut tx, actor)
        .await?;
    mail::post(ctx, &mut tx, &user.email, &Notice::SecondFactorOn.into()).await?;
    recovery::put_aside(ctx, &mut tx, actor, &codes).await?;
    crate::commit(tx).await?;
    Ok(codes)
}

/// The bytes of a sealed secret.
pub(super) fn open(ctx: &Ctx, actor: &Actor, secret: &store::Secret) -> Result<Vec<u8>, Error> {
    let plain = ctx.vault.open(&purpose(actor.user), &secret.sealed)?;
    BASE64
        .decode(plain.expose_secret().as_bytes())
        .map_err(|_| Error::inconsistent("user_account", "totp_secret", actor.user))
}

fn enrollment(secret: &[u8], email: &Email) -> Enrollment {
    Enrollment { secret: totp::base32(secret).into(), url: totp::url(secret, email).into() }
}
