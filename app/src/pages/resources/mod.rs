//! Resources: environments.

mod create;
mod delete;
mod keys;
mod overview;
mod products;
mod settings;

pub use create::{NewResourceForm, NewResourcePage};
pub use delete::DeleteResourcePage;
pub use keys::ResourceKeysPage;
pub use overview::ResourcePage;
pub use products::{ProductState, ResourceAcceleratePage, ResourcePulsePage, access, product_sentence};
pub use settings::ResourceSettingsPage;
