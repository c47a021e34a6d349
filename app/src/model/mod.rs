//! Pure models of what the console shows: no view, no browser, all tested.

#[cfg(feature = "ssr")]
pub mod accelerate;
pub mod admin;
#[cfg(feature = "ssr")]
pub mod browser;
pub mod initials;
#[cfg(feature = "ssr")]
pub mod key;
#[cfg(feature = "ssr")]
pub mod member;
pub mod moment;
pub mod palette;
#[cfg(feature = "ssr")]
pub mod permissions;
#[cfg(feature = "ssr")]
pub mod place;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod project;
#[cfg(feature = "ssr")]
pub mod security;
pub mod theme;
pub mod wait;
