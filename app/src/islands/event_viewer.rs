//! Shows changes of a database as they come.

use super::fetch::fetch;
use crate::model::events::{SeenEvent, add, told};
use crate::model::wait::wait;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The last events, the newest first. The page that it stands on has them without a script as well, and the link asks again.
#[island]
pub fn EventViewer(
    /// Answers the events behind `&after=`, the newest first.
    src: String,
    /// What it answered when the page was made.
    seen: Vec<SeenEvent>,
    /// The page itself.
    again: String,
) -> impl IntoView {
    let (seen, src) = (RwSignal::new(seen), StoredValue::new(src));
    // Effects run in the browser alone.
    Effect::new(move || look(src, seen, 0, 0));
    let dot = move || if seen.with(Vec::is_empty) { "dot dot-wait" } else { "dot dot-ok" };
    let lines = move || seen.get().into_iter().map(line).collect_view();
    view! {
        <div class="events-head">
            <span class="status" role="status" aria-live="polite">
                <span class=dot aria-hidden="true"></span>
                <span>{move || seen.with(|seen| told(seen))}</span>
            </span>
            <a class="link" href=again>"Check again"</a>
        </div>
        <ol class="events" aria-label="Events" hidden=move || seen.with(Vec::is_empty)>{lines}</ol>
    }
}

fn line(event: SeenEvent) -> impl IntoView {
    view! {
        <li>
            <p class="events-line">
                <span class=event.action.badge()>{event.action.word()}</span>
                <span class="font-medium break-words">{event.table}</span>
                <span class="events-time">{event.at}</span>
            </p>
            <code class="events-row">{event.row}</code>
            <code class="events-id">{event.id}</code>
        </li>
    }
}

/// Asks after a while, and again. A page that nobody sees asks nothing, and one on which nothing happens asks less and less.
fn look(src: StoredValue<String>, seen: RwSignal<Vec<SeenEvent>>, tries: u32, failures: u32) {
    let Some(wait) = wait(tries, failures) else { return };
    let ask = move || {
        if document().hidden() {
            return look(src, seen, tries, failures);
        }
        spawn_local(async move {
            let last = seen.with_untracked(|seen| seen.first().map(|event| event.id.clone()).unwrap_or_default());
            match fetch::<Vec<SeenEvent>>(&format!("{}&after={last}", src.get_value())).await {
                Some(new) if new.is_empty() => look(src, seen, tries + 1, 0),
                Some(new) => {
                    seen.update(|seen| add(seen, new));
                    look(src, seen, 0, 0);
                }
                None => look(src, seen, tries + 1, failures + 1),
            }
        });
    };
    set_timeout(ask, wait);
}
