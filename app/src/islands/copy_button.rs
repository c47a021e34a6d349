//! Copies a text and answers "Copied".

use super::COPIED;
use crate::kit::{Glyph, Icon};
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use std::time::Duration;

/// What the last press came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    None,
    Copied,
    Failed,
}

/// A button that copies `text`. Shown only where scripts run.
#[island]
pub fn CopyButton(
    text: String,
    /// What is copied, for screen readers: "API key".
    name: String,
    /// Shows no word, for the end of a line.
    icon_only: bool,
) -> impl IntoView {
    let (answer, set_answer) = signal(Answer::None);
    let press = move |event: MouseEvent| {
        let button = event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
        let text = text.clone();
        spawn_local(async move {
            let copied = copy(&text).await;
            set_answer.set(if copied { Answer::Copied } else { Answer::Failed });
            if copied {
                button.as_ref().inspect(|button| tell(button));
            }
            set_timeout(move || set_answer.set(Answer::None), Duration::from_secs(2));
        });
    };
    let word = move || match answer.get() {
        Answer::None => "Copy",
        Answer::Copied => "Copied",
        Answer::Failed => "Press Ctrl+C",
    };
    let said = move || if answer.get() == Answer::None { "" } else { word() };
    view! {
        <button
            class=if icon_only { "btn-icon js-only" } else { "btn btn-secondary btn-sm js-only" }
            type="button"
            title=format!("Copy {name}")
            data-answer=move || (answer.get() == Answer::Copied).then_some("copied")
            on:click=press
        >
            <span class="copy-icons"><Icon glyph=Glyph::Copy/><Icon glyph=Glyph::Check/></span>
            <span class=if icon_only { "sr-only" } else { "copy-word" }>{word}</span>
            <span class="sr-only">{format!(" {name}")}</span>
        </button>
        <span class="sr-only" role="status">{said}</span>
    }
}

/// Over plain http there is no clipboard to ask for, so the older way follows.
async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    if window.is_secure_context() {
        return wasm_bindgen_futures::JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok();
    }
    window.document().is_some_and(|document| copy_selection(&document, text).unwrap_or(false))
}

/// Selects the text in an element that exists for a moment, beside the focus so that an open dialog does not make it inert.
fn copy_selection(document: &web_sys::Document, text: &str) -> Option<bool> {
    let focus = document.active_element()?;
    let area = document.create_element("textarea").ok()?.dyn_into::<web_sys::HtmlTextAreaElement>().ok()?;
    area.set_value(text);
    area.set_class_name("sr-only");
    focus.parent_element()?.append_child(&area).ok()?;
    area.select();
    let copied = document.dyn_ref::<web_sys::HtmlDocument>()?.exec_command("copy").unwrap_or(false);
    area.remove();
    focus.dyn_ref::<web_sys::HtmlElement>()?.focus().ok()?;
    Some(copied)
}

fn tell(button: &web_sys::HtmlElement) {
    let init = web_sys::CustomEventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict(COPIED, &init) {
        // A listener that throws must not undo the copy.
        let _ = button.dispatch_event(&event);
    }
}
