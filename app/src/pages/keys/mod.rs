//! API keys: the parts that the project's and the resource's lists share, and each key's own pages.

mod create;
mod edit;
mod remove;
mod rotate;
mod shown;
mod table;

pub use create::{NewKeyDialog, NewProjectKeyPage, NewResourceKeyPage};
pub use edit::KeyPage;
pub use remove::RemoveKeyPage;
pub use rotate::RotateKeyPage;
pub use shown::NewKeyShown;
pub use table::KeyTable;

use crate::calls::keys::list_of;
use crate::model::key::KeyRow;
use crate::paths;
use kernel::{ProjectId, ResourceId};

/// Which list of keys a page shows: a project's or a resource's.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub project: ProjectId,
    pub resource: Option<ResourceId>,
}

impl Scope {
    /// The list that a key was come to from, as the query of its page says.
    pub fn seen_from(project: ProjectId, key: &KeyRow, from: &str) -> Self {
        let resource = key.resource.as_ref().map(|(id, _)| *id);
        Self { project, resource: resource.filter(|_| from != paths::FROM_PROJECT) }
    }

    /// What the key's pages and forms carry, to lead back here.
    pub fn from(self, key: &KeyRow) -> &'static str {
        if self.resource.is_none() && key.resource.is_some() { paths::FROM_PROJECT } else { "" }
    }

    /// The page with the list.
    pub fn list(self) -> String {
        list_of(self.project, self.resource)
    }

    /// The label of the button that makes a key, as people know it from each place.
    pub const fn create_verb(self) -> &'static str {
        if self.resource.is_none() { "Create API Key" } else { "Create" }
    }

    /// The label of the button that removes a key, as people know it from each place.
    pub const fn remove_verb(self) -> &'static str {
        if self.resource.is_none() { "Remove API key" } else { "Delete" }
    }

    /// The question before a key is removed.
    pub fn remove_question(self, name: &str) -> String {
        let verb = if self.resource.is_none() { "Remove" } else { "Delete" };
        format!("{verb} {name}?")
    }

    /// The label of the button that leaves the one showing of a key.
    pub const fn stored_verb(self) -> &'static str {
        if self.resource.is_none() { "I've stored it securely" } else { "Done" }
    }
}
