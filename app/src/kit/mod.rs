//! The design system: every page is made of these parts, and of nothing else.
//!
//! `docs/CONSOLE.md` has the map. `icon` and `skeleton` are compiled for the browser too, because islands use them; the rest renders on the server alone.

mod icon;
mod skeleton;

pub use icon::{Glyph, Icon};
pub use skeleton::Skeleton;

/// Declares the parts that only the server renders, and makes their names the kit's own.
macro_rules! server_parts {
    ($($part:ident)*) => {$(
        #[cfg(feature = "ssr")]
        mod $part;
        #[cfg(feature = "ssr")]
        pub use $part::*;
    )*};
}

server_parts! {
    avatar badge breadcrumb button card choice code dialog empty feedback field form layout mark menu page pagination search secret select
    table tabs text_area time toast top_bar script
}

#[cfg(feature = "ssr")]
pub use icon::IconSprite;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod contrast;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod literals;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod testing;
