//! Members of an organization, and invitations to it.

mod accept;
mod invite;
mod leave;
mod list;
mod member;
mod remove;

pub use accept::InvitationPage;
pub use invite::InviteMemberPage;
pub use leave::LeaveOrgPage;
pub use list::MembersPage;
pub use member::MemberPage;
pub use remove::RemoveMemberPage;

use crate::kit::Choice;
use crate::model::place::OrgPlace;
use kernel::Role;

/// The roles that the viewer may give, each with what it means.
fn role_choices(org: &OrgPlace) -> Vec<Choice> {
    Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Owner || org.may.manage_owners.is_none())
        .map(|role| Choice::new(role.as_str(), role.label()).help(meaning(role)))
        .collect()
}

const fn meaning(role: Role) -> &'static str {
    match role {
        Role::Owner => "Everything, and the organization itself.",
        Role::Admin => "Projects, members and settings.",
        Role::Developer => "Projects, environments and API keys.",
        Role::Viewer => "Looks, and changes nothing.",
    }
}
