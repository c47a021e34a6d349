//! Projects.

mod accelerate;
mod create;
mod dashboard;
mod delete;
mod keys;
mod pulse;
mod settings;

pub use accelerate::ProjectAcceleratePage;
pub use create::{NewProjectForm, NewProjectPage};
pub use dashboard::ProjectPage;
pub use delete::DeleteProjectPage;
pub use keys::ProjectKeysPage;
pub use pulse::ProjectPulsePage;
pub use settings::ProjectSettingsPage;
