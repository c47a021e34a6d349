//! Pulse of one resource: what its database needs, its form, how an application connects, what happens, and its end.

mod capture;
mod connect;
mod disable;
mod enable;
mod events;
mod page;
mod prepare;
mod settings;
mod streams;

pub use disable::DisablePulsePage;
pub use page::{Body, ResourcePulsePage, State, actions, state};
pub use prepare::PrepareProjectForm;
pub use streams::{DeleteStreamPage, ReplayStreamPage};
