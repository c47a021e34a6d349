//! Points in time.

use crate::model::moment;
use leptos::prelude::*;
use time::OffsetDateTime;

/// The time of the request, which the server provides as context: every "3 min ago" of a page counts from the same moment.
#[derive(Debug, Clone, Copy)]
pub struct Now(pub OffsetDateTime);

/// "3 min ago", with the full time on hover and focus. The script turns the full time into the visitor's own zone.
#[component]
pub fn RelativeTime(at: OffsetDateTime) -> impl IntoView {
    let text = use_context::<Now>().map_or_else(|| moment::date(at), |Now(now)| moment::relative(at, now));
    view! { <time class="moment" datetime=moment::machine(at) title=moment::full(at) tabindex="0">{text}</time> }
}

/// "21 Nov 2026", for days that matter as such: an expiry, a bill.
#[component]
pub fn DateOnly(at: OffsetDateTime) -> impl IntoView {
    view! { <time class="moment" datetime=moment::machine(at) title=moment::full(at) tabindex="0">{moment::date(at)}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::testing::html;
    use time::macros::datetime;

    #[test]
    fn a_time_reads_well_and_carries_its_exact_form() {
        let at = datetime!(2026-11-21 03:48:00 UTC);
        let html = html(move || {
            provide_context(Now(datetime!(2026-11-21 03:51:07 UTC)));
            view! { <RelativeTime at/> }
        });
        assert!(html.contains("datetime=\"2026-11-21T03:48:00Z\"") && html.contains(">3 min ago<"), "{html}");
        assert!(html.contains("title=\"21 Nov 2026, 03:48:00 UTC\"") && html.contains("tabindex=\"0\""), "{html}");
    }
}
