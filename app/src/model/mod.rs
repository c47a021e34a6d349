//! Pure models of what the console shows: no view, no browser, all tested.

pub mod initials;
pub mod moment;
pub mod palette;
pub mod theme;
