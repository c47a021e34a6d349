//! A search that stands in the URL.

use super::button::some;
use super::form::element_id;
use super::{Glyph, Icon};
use leptos::prelude::*;

/// A GET form of one field: the answer is the same page with `?q=…`, so it can be sent to a colleague.
#[component]
pub fn SearchField(
    /// The page that lists what is searched.
    #[prop(into)]
    action: String,
    /// Its name for screen readers and as the placeholder: "Search projects".
    #[prop(into)]
    label: String,
    /// The current query.
    #[prop(into, optional)]
    value: String,
    /// `q` unless told.
    #[prop(into, optional)]
    name: String,
    /// What else the URL holds and has to keep: filter, sort.
    #[prop(optional)]
    keep: Vec<(String, String)>,
) -> impl IntoView {
    let name = if name.is_empty() { "q".to_owned() } else { name };
    let id = element_id(&format!("search-{name}"));
    let clear = (!value.is_empty()).then(|| {
        view! { <a class="search-clear" href=action.clone() aria-label="Clear the search"><Icon glyph=Glyph::X/></a> }
    });
    let kept = keep.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    view! {
        <form method="get" action=action class="search" role="search">
            {kept}
            <label class="sr-only" for=id.clone()>{label.clone()}</label>
            <Icon glyph=Glyph::Search class="search-icon"/>
            <input class="input" type="search" id=id name=name value=some(value) placeholder=label autocomplete="off"/>
            {clear}
        </form>
    }
    .into_any()
}
