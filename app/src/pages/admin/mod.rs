//! What operators see: users, organizations, settings, the waitlist.

mod delete_user;
mod new_user;
mod orgs;
mod settings;
mod user;
mod users;
mod waitlist;

pub use delete_user::DeleteUserPage;
pub use new_user::NewUserPage;
pub use orgs::AdminOrgsPage;
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
    Settings,
    Waitlist,
}

fn tabs(at: At) -> Vec<Tab> {
    vec![
        Tab::new("Users", paths::ADMIN, at == At::Users),
        Tab::new("Organizations", paths::ADMIN_ORGS, at == At::Orgs),
        Tab::new("Settings", paths::ADMIN_SETTINGS, at == At::Settings),
        Tab::new("Waitlist", paths::ADMIN_WAITLIST, at == At::Waitlist),
    ]
}
