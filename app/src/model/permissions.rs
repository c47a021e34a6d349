//! What a member may not do here, and why: for buttons that are disabled with their reason.

use serde::{Deserialize, Serialize};

/// One reason for each right that the member lacks; none where they have it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    pub create_project: Option<String>,
    pub manage_project: Option<String>,
    pub delete_project: Option<String>,
    pub manage_resource: Option<String>,
    pub delete_resource: Option<String>,
    pub manage_keys: Option<String>,
    pub manage_members: Option<String>,
    pub manage_owners: Option<String>,
    pub manage_org: Option<String>,
    pub delete_org: Option<String>,
    pub join_waitlist: Option<String>,
}
