//! What the command palette offers: every place that the viewer can reach, and what they can do there.

use super::orgs::permissions;
use super::request::signed_in;
use crate::error::ConsoleError;
use crate::model::palette::Item;
use crate::paths;
use control::{Actor, Ctx, Error, orgs, projects};
use leptos::server;
use leptos::server_fn::codec::GetUrl;

/// Items in the order in which an empty query shows them.
#[server(endpoint = "palette", input = GetUrl)]
pub async fn palette() -> Result<Vec<Item>, ConsoleError> {
    let (server, signed) = signed_in()?;
    let mut items = super::read(places(&server.ctx, &signed.actor)).await?;
    items.extend([
        item("Pages", "Account", "", paths::ACCOUNT.into(), "profile settings name"),
        item(
            "Pages",
            "Security and sessions",
            "",
            paths::ACCOUNT_SECURITY.into(),
            "password second factor sign out everywhere",
        ),
        item("Pages", "Organizations", "", paths::ORGS.into(), "switch workspaces"),
        item("Pages", "Help", "", paths::HELP.into(), "documentation"),
        item("Actions", "Create organization", "", paths::NEW_ORG.into(), "new workspace"),
    ]);
    if signed.actor.operator {
        items.extend([
            item("Administration", "Users", "", paths::ADMIN.into(), "accounts operators"),
            item("Administration", "Create user", "", paths::ADMIN_NEW_USER.into(), "account new"),
            item("Administration", "All organizations", "", paths::ADMIN_ORGS.into(), "access products"),
            item("Administration", "Server settings", "", paths::ADMIN_SETTINGS.into(), "sign-up denied ranges mail"),
            item("Administration", "Waitlist", "", paths::ADMIN_WAITLIST.into(), "requests"),
        ]);
    }
    Ok(items)
}

async fn places(ctx: &Ctx, actor: &Actor) -> Result<Vec<Item>, Error> {
    let (mut items, mut actions) = (Vec::new(), Vec::new());
    let orgs = orgs::list::list(ctx, actor).await?;
    for listing in projects::directory::directory(ctx, actor).await? {
        let (id, name, place) = (listing.id, listing.name.as_str(), listing.org_name.as_str());
        items.push(item("Projects", name, place, paths::project(id), "dashboard"));
        items.push(item("Projects", &format!("{name} API keys"), place, paths::project_keys(id), "secret token"));
        items.push(item("Projects", &format!("{name} settings"), place, paths::project_settings(id), "rename delete"));
        let may = orgs.iter().find(|org| org.id == listing.org).map(|org| permissions(org.role)).unwrap_or_default();
        if may.manage_keys.is_none() {
            actions.push(item("Actions", "New API key", name, paths::new_project_key(id), "create secret token"));
        }
        if may.manage_resource.is_none() {
            actions.push(item("Actions", "Create environment", name, paths::new_resource(id), "new resource database"));
        }
        for (resource, label) in &listing.resources {
            items.push(item("Resources", label, name, paths::resource(*resource), "environment database"));
            items.push(item(
                "Resources",
                &format!("{label} API keys"),
                name,
                paths::resource_keys(*resource),
                "secret token",
            ));
        }
    }
    for org in orgs {
        let (id, name, may) = (org.id, org.name.as_str(), permissions(org.role));
        items.push(item("Organizations", name, "", paths::org(id), "workspace projects"));
        items.push(item("Organizations", &format!("{name} members"), "", paths::org_members(id), "people roles"));
        items.push(item("Organizations", &format!("{name} settings"), "", paths::org_settings(id), "rename delete"));
        if may.create_project.is_none() {
            actions.push(item("Actions", "Create project", name, paths::new_project(id), "new"));
        }
        if may.manage_members.is_none() {
            actions.push(item("Actions", "Invite member", name, paths::invite_member(id), "add people"));
        }
    }
    items.extend(actions);
    Ok(items)
}

fn item(group: &str, label: &str, hint: &str, href: String, keywords: &str) -> Item {
    Item { group: group.into(), label: label.into(), hint: hint.into(), href, keywords: keywords.into() }
}
