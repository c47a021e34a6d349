//! The path to the place: organization, project, resource. Each part leads there, and switches to its neighbours.

use super::{Avatar, Glyph, Icon, Menu, MenuLink, MenuLinks};
use leptos::prelude::*;

/// One part of the breadcrumb.
#[derive(Debug, Clone, Default)]
pub struct Crumb {
    /// What it is: "Organization", "Project", "Resource". Names the switcher.
    pub kind: &'static str,
    pub label: String,
    pub href: String,
    /// The neighbours, the current one among them. Without any there is no switcher.
    pub choices: Vec<MenuLink>,
    /// Below them: "All projects", "Create project".
    pub more: Vec<MenuLink>,
}

#[component]
pub fn Breadcrumb(crumbs: Vec<Crumb>) -> impl IntoView {
    let count = crumbs.len();
    // On a phone the parts before the last fold into one menu.
    let folded = (count > 1).then(|| {
        let links = crumbs[..count - 1].iter().map(|crumb| MenuLink::new(&crumb.label, &crumb.href)).collect();
        view! { <li class="crumb crumb-fold"><Menu label="Places above" start=true><MenuLinks links/></Menu></li> }
    });
    let parts = crumbs
        .into_iter()
        .enumerate()
        .map(|(index, crumb)| part(crumb, index == 0, index + 1 == count))
        .collect_view();
    view! { <nav class="crumbs" aria-label="Place"><ol>{folded}{parts}</ol></nav> }.into_any()
}

fn part(crumb: Crumb, first: bool, last: bool) -> AnyView {
    let Crumb { kind, label, href, choices, more } = crumb;
    let avatar = first.then(|| view! { <Avatar name=label.clone() square=true small=true/> });
    let switcher = (!choices.is_empty() || !more.is_empty()).then(|| {
        let trigger = view! { <Icon glyph=Glyph::ChevronsUpDown class="icon-14"/> }.into_any();
        let more = (!more.is_empty()).then(|| view! { <MenuLinks links=more/> });
        view! {
            <Menu label=format!("Switch {}", kind.to_lowercase()) trigger class="crumb-switch" start=true>
                <MenuLinks heading=format!("{kind}s") links=choices/>
                {more}
            </Menu>
        }
    });
    view! {
        <li class=if last { "crumb" } else { "crumb crumb-above" }>
            <a class="crumb-link" href=href aria-current=last.then_some("location")>
                {avatar}
                <span class="truncate">{label}</span>
            </a>
            {switcher}
        </li>
    }
    .into_any()
}
