//! What operators see: users, organizations, plans, settings, the waitlist.

mod delete_user;
mod new_plan;
mod new_user;
mod org;
mod orgs;
mod plan;
mod plans;
mod settings;
mod user;
mod users;
mod waitlist;

pub use delete_user::DeleteUserPage;
pub use new_plan::NewPlanPage;
pub use new_user::NewUserPage;
pub use org::AdminOrgPage;
pub use orgs::AdminOrgsPage;
pub use plan::{AdminPlanPage, DeletePlanPage};
pub use plans::AdminPlansPage;
pub use settings::AdminSettingsPage;
pub use user::AdminUserPage;
pub use users::AdminUsersPage;
pub use waitlist::WaitlistPage;

use crate::kit::Tab;
use crate::paths;

/// Which tab of the administration a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Users,
    Orgs,
    Plans,
    Settings,
    Waitlist,
}

fn tabs(at: At) -> Vec<Tab> {
    vec![
        Tab::new("Users", paths::ADMIN, at == At::Users),
        Tab::new("Organizations", paths::ADMIN_ORGS, at == At::Orgs),
        Tab::new("Plans", paths::ADMIN_PLANS, at == At::Plans),
        Tab::new("Settings", paths::ADMIN_SETTINGS, at == At::Settings),
        Tab::new("Waitlist", paths::ADMIN_WAITLIST, at == At::Waitlist),
    ]
}
