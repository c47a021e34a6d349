//! Pure models of what the console shows: no view, no browser, all tested.

#[cfg(feature = "ssr")]
pub mod browser;
pub mod initials;
#[cfg(feature = "ssr")]
pub mod key;
pub mod moment;
pub mod palette;
#[cfg(feature = "ssr")]
pub mod permissions;
#[cfg(feature = "ssr")]
pub mod place;
#[cfg(feature = "ssr")]
pub mod project;
pub mod theme;
