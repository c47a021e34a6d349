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
pub use products::{ProductOff, product_sentence};
pub use settings::{ConnectionField, ResourceSettingsPage};
