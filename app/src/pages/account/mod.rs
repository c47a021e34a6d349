//! The viewer's own account.

mod delete;
mod factor_forms;
mod profile;
mod second_factor;
mod security;

pub use delete::DeleteAccountPage;
pub use factor_forms::{DisableSecondFactorPage, RecoveryCodesPage};
pub use profile::ProfilePage;
pub use second_factor::SecondFactorSetupPage;
pub use security::SecurityPage;
