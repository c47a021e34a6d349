//! What reacts in the browser. Each island is a small hydrated app of its own, with serialisable props and no context from outside.

mod copy_button;
mod event_viewer;
mod fetch;
mod first_query;
mod palette;
mod secret_guard;
mod theme_switch;

pub use copy_button::CopyButton;
pub use event_viewer::EventViewer;
pub use first_query::FirstQuery;
pub use palette::CommandPalette;
pub use secret_guard::SecretGuard;
pub use theme_switch::ThemeSwitch;

/// The event that a copy button sends up when its text has reached the clipboard.
const COPIED: &str = "copied";
