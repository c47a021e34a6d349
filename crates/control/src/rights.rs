//! The one table of rights: what each role may do in its organization.

use crate::{Actor, Error, orgs};
use kernel::{OrgId, Problem, Role};
use sqlx::PgConnection;

/// Something that a member may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    View,
    CreateProject,
    ManageProject,
    DeleteProject,
    ManageResource,
    DeleteResource,
    ManageKeys,
    JoinWaitlist,
    ViewMembers,
    ManageMembers,
    ManageOwners,
    ManageOrg,
    DeleteOrg,
}

impl Right {
    pub const ALL: [Self; 13] = [
        Self::View,
        Self::CreateProject,
        Self::ManageProject,
        Self::DeleteProject,
        Self::ManageResource,
        Self::DeleteResource,
        Self::ManageKeys,
        Self::JoinWaitlist,
        Self::ViewMembers,
        Self::ManageMembers,
        Self::ManageOwners,
        Self::ManageOrg,
        Self::DeleteOrg,
    ];

    /// The least role that has the right; every role above it has it too.
    pub const fn least(self) -> Role {
        match self {
            Self::View | Self::ViewMembers => Role::Viewer,
            Self::CreateProject
            | Self::ManageProject
            | Self::ManageResource
            | Self::ManageKeys
            | Self::JoinWaitlist => Role::Developer,
            Self::DeleteProject | Self::DeleteResource | Self::ManageMembers | Self::ManageOrg => Role::Admin,
            Self::ManageOwners | Self::DeleteOrg => Role::Owner,
        }
    }

    pub fn is_of(self, role: Role) -> bool {
        role <= self.least()
    }

    /// What it allows, as in "Only admins and owners can …".
    pub const fn description(self) -> &'static str {
        match self {
            Self::View => "see projects, resources, key names and usage",
            Self::CreateProject => "create a project",
            Self::ManageProject => "change a project",
            Self::DeleteProject => "delete a project",
            Self::ManageResource => "create or change a resource",
            Self::DeleteResource => "delete a resource",
            Self::ManageKeys => "create, change or remove API keys",
            Self::JoinWaitlist => "ask for a product that is off",
            Self::ViewMembers => "see members",
            Self::ManageMembers => "invite, change or remove members",
            Self::ManageOwners => "make or remove an owner",
            Self::ManageOrg => "change the organization",
            Self::DeleteOrg => "delete the organization",
        }
    }

    /// Why `role` may not, for a button that is disabled and for the answer to a request.
    pub fn refusal(self, role: Role) -> Option<String> {
        if self.is_of(role) {
            return None;
        }
        let who = match self.least() {
            Role::Owner => "Only owners",
            Role::Admin => "Only admins and owners",
            Role::Developer | Role::Viewer => "Only developers, admins and owners",
        };
        Some(format!("{who} can {}. Your role is {role}.", self.description()))
    }

    /// The actor's role in the organization if it has the right. Who is not a member learns nothing but "not found".
    pub async fn require(self, db: &mut PgConnection, actor: &Actor, org: OrgId) -> Result<Role, Error> {
        let role =
            orgs::store::role_of(db, org, actor.user).await?.ok_or_else(|| Problem::not_found("organization"))?;
        self.check(role)
    }

    /// The same for a role that is known already.
    pub fn check(self, role: Role) -> Result<Role, Error> {
        match self.refusal(role) {
            Some(reason) => Err(Problem::forbidden(reason).into()),
            None => Ok(role),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_role_has_every_right_of_a_lower_one() {
        for right in Right::ALL {
            let allowed: Vec<bool> = Role::ALL.iter().map(|role| right.is_of(*role)).collect();
            assert!(allowed.is_sorted_by(|higher, lower| higher >= lower), "{right:?}");
            assert!(right.is_of(Role::Owner));
        }
    }

    #[test]
    fn a_viewer_changes_nothing() {
        let rights: Vec<_> = Right::ALL.into_iter().filter(|right| right.is_of(Role::Viewer)).collect();
        assert_eq!(rights, [Right::View, Right::ViewMembers]);
        assert_eq!(
            Right::DeleteProject.refusal(Role::Developer).as_deref(),
            Some("Only admins and owners can delete a project. Your role is developer.")
        );
    }
}
