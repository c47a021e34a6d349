//! What operators do. To everybody else all of it is "not found".

use super::request::{actor, is_prefetch, signed_in};
use super::{read, respond, take};
use crate::error::ConsoleError;
use crate::model::admin::{OrgRow, SettingRow, UserRow, WaitlistRow};
use crate::paths;
use control::identity::sessions::parcel;
use control::mail::links;
use control::operator::settings::SettingKey;
use control::operator::users::create::CreateUserInput;
use control::operator::{orgs, settings, users, waitlist};
use kernel::page::{Page, PageRequest};
use kernel::{OrgId, Problem, Product, UserId};
use leptos::server;
use secrecy::ExposeSecret;

#[server(endpoint = "admin/create-user")]
pub async fn create_user(
    name: String,
    email: String,
    password: String,
    #[server(default)] operator: String,
) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    let input = CreateUserInput { name, email, password: password.into(), operator: operator == "on" };
    users::create::create(&server.ctx, &actor, input).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN, "The account can sign in.")
}

#[server(endpoint = "admin/set-operator")]
pub async fn set_operator(user: UserId, operator: bool) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    users::set_operator::set_operator(&server.ctx, &actor, user, operator)
        .await
        .map_err(control::Error::into_problem)?;
    respond::go(
        paths::ADMIN,
        if operator { "The user is an operator now." } else { "The user is no operator any more." },
    )
}

/// A link by which the user chooses a new password; shown once, for whoever has no mail server.
#[server(endpoint = "admin/reset-link")]
pub async fn make_reset_link(user: UserId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    users::reset_link::reset_link(&server.ctx, &actor, user).await.map_err(control::Error::into_problem)?;
    respond::go(paths::with_query(paths::ADMIN, "link", &user.to_string()), "")
}

#[server(endpoint = "admin/clear-second-factor")]
pub async fn clear_second_factor(user: UserId) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    users::delete::disable_second_factor(&server.ctx, &actor, user).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN, "The user signs in with the password alone now.")
}

#[server(endpoint = "admin/delete-user")]
pub async fn delete_user(user: UserId, confirmation: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    users::delete::delete(&server.ctx, &actor, user, &confirmation).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN, "The account is deleted.")
}

#[server(endpoint = "admin/set-access")]
pub async fn set_access(org: OrgId, product: Product, access: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    orgs::set_access::set_access(&server.ctx, &actor, org, product, &access)
        .await
        .map_err(control::Error::into_problem)?;
    respond::back("The access is changed.")
}

#[server(endpoint = "admin/set-setting")]
pub async fn set_setting(key: String, value: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    settings::set::set(&server.ctx, &actor, setting(&key)?, &value).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN_SETTINGS, "The setting is changed. Every node follows within a second.")
}

#[server(endpoint = "admin/reset-setting")]
pub async fn reset_setting(key: String) -> Result<(), ConsoleError> {
    let (server, actor) = actor()?;
    settings::set::reset(&server.ctx, &actor, setting(&key)?).await.map_err(control::Error::into_problem)?;
    respond::go(paths::ADMIN_SETTINGS, "The configuration's value counts again.")
}

fn setting(key: &str) -> Result<SettingKey, Problem> {
    SettingKey::of(key).ok_or_else(|| Problem::not_found("setting"))
}

pub async fn user_rows(search: &str, request: PageRequest) -> Result<Page<UserRow>, Problem> {
    let (server, signed) = signed_in()?;
    let page = read(users::list::list(&server.ctx, &signed.actor, search, request)).await?;
    Ok(page.map(|summary| row(summary, signed.actor.user)))
}

/// One account.
pub async fn user_row(id: &str) -> Result<UserRow, Problem> {
    let id = super::place::parse::<UserId>(id, "user")?;
    let (server, signed) = signed_in()?;
    let summary = read(users::get::get(&server.ctx, &signed.actor, id)).await?;
    Ok(row(summary, signed.actor.user))
}

fn row(summary: users::UserSummary, viewer: UserId) -> UserRow {
    UserRow {
        id: summary.user.id,
        name: summary.user.name.to_string(),
        email: summary.user.email.to_string(),
        operator: summary.user.operator,
        orgs: summary.orgs,
        second_factor: summary.second_factor,
        pending: summary.pending,
        last_seen_at: summary.last_seen_at,
        created_at: summary.user.created_at,
        own: summary.user.id == viewer,
    }
}

/// Operators alone see the forms of the administration.
pub fn require_operator() -> Result<(), Problem> {
    let (_, signed) = signed_in()?;
    if signed.actor.operator { Ok(()) } else { Err(Problem::not_found("page")) }
}

/// The reset link that was made a moment ago, once.
pub async fn take_reset_link(user: &str) -> Result<Option<String>, Problem> {
    if user.is_empty() || is_prefetch() {
        return Ok(None);
    }
    let (server, signed) = signed_in()?;
    let token = take(parcel::take(&server.ctx, &signed.actor, user)).await?;
    Ok(token.map(|token| links::reset_password(&server.ctx.rules.public_url, token.expose_secret())))
}

pub async fn org_rows(search: &str, request: PageRequest) -> Result<Page<OrgRow>, Problem> {
    let (server, signed) = signed_in()?;
    let page = read(orgs::list::list(&server.ctx, &signed.actor, search, request)).await?;
    Ok(page.map(org_row))
}

pub(super) fn org_row(org: orgs::OrgSummary) -> OrgRow {
    OrgRow {
        id: org.id,
        name: org.name.to_string(),
        members: org.members,
        projects: org.projects,
        accelerate: org.accelerate,
        pulse: org.pulse,
        created_at: org.created_at,
    }
}

pub async fn waitlist_rows(request: PageRequest) -> Result<Page<WaitlistRow>, Problem> {
    let (server, signed) = signed_in()?;
    let page = read(waitlist::list(&server.ctx, &signed.actor, request)).await?;
    Ok(page.map(|row| WaitlistRow {
        org: row.org,
        org_name: row.org_name.to_string(),
        product: row.product,
        requested_by: row.requested_by,
        at: row.at,
    }))
}

pub async fn setting_rows() -> Result<Vec<SettingRow>, Problem> {
    let (server, signed) = signed_in()?;
    let rows = read(settings::list::list(&server.ctx, &signed.actor)).await?;
    let row = |setting: settings::list::Setting| SettingRow {
        key: setting.key.config_key().to_owned(),
        value: setting.value,
        default: setting.default,
        overridden: setting.overridden,
    };
    Ok(rows.into_iter().map(row).collect())
}
