//! A person or an organization as a round of letters.

use crate::model::initials::initials;
use leptos::prelude::*;

/// The initials in a circle; an organization's in a square. The name stands beside it, so it is silent.
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    #[prop(optional)] square: bool,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let class = match (square, small) {
        (false, false) => "avatar",
        (false, true) => "avatar avatar-sm",
        (true, false) => "avatar avatar-square",
        (true, true) => "avatar avatar-square avatar-sm",
    };
    let letters = initials(&name);
    // A small one has room for one letter.
    let letters = if small { letters.chars().take(1).collect() } else { letters };
    view! { <span class=class aria-hidden="true">{letters}</span> }
}
