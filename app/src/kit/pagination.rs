//! The way through the pages of a list: plain links.

use super::button::button_class;
use super::{ButtonKind, ButtonSize, Glyph, Icon};
use kernel::page::PageRequest;
use leptos::prelude::*;

/// "26–50 of 312", previous and next. Nothing at all where one page holds everything.
#[component]
pub fn Pagination(
    request: PageRequest,
    total: u64,
    /// What is counted: "projects".
    #[prop(into)]
    noun: String,
    /// The URL of a page, with filter and sort as they are.
    href: impl Fn(u32) -> String,
) -> impl IntoView {
    let size = u64::from(request.size);
    let pages = total.div_ceil(size);
    let page = u64::from(request.page);
    if pages <= 1 {
        return ().into_any();
    }
    let first = (page - 1) * size + 1;
    let last = (page * size).min(total);
    let count = if first > total { format!("{total} {noun}") } else { format!("{first}\u{2013}{last} of {total} {noun}") };
    let class = button_class(ButtonKind::Secondary, ButtonSize::Small);
    let step = |to: Option<u32>, rel: &'static str, inside: AnyView| match to {
        Some(to) => view! { <a class=class href=href(to) rel=rel>{inside}</a> }.into_any(),
        None => view! { <span class=class aria-disabled="true">{inside}</span> }.into_any(),
    };
    let inside = view! { <Icon glyph=Glyph::ChevronLeft/><span>"Previous"</span> }.into_any();
    let previous = step((page > 1).then(|| request.page - 1), "prev", inside);
    let inside = view! { <span>"Next"</span><Icon glyph=Glyph::ChevronRight/> }.into_any();
    let next = step((page < pages).then(|| request.page + 1), "next", inside);
    view! {
        <nav class="pagination" aria-label="Pages">
            <p class="tabular-nums">{count}</p>
            <div class="flex gap-2">{previous}{next}</div>
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::html;

    fn page(number: u32, total: u64) -> String {
        html(move || {
            view! { <Pagination request=PageRequest::new(number) total noun="keys" href=|page| format!("?page={page}")/> }
        })
    }

    #[test]
    fn ends_have_no_link_beyond_them() {
        let first = page(1, 60);
        assert!(first.contains("1\u{2013}25 of 60 keys") && first.contains("href=\"?page=2\""), "{first}");
        assert_eq!(first.matches("aria-disabled").count(), 1);
        let last = page(3, 60);
        assert!(last.contains("51\u{2013}60 of 60 keys") && last.contains("href=\"?page=2\""), "{last}");
        assert!(!page(1, 25).contains("<nav"));
        assert!(page(9, 60).contains("60 keys"));
    }
}
