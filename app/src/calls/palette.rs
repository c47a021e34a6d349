//! What the command palette offers: every place that the viewer can reach, and what they can do there.

use super::identity::SignOut;
use super::orgs::permissions;
use super::request::signed_in;
use crate::error::ConsoleError;
use crate::model::palette::Item;
use crate::model::permissions::Permissions;
use crate::paths;
use control::projects::directory::Listing;
use control::{Actor, Ctx, Error, orgs, projects};
use kernel::{OrgId, ResourceId};
use leptos::server;
use leptos::server_fn::ServerFn;
use leptos::server_fn::codec::GetUrl;

/// Items in the order in which an empty query shows them.
#[server(endpoint = "palette", input = GetUrl)]
pub async fn palette() -> Result<Vec<Item>, ConsoleError> {
    let (server, signed) = signed_in()?;
    let mut items = super::read(places(&server.ctx, &signed.actor)).await?;
    items.extend([
        item("Pages", "Account", "", paths::ACCOUNT, "profile settings name"),
        item("Pages", "Security and sessions", "", paths::ACCOUNT_SECURITY, "password sign out everywhere"),
        item("Pages", "Second factor", "", paths::ACCOUNT_SECOND_FACTOR, "totp authenticator set up"),
        item("Pages", "Organizations", "", paths::ORGS, "switch workspaces"),
        item("Pages", "Help", "", paths::HELP, "documentation"),
        item("Actions", "Create organization", "", paths::NEW_ORG, "new workspace"),
        item("Actions", "New recovery codes", "", paths::RECOVERY_CODES, "second factor totp"),
        item("Actions", "Turn off second factor", "", paths::DISABLE_SECOND_FACTOR, "totp disable"),
        item("Actions", "Delete account", "", paths::DELETE_ACCOUNT, "remove end"),
        Item { posts: true, ..item("Actions", "Sign out", "", SignOut::url(), "log out leave") },
    ]);
    if signed.actor.operator {
        items.extend([
            item("Administration", "Users", "", paths::ADMIN, "accounts operators"),
            item("Administration", "Create user", "", paths::ADMIN_NEW_USER, "account new"),
            item("Administration", "All organizations", "", paths::ADMIN_ORGS, "access products"),
            item("Administration", "Plans", "", paths::ADMIN_PLANS, "limits throttle sandbox"),
            item("Administration", "Create plan", "", paths::ADMIN_NEW_PLAN, "limits new"),
            item("Administration", "Server settings", "", paths::ADMIN_SETTINGS, "sign-up denied ranges mail"),
            item("Administration", "Waitlist", "", paths::ADMIN_WAITLIST, "requests"),
        ]);
    }
    Ok(items)
}

/// Places first, by their kind; what can be done in them is found by a verb, so it stands behind them all.
async fn places(ctx: &Ctx, actor: &Actor) -> Result<Vec<Item>, Error> {
    let (mut items, mut actions) = (Vec::new(), Vec::new());
    let orgs = orgs::list::list(ctx, actor).await?;
    for listing in projects::directory::directory(ctx, actor).await? {
        if let Some(org) = orgs.iter().find(|org| org.id == listing.org) {
            project(&listing, &permissions(org.role), &mut items, &mut actions);
        }
    }
    for org in orgs {
        organization(org.id, org.name.as_str(), &permissions(org.role), &mut items, &mut actions);
    }
    items.extend(actions);
    Ok(items)
}

fn project(listing: &Listing, may: &Permissions, items: &mut Vec<Item>, actions: &mut Vec<Item>) {
    let (id, name, org) = (listing.id, listing.name.as_str(), listing.org_name.as_str());
    items.extend([
        item("Projects", name, org, &paths::project(id), "dashboard"),
        item("Projects", &format!("{name} API keys"), org, &paths::project_keys(id), "secret token"),
        item("Projects", &format!("{name} settings"), org, &paths::project_settings(id), "rename delete"),
        item("Projects", &format!("{name} Accelerate"), org, &paths::project_accelerate(id), "pool cache"),
        item("Projects", &format!("{name} Pulse"), org, &paths::project_pulse(id), "changes stream"),
    ]);
    if may.manage_keys.is_none() {
        actions.push(item("Actions", "New API Key", name, &paths::new_project_key(id), "create secret token"));
    }
    if may.manage_resource.is_none() {
        actions.push(item("Actions", "Create environment", name, &paths::new_resource(id), "new resource database"));
    }
    if may.delete_project.is_none() {
        actions.push(item("Actions", "Delete project", name, &paths::delete_project(id), "remove"));
    }
    for (resource, label) in &listing.resources {
        self::resource(*resource, label, name, may, items, actions);
    }
    for (key, label) in &listing.keys {
        items.push(item("API keys", label, name, &paths::key(*key), "secret token rotate disable remove"));
    }
}

fn resource(
    id: ResourceId,
    name: &str,
    project: &str,
    may: &Permissions,
    items: &mut Vec<Item>,
    actions: &mut Vec<Item>,
) {
    items.extend([
        item("Resources", name, project, &paths::resource(id), "environment database"),
        item("Resources", &format!("{name} API keys"), project, &paths::resource_keys(id), "secret token"),
        item(
            "Resources",
            &format!("{name} settings"),
            project,
            &paths::resource_settings(id),
            "rename connection delete",
        ),
        item("Resources", &format!("{name} Accelerate"), project, &paths::resource_accelerate(id), "pool cache"),
        item("Resources", &format!("{name} Pulse"), project, &paths::resource_pulse(id), "changes stream"),
    ]);
    if may.manage_keys.is_none() {
        actions.push(item("Actions", "Create API Key", name, &paths::new_resource_key(id), "new secret token"));
    }
    if may.delete_resource.is_none() {
        actions.push(item("Actions", "Delete environment", name, &paths::delete_resource(id), "remove resource"));
    }
}

fn organization(id: OrgId, name: &str, may: &Permissions, items: &mut Vec<Item>, actions: &mut Vec<Item>) {
    items.extend([
        item("Organizations", name, "", &paths::org(id), "workspace projects"),
        item("Organizations", &format!("{name} members"), "", &paths::org_members(id), "people roles"),
        item("Organizations", &format!("{name} usage"), "", &paths::org_usage(id), "operations metrics"),
        item("Organizations", &format!("{name} settings"), "", &paths::org_settings(id), "rename delete"),
    ]);
    if may.create_project.is_none() {
        actions.push(item("Actions", "Create project", name, &paths::new_project(id), "new"));
    }
    if may.manage_members.is_none() {
        actions.push(item("Actions", "Invite member", name, &paths::invite_member(id), "add people"));
    }
    if may.delete_org.is_none() {
        actions.push(item("Actions", "Delete organization", name, &paths::delete_org(id), "remove workspace"));
    }
    actions.push(item("Actions", "Leave organization", name, &paths::leave_org(id), "workspace"));
}

fn item(group: &str, label: &str, hint: &str, href: &str, keywords: &str) -> Item {
    let [group, label, hint, href, keywords] = [group, label, hint, href, keywords].map(str::to_owned);
    Item { group, label, hint, href, keywords, posts: false }
}
