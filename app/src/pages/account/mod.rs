//! The viewer's own account.

mod profile;
mod security;

pub use profile::ProfilePage;
pub use security::SecurityPage;
