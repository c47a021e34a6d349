use crate::world::{DB_PASSWORD, World, code, connection, key_input};
use control::keys;
use control::projects;
use control::resources::delete::{DeleteResourceInput, delete};
use control::resources::{change_connection, connection as stored, create, get, list, rename};
use kernel::{ProblemCode, ResourceId};
use secrecy::ExposeSecret;
use sqlx::PgPool;

fn confirm(name: &str, successor: Option<ResourceId>) -> DeleteResourceInput {
    DeleteResourceInput { confirmation: name.into(), successor }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_connection_string_is_sealed_and_shown_masked(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    assert!(!w.dump().await.contains(DB_PASSWORD));
    let (resource, _) = get::get(&w.ctx, &cast.viewer, cast.resource).await.unwrap();
    assert_eq!(resource.connection.as_deref(), Some("postgres://shop:••••@db.example.com/shop"));
    assert!(!format!("{resource:?}").contains(DB_PASSWORD));
    let plain = stored::connection(&w.ctx, &cast.developer, cast.resource).await.unwrap();
    assert!(plain.expose_secret().contains(DB_PASSWORD));

    let empty = create::create(&w.ctx, &cast.developer, cast.project, "Staging", None).await.unwrap();
    assert_eq!(code(stored::connection(&w.ctx, &cast.developer, empty).await), ProblemCode::Conflict);
    change_connection::change_connection(&w.ctx, &cast.developer, empty, connection()).await.unwrap();
    w.audited("resource.change_connection").await;
    assert!(!w.dump().await.contains(DB_PASSWORD), "nor in the audit log");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_sealed_string_moved_to_another_row_does_not_open(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let other = create::create(&w.ctx, &cast.owner, cast.project, "Staging", Some(connection())).await.unwrap();
    sqlx::query("update resource set connection_string = (select connection_string from resource where id = $1)")
        .bind(cast.resource.uuid())
        .execute(&w.ctx.db)
        .await
        .unwrap();
    assert!(matches!(stored::connection(&w.ctx, &cast.owner, other).await, Err(control::Error::Fault(_))));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_first_resource_is_the_default_and_names_are_one_a_project(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let staging = create::create(&w.ctx, &cast.developer, cast.project, "Staging", None).await.unwrap();
    let taken = create::create(&w.ctx, &cast.developer, cast.project, "staging", None).await;
    assert_eq!(code(taken), ProblemCode::Invalid);
    let resources = list::list(&w.ctx, &cast.viewer, cast.project).await.unwrap();
    let shown: Vec<_> = resources.iter().map(|r| (r.name.as_str(), r.is_default)).collect();
    assert_eq!(shown, [("Production", true), ("Staging", false)]);
    rename::rename(&w.ctx, &cast.developer, staging, "Preview").await.unwrap();
    assert_eq!(w.audited("resource.rename").await.after.unwrap()["name"], "Preview");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_default_goes_only_with_a_successor(db: PgPool) {
    let w = World::new(db);
    let (cast, other) = (w.cast("").await, w.cast("2").await);
    let staging = create::create(&w.ctx, &cast.owner, cast.project, "Staging", None).await.unwrap();
    let go = |input| delete(&w.ctx, &cast.admin, cast.resource, input);
    assert_eq!(code(go(confirm("production", Some(staging))).await), ProblemCode::Invalid);
    for successor in [None, Some(cast.resource), Some(other.resource)] {
        assert_eq!(code(go(confirm("Production", successor)).await), ProblemCode::Invalid);
    }
    go(confirm("Production", Some(staging))).await.unwrap();
    assert_eq!(w.audited("resource.delete").await.after.unwrap()["default"], staging.to_string());
    let project = projects::get::get(&w.ctx, &cast.viewer, cast.project).await.unwrap();
    assert_eq!(project.default_resource, Some(staging));
    delete(&w.ctx, &cast.admin, staging, confirm("Staging", None)).await.unwrap();
    assert_eq!(code(get::get(&w.ctx, &cast.owner, staging).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn keys_of_a_project_without_resources_come_to_lead_nowhere_by_themselves(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let input = key_input("web");
    let key = keys::create::create(&w.ctx, &cast.developer, cast.project, input).await.unwrap();
    delete(&w.ctx, &cast.admin, cast.resource, confirm("Production", None)).await.unwrap();
    assert_eq!(w.audited("resource.delete").await.after.unwrap()["disabled_keys"], 2, "and the one of the cast");
    create::create(&w.ctx, &cast.owner, cast.project, "Elsewhere", None).await.unwrap();
    let state = async || keys::list::get(&w.ctx, &cast.viewer, key.id).await.unwrap().state(w.ctx.now());
    assert_eq!(state().await, keys::State::Disabled);
    keys::edit::set_enabled(&w.ctx, &cast.developer, key.id, true).await.unwrap();
    assert_eq!(state().await, keys::State::Active);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn connection_tests_run_out_for_one_user(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let test = async |actor| stored::connection(&w.ctx, actor, cast.resource).await;
    for _ in 0..10 {
        test(&cast.developer).await.unwrap();
    }
    assert_eq!(code(test(&cast.developer).await), ProblemCode::TooMany);
    assert!(test(&cast.admin).await.is_ok());
}
