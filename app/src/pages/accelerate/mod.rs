//! Accelerate of one resource: its form, how an application connects, its settings, and its end.

mod configure;
mod connect;
mod disable;
mod page;
mod settings;

use configure::ConfigureForm;

pub use configure::ConfigureProjectForm;
pub use connect::CLIENT_7;
pub use disable::DisableAcceleratePage;
pub use page::{Body, ResourceAcceleratePage, State, actions, state};
