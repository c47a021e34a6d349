//! What is true of every page.

use crate::answer::{Answer, Page};
use leptos::server_fn::axum::server_fn_paths;
use scraper::ElementRef;
use std::collections::BTreeSet;

/// What is wrong with a page.
pub fn faults(answer: &Answer, page: &Page) -> Vec<String> {
    let checks = [frame, unique_ids, references, labels, headings, forms, nothing_inline];
    let mut faults: Vec<_> = checks.into_iter().flat_map(|check| check(page)).collect();
    faults.extend(foreign_scripts(page, &nonce(answer)));
    faults
}

/// The nonce that the page's policy names.
pub fn nonce(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    nonce.unwrap_or_default().to_owned()
}

fn frame(page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    for (selector, wanted) in
        [("h1", 1), ("head > title", 1), ("main", 1), ("html[lang=en]", 1), ("main#content, main #content", 1)]
    {
        let found = page.all(selector).len();
        if found != wanted {
            faults.push(format!("{found} of {selector}"));
        }
    }
    if !page.title().ends_with(" · Pentaprism") || page.title().starts_with(" ·") {
        faults.push(format!("the title {:?}", page.title()));
    }
    faults
}

fn unique_ids(page: &Page) -> Vec<String> {
    let mut seen = BTreeSet::new();
    page.attrs("[id]", "id")
        .into_iter()
        .filter(|id| !seen.insert(id.clone()))
        .map(|id| format!("two of id {id}"))
        .collect()
}

/// Labels, descriptions and links within the page lead to something.
fn references(page: &Page) -> Vec<String> {
    let ids: BTreeSet<_> = page.attrs("[id]", "id").into_iter().collect();
    let mut wanted: Vec<String> = Vec::new();
    for name in ["for", "form", "aria-labelledby", "aria-describedby", "aria-controls", "data-dialog", "popovertarget"]
    {
        let lists = page.attrs(&format!("[{name}]"), name);
        wanted.extend(lists.iter().flat_map(|list| list.split_whitespace()).map(str::to_owned));
    }
    wanted.extend(page.attrs("a[href^='#']", "href").iter().map(|href| href[1..].to_owned()));
    wanted.into_iter().filter(|id| !ids.contains(id)).map(|id| format!("nothing has the id {id}")).collect()
}

/// Every control has a name.
fn labels(page: &Page) -> Vec<String> {
    let labelled: BTreeSet<_> = page.attrs("label[for]", "for").into_iter().collect();
    let controls = page.all("input:not([type=hidden]), select, textarea");
    let named = |control: &ElementRef<'_>| {
        control.attr("aria-label").is_some()
            || control.attr("id").is_some_and(|id| labelled.contains(id))
            || control.ancestors().filter_map(ElementRef::wrap).any(|around| around.value().name() == "label")
    };
    let nameless = controls.into_iter().filter(|control| !named(control));
    nameless.map(|control| format!("no label: {}", control.html())).collect()
}

/// No level is skipped, and a dialog begins at the second.
fn headings(page: &Page) -> Vec<String> {
    let levels: Vec<u8> =
        page.all("h1, h2, h3, h4, h5, h6").iter().map(|heading| heading.value().name().as_bytes()[1] - b'0').collect();
    let skipped = levels.windows(2).any(|pair| pair[1] > pair[0] + 1) || levels.first() != Some(&1);
    skipped.then(|| format!("headings {levels:?}")).into_iter().collect()
}

/// Forms that change something post to a server function; the others search a page.
fn forms(page: &Page) -> Vec<String> {
    let functions: BTreeSet<_> =
        server_fn_paths().filter(|(_, method)| method == "POST").map(|(path, _)| path).collect();
    let wrong = |form: &ElementRef<'_>| {
        let action = form.attr("action").unwrap_or_default();
        match form.attr("method").unwrap_or_default() {
            "post" => !functions.contains(action),
            "get" => !action.starts_with('/'),
            method => method != "dialog",
        }
    };
    page.all("form")
        .into_iter()
        .filter(wrong)
        .map(|form| format!("form {:?} {:?}", form.attr("method"), form.attr("action")))
        .collect()
}

/// The policy would refuse these.
fn nothing_inline(page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    for element in page.elements() {
        for (name, value) in element.value().attrs() {
            let value = value.trim_start().to_ascii_lowercase();
            let is_script = ["javascript:", "vbscript:", "data:text"].iter().any(|scheme| value.starts_with(scheme));
            let is_link = ["href", "src", "action", "formaction", "xlink:href"].contains(&name);
            if name == "style" || name.starts_with("on") || (is_link && is_script) || name == "srcdoc" {
                faults.push(format!("{}: {name}=\"{value}\"", element.value().name()));
            }
        }
        if ["style", "iframe", "object", "embed", "base", "applet"].contains(&element.value().name()) {
            faults.push(format!("an element {}", element.value().name()));
        }
    }
    faults
}

fn foreign_scripts(page: &Page, nonce: &str) -> Vec<String> {
    let foreign = |script: &ElementRef<'_>| nonce.is_empty() || script.attr("nonce") != Some(nonce);
    page.all("script")
        .into_iter()
        .filter(foreign)
        .map(|script| format!("a script without the nonce: {}", script.html()))
        .collect()
}

/// The page without its texts: every element with the names of its attributes.
pub fn skeleton(page: &Page) -> Vec<String> {
    let line = |element: ElementRef<'_>| {
        let mut names: Vec<_> = element.value().attrs().map(|(name, _)| name).collect();
        names.sort_unstable();
        format!("{} {}", element.value().name(), names.join(" "))
    };
    page.elements().map(line).collect()
}
