//! Waits for the first query of a resource, and tells of it.

use super::fetch::fetch;
use crate::model::wait::wait;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// One line that turns green. The page that it stands on says the same without a script, and the link asks again.
#[island]
pub fn FirstQuery(
    /// Answers "3 s ago", or an empty text while there was none.
    src: String,
    /// What it answered when the page was made.
    seen: String,
    /// The page itself.
    again: String,
) -> impl IntoView {
    let (seen, src) = (RwSignal::new(seen), StoredValue::new(src));
    // Effects run in the browser alone.
    Effect::new(move || {
        if seen.with_untracked(String::is_empty) {
            look(src, seen, 0, 0);
        }
    });
    let came = move || seen.with(|seen| !seen.is_empty());
    let text = move || match came() {
        true => format!("First query received {}", seen.get()),
        false => "Waiting for the first query".to_owned(),
    };
    view! {
        <div class="first-query">
            <span class="status" role="status" aria-live="polite">
                <span class=move || if came() { "dot dot-ok" } else { "dot dot-wait" } aria-hidden="true"></span>
                <span>{text}</span>
            </span>
            <a class="link" href=again hidden=came>"Check again"</a>
        </div>
    }
}

/// Asks after a while, and again until there was one. A page that nobody sees asks nothing.
fn look(src: StoredValue<String>, seen: RwSignal<String>, tries: u32, failures: u32) {
    let Some(wait) = wait(tries, failures) else { return };
    let ask = move || {
        if document().hidden() {
            return look(src, seen, tries, failures);
        }
        spawn_local(async move {
            match fetch::<String>(&src.get_value()).await {
                Some(ago) if !ago.is_empty() => seen.set(ago),
                Some(_) => look(src, seen, tries + 1, 0),
                None => look(src, seen, tries + 1, failures + 1),
            }
        });
    };
    set_timeout(ask, wait);
}
