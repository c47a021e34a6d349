//! Members and invitations.

use super::request::{actor, is_prefetch, origin, server, signed_in};
use super::{read, respond, take};
use crate::error::ConsoleError;
use crate::model::member::{InvitationRow, Invited, MemberRow, NewLink};
use crate::paths;
use control::identity::sessions::parcel;
use control::mail::links;
use control::orgs::invitations::invite::InviteInput;
use control::orgs::{invitations, members};
use kernel::page::{Page, PageRequest};
use kernel::{InvitationId, OrgId, Problem, UserId};
use leptos::server;
use secrecy::ExposeSecret;

/// Invites an address and leads to the page that shows the link once.
#[server(endpoint = "members/invite")]
pub async fn invite_member(org: OrgId, email: String, role: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let new = invitations::invite::invite(&server.ctx, &actor, org, InviteInput { email, role })
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::with_query(&paths::org_members(org), "invited", &new.id.to_string()), "")
}

#[server(endpoint = "members/revoke-invitation")]
pub async fn revoke_invitation(org: OrgId, invitation: InvitationId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    invitations::revoke::revoke(&server.ctx, &actor, org, invitation).await.map_err(control::Error::into_problem)?;
    respond::go(paths::org_members(org), "The invitation is revoked. Its link stopped working.")
}

#[server(endpoint = "members/accept-invitation")]
pub async fn accept_invitation(token: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let org = invitations::answer::accept(&server.ctx, &actor, &token).await.map_err(control::Error::into_problem)?;
    respond::go(paths::org(org), "Welcome to the organization.")
}

#[server(endpoint = "members/decline-invitation")]
pub async fn decline_invitation(token: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    invitations::answer::decline(&server.ctx, &actor, &token).await.map_err(control::Error::into_problem)?;
    respond::go(paths::HOME, "The invitation is declined.")
}

#[server(endpoint = "members/change-role")]
pub async fn change_role(org: OrgId, user: UserId, role: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    members::change_role::change_role(&server.ctx, &actor, org, user, &role)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(paths::org_members(org), "The role is changed.")
}

#[server(endpoint = "members/remove")]
pub async fn remove_member(org: OrgId, user: UserId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    members::remove::remove(&server.ctx, &actor, org, user).await.map_err(control::Error::into_problem)?;
    respond::go(paths::org_members(org), "The member is removed. Their access ended at once.")
}

#[server(endpoint = "members/leave")]
pub async fn leave_org(org: OrgId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    members::leave::leave(&server.ctx, &actor, org).await.map_err(control::Error::into_problem)?;
    respond::go(paths::HOME, "You left the organization.")
}

/// One page of the organization's members.
pub async fn member_rows(org: OrgId, search: &str, request: PageRequest) -> Result<Page<MemberRow>, Problem> {
    let (server, signed) = signed_in()?;
    let page = read(members::list::list(&server.ctx, &signed.actor, org, search, request)).await?;
    Ok(page.map(|member| row(member, signed.actor.user)))
}

/// One member.
pub async fn member_row(org: OrgId, user: &str) -> Result<MemberRow, Problem> {
    let user = super::place::parse::<UserId>(user, "member")?;
    let (server, signed) = signed_in()?;
    let member = read(members::get::get(&server.ctx, &signed.actor, org, user)).await?;
    Ok(row(member, signed.actor.user))
}

fn row(member: members::Member, viewer: UserId) -> MemberRow {
    MemberRow {
        own: member.user == viewer,
        user: member.user,
        name: member.name.to_string(),
        email: member.email.to_string(),
        role: member.role,
        since: member.since,
        last_seen_at: member.last_seen_at,
    }
}

/// The organization's open invitations.
pub async fn invitation_rows(org: OrgId) -> Result<Vec<InvitationRow>, Problem> {
    let (server, signed) = signed_in()?;
    let rows = read(invitations::list::list(&server.ctx, &signed.actor, org)).await?;
    let row = |invitation: invitations::Invitation| InvitationRow {
        id: invitation.id,
        email: invitation.email.to_string(),
        role: invitation.role,
        invited_by: invitation.invited_by,
        created_at: invitation.created_at,
        expires_at: invitation.expires_at,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The link of an invitation that was made a moment ago, once.
pub async fn take_new_invitation(id: &str) -> Result<Option<NewLink>, Problem> {
    let Ok(id) = id.parse::<InvitationId>() else { return Ok(None) };
    if is_prefetch() {
        return Ok(None);
    }
    let (server, signed) = signed_in()?;
    let token = take(parcel::take(&server.ctx, &signed.actor, &id.to_string())).await?;
    let rules = &server.ctx.rules;
    let link = |token: &str| links::invitation(&rules.public_url, token);
    Ok(token.map(|token| NewLink { link: link(token.expose_secret()), mailed: rules.mail }))
}

/// What an invitation's link invites to; the one read that needs nobody to be signed in.
pub async fn invited(token: &str) -> Result<Invited, Problem> {
    let server = server()?;
    let invitation = read(invitations::look_up::look_up(&server.ctx, &origin(), token)).await?;
    Ok(Invited {
        org: invitation.org_name.to_string(),
        email: invitation.email.to_string(),
        role: invitation.role,
        invited_by: invitation.invited_by,
    })
}
