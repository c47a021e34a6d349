use leptos::wasm_bindgen::JsCast;
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::JsFuture;

/// What a server function answers to a GET, or none.
pub async fn fetch<T: DeserializeOwned>(src: &str) -> Option<T> {
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str(src)).await.ok()?;
    let answer = answer.dyn_into::<web_sys::Response>().ok().filter(web_sys::Response::ok)?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}
