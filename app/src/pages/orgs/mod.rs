//! Organizations.

mod create;
mod delete;
mod list;
mod overview;
mod settings;
mod usage;

pub use create::NewOrgPage;
pub use delete::DeleteOrgPage;
pub use list::OrgsPage;
pub use overview::OrgPage;
pub use settings::OrgSettingsPage;
pub use usage::OrgUsagePage;
