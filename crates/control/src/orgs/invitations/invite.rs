use super::{LIFE, NewInvitation, store};
use crate::audit::Entry;
use crate::identity::sessions::parcel;
use crate::identity::throttle::Subject;
use crate::identity::{self, hash_token};
use crate::mail::{self, Letter};
use crate::orgs::{self, members};
use crate::rights::Right;
use crate::{Actor, Ctx, Error};
use kernel::problem::Fields;
use kernel::{Email, InvitationId, OrgId, Problem, Role};
use serde_json::json;

/// Open invitations of one organization at most.
const MOST_OPEN: i64 = 200;

/// What the form asks.
#[derive(Debug)]
pub struct InviteInput {
    pub email: String,
    pub role: String,
}

/// Invites an address, or renews its open invitation: the earlier link stops working. Only owners invite owners.
pub async fn invite(ctx: &Ctx, actor: &Actor, org: OrgId, input: InviteInput) -> Result<NewInvitation, Error> {
    let mut tx = ctx.db.begin().await?;
    let own = orgs::require_alone(&mut tx, actor, org, Right::ManageMembers).await?;
    let mut fields = Fields::default();
    let email = fields.check("email", input.email.parse::<Email>());
    let role = fields.check("role", input.role.parse::<Role>());
    fields.done()?;
    let (Some(email), Some(role)) = (email, role) else { return Err(Problem::internal().into()) };
    let earlier = store::role_of(&mut tx, org, &email, ctx.now()).await?;
    if role == Role::Owner || earlier == Some(Role::Owner) {
        Right::ManageOwners.check(own)?;
    }
    // Members can see each other's addresses: this tells nothing new.
    if members::store::is_member(&mut tx, org, &email).await? {
        return Err(Problem::field("email", "This address is a member already.").into());
    }
    if earlier.is_none() && store::count_open(&mut tx, org, ctx.now()).await? >= MOST_OPEN {
        return Err(Problem::conflict(format!("There are {MOST_OPEN} open invitations. Revoke one first.")).into());
    }
    ctx.throttle.admit(ctx.now(), &[Subject::Invite(actor.user)])?;

    let inviter =
        identity::store::user(&mut tx, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?;
    let here =
        orgs::store::find_for(&mut tx, org, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?;
    let (token, now) = (ctx.rng.token(), ctx.now());
    let new = store::NewInvitation {
        id: ctx.new_id::<kernel::id::InvitationKind>(),
        org,
        email: &email,
        role,
        token_hash: &hash_token(&token),
        invited_by: actor.user,
        now,
        expires_at: now + LIFE,
    };
    let id: InvitationId = new.id;
    store::replace(&mut tx, new).await?;
    let after = Some(json!({ "email": email, "role": role, "renewed": earlier.is_some() }));
    Entry { action: "invitation.create", org: Some(org), target: &id, before: None, after }
        .record(ctx, &mut tx, actor)
        .await?;
    let letter = Letter::Invitation {
        org: here.name,
        role,
        inviter: inviter.name,
        token: token.clone(),
        expires_at: now + LIFE,
    };
    mail::post(ctx, &mut tx, &email, &letter).await?;
    parcel::put(ctx, &mut tx, actor, &id.to_string(), &token).await?;
    crate::commit(tx).await?;
    Ok(NewInvitation { id, token: token.into(), mailed: ctx.rules.mail })
}
