//! The tabs of a place: links.

use leptos::prelude::*;

/// One tab.
#[derive(Debug, Clone)]
pub struct Tab {
    pub label: String,
    pub href: String,
    /// The page that is shown belongs to this tab.
    pub current: bool,
}

impl Tab {
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), current }
    }
}

/// The tabs of the organization, project or resource that the breadcrumb ends with.
#[component]
pub fn Tabs(
    /// Whose tabs: "Project".
    #[prop(into)]
    label: String,
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links = tabs
        .into_iter()
        .map(|tab| view! { <a class="tab" href=tab.href aria-current=tab.current.then_some("page")>{tab.label}</a> })
        .collect_view();
    view! { <nav class="tabs" aria-label=label><div class="tabs-row">{links}</div></nav> }.into_any()
}

/// A second choice inside one page, such as a range of time: links in one frame.
#[component]
pub fn SegmentedLinks(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    let links = tabs
        .into_iter()
        .map(|tab| view! { <a class="segment" href=tab.href aria-current=tab.current.then_some("true")>{tab.label}</a> })
        .collect_view();
    view! { <nav class="segments" aria-label=label>{links}</nav> }.into_any()
}
