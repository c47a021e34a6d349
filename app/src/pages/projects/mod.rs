//! Projects.

mod accelerate;
mod create;
mod dashboard;
mod delete;
mod keys;
mod pulse;
mod settings;

pub use self::accelerate::ProjectAcceleratePage;
pub use self::pulse::ProjectPulsePage;
pub use create::{NewProjectForm, NewProjectPage};
pub use dashboard::ProjectPage;
pub use delete::DeleteProjectPage;
pub use keys::ProjectKeysPage;
pub use settings::ProjectSettingsPage;
