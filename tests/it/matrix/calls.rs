//! Every server function, called by everybody.

use super::functions::{FUNCTIONS, Function};
use crate::answer::Answer;
use crate::browser::Browser;
use crate::console::Console;
use crate::world::{Who, World};
use http::Method;
use leptos::server_fn::axum::server_fn_paths;
use sqlx::PgPool;
use std::collections::BTreeSet;

async fn call(browser: &mut Browser, function: &Function, body: &str) -> Answer {
    match method_of(function.name) {
        Method::GET => browser.read(&format!("{}?{body}", function.name)).await,
        _ => browser.call(function.name, body).await,
    }
}

fn method_of(name: &str) -> Method {
    server_fn_paths().find(|(path, _)| path.strip_prefix("/api/") == Some(name)).unwrap().1
}

#[test]
fn every_function_has_a_row() {
    let registered: BTreeSet<_> = server_fn_paths().map(|(path, _)| path.trim_start_matches("/api/")).collect();
    let listed: BTreeSet<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    assert_eq!(registered.difference(&listed).collect::<Vec<_>>(), Vec::<&&str>::new(), "functions without a row");
    assert_eq!(listed.difference(&registered).collect::<Vec<_>>(), Vec::<&&str>::new(), "rows without a function");
    assert_eq!(listed.len(), FUNCTIONS.len(), "one row each");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_function_refuses_whom_it_is_not_for_and_changes_nothing(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    let before = console.state().await;
    for function in FUNCTIONS {
        for who in Who::ALL {
            let Some(refusal) = function.whom.refusal(who) else { continue };
            let body = world.fill(function.body, who);
            let answer = call(&mut world.browser(&console, who), function, &body).await;
            assert_eq!(answer.status, refusal, "{} by {who:?}: {}", function.name, answer.body());
            assert!(!answer.problem().detail.is_empty(), "{} by {who:?}", function.name);
            assert!(answer.header("content-type").starts_with("application/json"), "{} by {who:?}", function.name);
            assert_eq!(answer.set_cookie("session"), None, "{} by {who:?}", function.name);
        }
        assert!(console.state().await == before, "{} changed something", function.name);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_outsider_does_not_learn_whether_an_id_exists(db: PgPool) {
    let console = Console::new(db);
    let world = World::new(&console).await;
    for function in FUNCTIONS.iter().filter(|function| function.whom.refusal(Who::Outsider).is_some()) {
        let mut outsider = world.browser(&console, Who::Outsider);
        let there = call(&mut outsider, function, &world.fill(function.body, Who::Outsider)).await;
        let nowhere = call(&mut outsider, function, &world.fill_unknown(function.body, &console.ctx)).await;
        assert_eq!((there.status, there.body()), (nowhere.status, nowhere.body()), "{}", function.name);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_function_does_its_work_for_whom_it_is_for(db: PgPool) {
    let console = Console::new(db);
    for (n, function) in FUNCTIONS.iter().enumerate() {
        for who in Who::ALL.into_iter().filter(|who| function.whom.refusal(*who).is_none()) {
            let world = World::tagged(&console, &format!("-{n}-{who:?}")).await;
            let body = world.fill(function.body, who);
            let answer = call(&mut world.browser(&console, who), function, &body).await;
            assert_eq!(answer.status, function.answer, "{} by {who:?}: {}", function.name, answer.body());
        }
    }
}
