//! The document around every page.

use crate::App;
use crate::assets::Assets;
use crate::calls::respond::set_status;
use crate::kit::{ConsoleScript, IconSprite, SpeculationRules};
use crate::model::theme::Theme;
use crate::pages::message::ProblemPage;
use crate::routes::title;
use kernel::Problem;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};

/// A console page.
pub fn shell() -> impl IntoView {
    document(view! { <App/> }.into_any())
}

/// The page of a problem, where none could be rendered.
pub fn problem_document(problem: Problem) -> impl IntoView {
    provide_meta_context();
    set_status(&problem);
    document(view! { <Title formatter=title/><ProblemPage problem/> }.into_any())
}

/// The whole document. The theme is on the root element from the first byte, so nothing flashes.
fn document(page: AnyView) -> impl IntoView {
    let assets = expect_context::<Assets>();
    let theme = use_context::<Theme>().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="preload" href=assets.inter.clone() r#as="font" type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=assets.css.clone()/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <SpeculationRules/>
                <ConsoleScript/>
                <MetaTags/>
            </head>
            <body>
                <IconSprite sprite=assets.icons/>
                {page}
                <Islands assets/>
            </body>
        </html>
    }
}

/// Fetches the wasm when the browser is idle and hydrates the islands of the page in document order.
#[component]
fn Islands(assets: Assets) -> impl IntoView {
    const LOAD: &str = include_str!("islands/load.js");
    // What is rendered from here on is no part of an island.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    view! {
        <script type="module" nonce=use_nonce() inner_html=LOAD.replace("{js}", &assets.js).replace("{wasm}", &assets.wasm)></script>
    }
}
