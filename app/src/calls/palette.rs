//! What the command palette offers: every place that the viewer can reach, and what they can do there.

use super::request::signed_in;
use crate::error::ConsoleError;
use crate::model::palette::Item;
use crate::paths;
use control::{Actor, Ctx, Error, orgs, projects, resources};
use kernel::page::PageRequest;
use leptos::server;
use leptos::server_fn::codec::GetUrl;

/// Items in the order in which an empty query shows them.
#[server(endpoint = "palette", input = GetUrl)]
pub async fn palette() -> Result<Vec<Item>, ConsoleError> {
    let (server, signed) = signed_in()?;
    let mut items = super::read(places(&server.ctx, &signed.actor)).await?;
    items.extend([
        item("Pages", "Account", "", paths::ACCOUNT.into(), "profile settings"),
        item("Pages", "Security and sessions", "", paths::ACCOUNT_SECURITY.into(), "password sign out everywhere"),
        item("Pages", "Help", "", paths::HELP.into(), "documentation"),
        item("Actions", "Create organization", "", paths::NEW_ORG.into(), "new workspace"),
    ]);
    Ok(items)
}

async fn places(ctx: &Ctx, actor: &Actor) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    let mut actions = Vec::new();
    for org in orgs::list::list(ctx, actor).await? {
        let name = org.name.to_string();
        actions.push(item("Actions", "Create project", &name, paths::new_project(org.id), "new"));
        for row in projects::list::list(ctx, actor, org.id, "", PageRequest::new(1)).await?.items {
            let (id, project) = (row.project.id, row.project.name.to_string());
            items.push(item("Projects", &project, &name, paths::project(id), "dashboard"));
            items.push(item(
                "Projects",
                &format!("{project} settings"),
                &name,
                paths::project_settings(id),
                "rename delete",
            ));
            items.push(item(
                "Projects",
                &format!("{project} API keys"),
                &name,
                paths::project_keys(id),
                "secret token",
            ));
            actions.push(item("Actions", "New API key", &project, paths::new_project_key(id), "create secret token"));
            for resource in resources::list::list(ctx, actor, id).await? {
                items.push(item(
                    "Resources",
                    resource.name.as_str(),
                    &project,
                    paths::resource(resource.id),
                    "environment database",
                ));
            }
        }
        items.push(item("Organizations", &name, "", paths::org(org.id), "workspace projects"));
        items.push(item("Organizations", &format!("{name} settings"), "", paths::org_settings(org.id), "rename"));
    }
    items.extend(actions);
    Ok(items)
}

fn item(group: &str, label: &str, hint: &str, href: String, keywords: &str) -> Item {
    Item { group: group.into(), label: label.into(), hint: hint.into(), href, keywords: keywords.into() }
}
