//! What axum serves beside pages and server functions. A route that is written anywhere in the server without a row here is red: outside of the
//! console's layers it would have neither guard nor session.

use crate::console::Console;
use crate::world::{Who, World};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The file, and the path as it stands there.
const ROUTES: [(&str, &str); 18] = [
    // Behind guard and session.
    ("src/web/mod.rs", "\"/\""),
    // For everybody: they tell of the process and of the build alone.
    ("src/web/health.rs", "\"/healthz\""),
    ("src/web/health.rs", "\"/readyz\""),
    ("src/web/assets.rs", "&path"),
    // On listeners of their own: with an API key, and for whom the operator lets in.
    ("src/data_api/mod.rs", "\"/key\""),
    ("src/data_api/pulse/mod.rs", "\"/stream\""),
    ("src/data_api/pulse/mod.rs", "\"/subscribe\""),
    ("src/data_api/accelerate/mod.rs", "\"/health\""),
    ("src/data_api/accelerate/mod.rs", "\"/connection-info\""),
    ("src/data_api/accelerate/mod.rs", "\"/query\""),
    ("src/data_api/accelerate/mod.rs", "\"/invalidate\""),
    ("src/data_api/accelerate/mod.rs", "\"/transaction/start\""),
    ("src/data_api/accelerate/mod.rs", "\"/transaction/{id}/commit\""),
    ("src/data_api/accelerate/mod.rs", "\"/transaction/{id}/query\""),
    ("src/data_api/accelerate/mod.rs", "\"/transaction/{id}/rollback\""),
    // With a proof that another node asks.
    ("src/nodes/receive.rs", "\"/node/invalidate\""),
    ("src/nodes/receive.rs", "\"/node/measure\""),
    ("src/boot/listeners.rs", "\"/metrics\""),
];

/// Other ways to serve something; each has to be thought about.
const OTHERS: [(&str, &str); 2] =
    [("src/web/pages.rs", ".fallback(leptos_axum::"), ("src/web/pages.rs", ".leptos_routes_with_context(")];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let name = entry.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read_to_string(&entry).unwrap()));
        }
    }
}

#[test]
fn every_route_of_the_server_has_a_row() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut written = BTreeSet::new();
    for (file, text) in &files {
        let paths = text.split(".route(").skip(1).map(|rest| rest.split(',').next().unwrap_or_default().trim());
        written.extend(paths.map(|path| (file.as_str(), path)));
        let services = [".nest(", "_service(", ".fallback(", ".leptos_routes", ".method_not_allowed_fallback("];
        for (at, _) in services.iter().flat_map(|way| text.match_indices(way)) {
            let known = OTHERS.iter().any(|(place, way)| place == file && text[at..].starts_with(way));
            // The axum feature of the same ending, which serves the listeners themselves.
            let listens = text[..at].ends_with(".into_make");
            assert!(known || listens, "{file} serves by {}", text[at..].lines().next().unwrap_or_default());
        }
    }
    assert_eq!(written, BTreeSet::from(ROUTES));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn beside_the_pages_everybody_gets_health_and_assets_alone(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for who in Who::ALL {
        let mut browser = world.browser(&console, who);
        let page = browser.get("/sign-in").await.html();
        let assets = page.attrs("head link[href]", "href");
        assert!(assets.len() > 2, "{assets:?}");
        for path in assets.iter().map(String::as_str).chain(["/healthz", "/readyz"]) {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, 200, "{path} by {who:?}");
            assert_eq!(answer.set_cookie("session"), None, "{path} by {who:?}");
        }
        for path in ["/metrics", "/key"] {
            assert_ne!(browser.get(path).await.status, 200, "{path} by {who:?}");
        }
    }
}
