//! The wasm entry: hydrates the islands that a page contains, and nothing else.

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    app::link();
    leptos::mount::hydrate_islands();
}
