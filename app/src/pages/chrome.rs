//! What surrounds every page below the login: the bar with its breadcrumb, the tabs of the place, banners.

use crate::kit::{Account, Banner, Bar, Crumb, Glyph, MenuLink, Tab, Tone};
use crate::model::place::{OrgPlace, ProjectPlace, ResourcePlace, Sibling, Viewer};
use crate::model::theme::Theme;
use crate::{calls, paths};
use kernel::{OrgId, ProjectId, ResourceId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The banner over everything, if there is anything to say.
pub fn banner() -> AnyView {
    let insecure = calls::identity::insecure_http().then(|| {
        view! { <Banner tone=Tone::Danger>"This console is served over plain http: passwords and keys cross the network in the clear. Put TLS in front of it."</Banner> }
    });
    insecure.into_any()
}

pub fn bar(viewer: &Viewer, crumbs: Vec<Crumb>) -> Bar {
    let mut links = vec![
        MenuLink::new("Account", paths::ACCOUNT).icon(Glyph::User),
        MenuLink::new("Security and sessions", paths::ACCOUNT_SECURITY).icon(Glyph::ShieldCheck),
        MenuLink::new("Organizations", paths::ORGS).icon(Glyph::Building2),
    ];
    if viewer.operator {
        links.push(MenuLink::new("Administration", paths::ADMIN).icon(Glyph::Server));
    }
    Bar {
        home: paths::HOME.into(),
        crumbs,
        account: Account { name: viewer.name.clone(), email: viewer.email.clone(), links },
        palette: paths::PALETTE.into(),
        help: paths::HELP.into(),
        theme: use_context::<Theme>().unwrap_or_default(),
        https: calls::identity::over_https(),
        theme_action: calls::identity::SetTheme::url().to_owned(),
        sign_out_action: calls::identity::SignOut::url().to_owned(),
    }
}

fn choices<Id: Copy + PartialEq>(siblings: &[Sibling<Id>], current: Id, href: fn(Id) -> String) -> Vec<MenuLink> {
    siblings
        .iter()
        .map(|sibling| MenuLink::new(&sibling.name, href(sibling.id)).current(sibling.id == current))
        .collect()
}

pub fn org_crumb(org: &OrgPlace) -> Crumb {
    Crumb {
        kind: "Organization",
        label: org.name.clone(),
        href: paths::org(org.id),
        choices: choices::<OrgId>(&org.siblings, org.id, paths::org),
        more: vec![MenuLink::new("Create organization", paths::NEW_ORG).icon(Glyph::Plus)],
    }
}

pub fn project_crumbs(org: &OrgPlace, project: &ProjectPlace) -> Vec<Crumb> {
    let mut more = vec![MenuLink::new("All projects", paths::org(org.id)).icon(Glyph::Folder)];
    if org.may.create_project.is_none() {
        more.push(MenuLink::new("Create project", paths::new_project(org.id)).icon(Glyph::Plus));
    }
    let crumb = Crumb {
        kind: "Project",
        label: project.name.clone(),
        href: paths::project(project.id),
        choices: choices::<ProjectId>(&project.siblings, project.id, paths::project),
        more,
    };
    vec![org_crumb(org), crumb]
}

pub fn resource_crumbs(org: &OrgPlace, project: &ProjectPlace, resource: &ResourcePlace) -> Vec<Crumb> {
    let mut more = vec![MenuLink::new("All resources", paths::project(project.id)).icon(Glyph::Database)];
    if org.may.manage_resource.is_none() {
        more.push(MenuLink::new("Create environment", paths::new_resource(project.id)).icon(Glyph::Plus));
    }
    let mut crumbs = project_crumbs(org, project);
    crumbs.push(Crumb {
        kind: "Resource",
        label: resource.name.clone(),
        href: paths::resource(resource.id),
        choices: choices::<ResourceId>(&resource.siblings, resource.id, paths::resource),
        more,
    });
    crumbs
}

/// Which tab of its place a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Overview,
    Keys,
    Usage,
    Members,
    Accelerate,
    Pulse,
    Settings,
    Security,
}

fn tab(at: At, this: At, label: &str, href: String) -> Tab {
    Tab::new(label, href, at == this)
}

pub fn org_tabs(org: OrgId, at: At) -> Vec<Tab> {
    vec![
        tab(at, At::Overview, "Overview", paths::org(org)),
        tab(at, At::Usage, "Usage", paths::org_usage(org)),
        tab(at, At::Members, "Members", paths::org_members(org)),
        tab(at, At::Settings, "Settings", paths::org_settings(org)),
    ]
}

pub fn project_tabs(project: ProjectId, at: At) -> Vec<Tab> {
    vec![
        tab(at, At::Overview, "Dashboard", paths::project(project)),
        tab(at, At::Accelerate, "Accelerate", paths::project_accelerate(project)),
        tab(at, At::Pulse, "Pulse", paths::project_pulse(project)),
        tab(at, At::Settings, "Settings", paths::project_settings(project)),
    ]
}

pub fn resource_tabs(resource: ResourceId, at: At) -> Vec<Tab> {
    vec![
        tab(at, At::Overview, "Overview", paths::resource(resource)),
        tab(at, At::Keys, "API Keys", paths::resource_keys(resource)),
        tab(at, At::Accelerate, "Accelerate", paths::resource_accelerate(resource)),
        tab(at, At::Pulse, "Pulse", paths::resource_pulse(resource)),
        tab(at, At::Settings, "Settings", paths::resource_settings(resource)),
    ]
}

pub fn account_tabs(at: At) -> Vec<Tab> {
    vec![
        tab(at, At::Overview, "Profile", paths::ACCOUNT.into()),
        tab(at, At::Security, "Security and sessions", paths::ACCOUNT_SECURITY.into()),
    ]
}
