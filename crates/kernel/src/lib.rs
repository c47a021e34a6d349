//! The words that every part of Pentaprism shares.
//!
//! This crate compiles to wasm and depends on nothing heavier than serde, thiserror, time and uuid. A value of one of its types is valid: it was
//! parsed once, and the form, the API and the command line say the same of a bad one.

pub mod email;
pub mod histogram;
pub mod id;
pub mod key;
pub mod name;
pub mod page;
pub mod problem;
pub mod product;
pub mod role;

pub use email::Email;
pub use id::{InvitationId, KeyId, OrgId, PlanId, ProjectId, ResourceId, SessionId, UserId};
pub use name::Name;
pub use problem::{Field, Problem, ProblemCode};
pub use product::{Access, Product};
pub use role::Role;
