//! The command palette: Ctrl or Cmd and K reaches everything.

use super::fetch::fetch;
use crate::kit::{Glyph, Icon, Skeleton};
use crate::model::palette::{Item, MAX_HITS, search};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;

/// What is known of the items.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Data {
    /// Nobody has opened the palette yet.
    Unasked,
    Loading,
    Loaded(Vec<Item>),
    Failed,
}

/// The search button of the top bar and the dialog it opens. The page's script opens and closes the dialog, so it answers before wasm is there;
/// this island fills it.
#[island]
pub fn CommandPalette(
    /// Answers a JSON array of items.
    src: String,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let data = RwSignal::new(Data::Unasked);
    let active = RwSignal::new(0_usize);
    let input = NodeRef::<html::Input>::new();
    let src = StoredValue::new(src);

    let load = move || {
        if matches!(data.get_untracked(), Data::Unasked | Data::Failed) {
            data.set(Data::Loading);
            spawn_local(async move {
                let items = fetch(&src.get_value()).await;
                data.set(items.map_or(Data::Failed, Data::Loaded));
            });
        }
    };
    // Opened before the wasm was there: what has been typed counts.
    Effect::new(move || {
        if let Some(input) = input.get()
            && document().active_element().is_some_and(|focused| focused == **input)
        {
            query.set(input.value());
            load();
        }
    });
    let hits = Memo::new(move |_| match data.get() {
        Data::Loaded(items) => search(&query.get(), &items).into_iter().map(|hit| items[hit.index].clone()).collect(),
        _ => Vec::<Item>::new(),
    });
    let step = move |by: isize| {
        let count = hits.with_untracked(Vec::len);
        if count > 0 {
            active.update(|active| *active = active.saturating_add(count).saturating_add_signed(by) % count);
            reveal(active.get_untracked());
        }
    };
    let key = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "Enter" => {
                if let Some(item) = hits.with_untracked(|hits| hits.get(active.get_untracked()).cloned()) {
                    go(&item);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let options = move || hits.with(|hits| options(hits, active));
    let status = move || status(&data.get(), hits.with(Vec::len));
    view! {
        <button class="search-button js-only" type="button" data-dialog="palette" aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K">
            <Icon glyph=Glyph::Search/>
            <span class="search-button-word">"Search"</span>
            <kbd aria-hidden="true" data-mac="⌘ K">"Ctrl K"</kbd>
        </button>
        <dialog class="palette" id="palette" aria-label="Search">
            <div class="palette-head">
                <Icon glyph=Glyph::Search/>
                <input
                    node_ref=input
                    type="text"
                    role="combobox"
                    aria-label="Search projects, resources, pages and actions"
                    aria-expanded=move || if hits.with(Vec::is_empty) { "false" } else { "true" }
                    aria-controls="palette-list"
                    aria-autocomplete="list"
                    aria-activedescendant=move || hits.with(|hits| !hits.is_empty()).then(|| option_id(active.get()))
                    placeholder="Search projects, resources, pages and actions"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    on:focus=move |_| load()
                    on:keydown=key
                    on:input:target=move |event| {
                        query.set(event.target().value());
                        active.set(0);
                    }
                />
                <form method="dialog"><button class="palette-close" type="submit" aria-label="Close"><kbd>"Esc"</kbd></button></form>
            </div>
            <div class="palette-list" id="palette-list" role="listbox" aria-label="Results">{options}</div>
            <div class="palette-wait" hidden=move || data.get() != Data::Loading><Skeleton rows=4/></div>
            <p class="palette-status" role="status">{status}</p>
            <button class="palette-retry" type="button" hidden=move || data.get() != Data::Failed on:click=move |_| load()>
                "Try again"
            </button>
        </dialog>
    }
}

/// The hits under their headings.
fn options(hits: &[Item], active: RwSignal<usize>) -> impl IntoView + use<> {
    let mut group = String::new();
    hits.iter()
        .cloned()
        .enumerate()
        .map(|(index, item)| {
            let heading = (item.group != group).then(|| {
                group.clone_from(&item.group);
                view! { <p class="menu-heading" role="presentation">{item.group.clone()}</p> }
            });
            let chosen = item.clone();
            view! {
                {heading}
                <div
                    class="palette-option"
                    role="option"
                    id=option_id(index)
                    aria-selected=move || if active.get() == index { "true" } else { "false" }
                    on:pointermove=move |_| active.set(index)
                    on:click=move |_| go(&chosen)
                >
                    <span class="truncate">{item.label}</span>
                    <span class="palette-hint">{item.hint}</span>
                </div>
            }
        })
        .collect_view()
}

fn status(data: &Data, hits: usize) -> String {
    match data {
        Data::Unasked | Data::Loading => "Loading\u{2026}".to_owned(),
        Data::Failed => "The list could not be loaded: the server did not answer.".to_owned(),
        Data::Loaded(_) if hits == 0 => "Nothing matches. Try fewer letters.".to_owned(),
        Data::Loaded(_) if hits == MAX_HITS => format!("The first {MAX_HITS} results"),
        Data::Loaded(_) if hits == 1 => "1 result".to_owned(),
        Data::Loaded(_) => format!("{hits} results"),
    }
}

fn option_id(index: usize) -> String {
    format!("palette-option-{index}")
}

fn reveal(index: usize) {
    if let Some(option) = document().get_element_by_id(&option_id(index)) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn go(item: &Item) {
    if item.posts {
        let form = document().query_selector(&format!("form[action=\"{}\"]", item.href)).ok().flatten();
        if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            // A form without a field has nothing to be refused for.
            let _ = form.request_submit();
        }
    } else if let Some(window) = web_sys::window() {
        // Only a malformed URL is refused, and the items are the server's own paths.
        let _ = window.location().assign(&item.href);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_was_cut_does_not_claim_to_be_whole() {
        let told = |hits| status(&Data::Loaded(Vec::new()), hits);
        assert_eq!((told(1), told(MAX_HITS - 1)), ("1 result".to_owned(), format!("{} results", MAX_HITS - 1)));
        assert_eq!(told(MAX_HITS), format!("The first {MAX_HITS} results"));
    }
}
