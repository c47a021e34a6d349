//! What is whose in a database.

use kernel::ResourceId;

use crate::wire::identifier;

/// The slot and the publication of a resource. They bear its id, so that two resources on one server never share one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Names {
    /// Lower-case letters, digits and underscores, as slots are named.
    pub slot: String,
    /// The same.
    pub publication: String,
}

impl Names {
    /// Of this resource, whatever prefix its id is shown with.
    #[must_use]
    pub fn of(resource: ResourceId) -> Self {
        let id = resource.to_string();
        let name = format!("pentaprism_{}", id.rsplit('_').next().unwrap_or_default());
        Self { slot: name.clone(), publication: name }
    }
}

/// A table by its schema and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// `public`, say.
    pub schema: String,
    /// The table's own.
    pub name: String,
}

impl TableName {
    /// `"schema"."name"`.
    #[must_use]
    pub fn quoted(&self) -> String {
        format!("{}.{}", identifier(&self.schema), identifier(&self.name))
    }
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tables {
    /// All tables, those to come as well; only a superuser can publish them so.
    All,
    /// These, which the user must own.
    Chosen(Vec<TableName>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_named_by_the_digits_of_the_resource() {
        let names = Names::of(ResourceId::from_uuid(uuid::Uuid::max()));
        assert_eq!(names.slot, "pentaprism_f5lxx1zz5pnorynqglhzmsp33");
        assert!(names.slot.len() < 64);
    }
}
