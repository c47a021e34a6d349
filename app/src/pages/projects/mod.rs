//! Projects.

mod create;
mod dashboard;
mod delete;
mod keys;
mod products;
mod settings;

pub use create::{NewProjectForm, NewProjectPage};
pub use dashboard::ProjectPage;
pub use delete::DeleteProjectPage;
pub use keys::ProjectKeysPage;
pub use products::{ProjectAcceleratePage, ProjectPulsePage};
pub use settings::ProjectSettingsPage;
