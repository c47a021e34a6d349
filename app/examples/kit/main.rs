//! Renders the kit into static pages, each in light and dark, to be looked at:
//! `cargo run -p app --features ssr --example kit -- OUT_DIR STYLESHEET ICONS`.

mod pages;
mod parts;

use app::flash::Flash;
use app::kit::{ConsoleScript, IconSprite, Now};
use leptos::prelude::*;
use std::path::Path;
use time::macros::datetime;

/// Renders the body of a page.
type Page = fn() -> AnyView;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let [out, stylesheet, icons] = args.as_slice() else {
        return Err("usage: kit OUT_DIR STYLESHEET ICONS".into());
    };
    let css = std::fs::read_to_string(stylesheet)?;
    let icons: &'static str = Box::leak(std::fs::read_to_string(icons)?.into_boxed_str());
    let pages: [(&str, Page, Flash); 7] = [
        ("parts", parts::gallery, parts::flash()),
        ("list", pages::list, Flash::success("keys/create", "API key production created.")),
        ("empty", pages::empty, Flash::default()),
        ("form", pages::form, pages::failed()),
        ("dialog", pages::dialog, pages::failed()),
        ("auth", pages::auth, Flash::default()),
        ("message", pages::message, Flash::default()),
    ];
    for (name, page, flash) in pages {
        for theme in ["light", "dark"] {
            let html = document(theme, &css, icons, flash.clone(), page);
            std::fs::write(Path::new(out).join(format!("{name}.{theme}.html")), html)?;
        }
    }
    Ok(())
}

fn document(theme: &'static str, css: &str, icons: &'static str, flash: Flash, page: Page) -> String {
    let css = css.to_owned();
    Owner::new().with(|| {
        provide_context(Now(datetime!(2026-11-21 03:51:07 UTC)));
        provide_context(flash);
        view! {
            <!DOCTYPE html>
            <html lang="en" data-theme=theme>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <title>"The kit"</title>
                    <style inner_html=css></style>
                    <ConsoleScript/>
                </head>
                <body><IconSprite sprite=icons/>{page()}</body>
            </html>
        }
        .to_html()
    })
}
