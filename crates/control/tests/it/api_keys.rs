use crate::world::{World, code, key_input};
use control::keys::edit::{EditKeyInput, edit, set_enabled};
use control::keys::list::{get, of_project, of_resource};
use control::keys::{State, create::create, remove::remove, rotate::rotate};
use kernel::ProblemCode;
use kernel::key::Rights;
use kernel::page::PageRequest;
use sqlx::PgPool;
use time::Duration;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_key_is_shown_once_and_stored_as_a_hash(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let text = cast.key.plain.expose();
    assert!(kernel::key::is_well_formed(text));
    assert!(!w.dump().await.contains(text) && !format!("{:?}", cast.key).contains(text));
    let key = get(&w.ctx, &cast.viewer, cast.key.id).await.unwrap();
    assert_eq!(key.visible, (text[..8].to_owned(), text[text.len() - 4..].to_owned()));
    assert_eq!((key.created_by.as_deref(), key.state(w.ctx.now())), (Some("owner"), State::Active));
    w.audited("api_key.create").await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn keys_of_a_project_and_of_a_resource_are_listed_apart(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let mut input = key_input("staging-api");
    input.resource = Some(cast.resource);
    input.allowed_ranges = "10.0.0.0/8".into();
    input.expires_in_days = "30".into();
    create(&w.ctx, &cast.developer, cast.project, input).await.unwrap();
    let all = of_project(&w.ctx, &cast.viewer, cast.project, "", PageRequest::new(1)).await.unwrap();
    let own = of_resource(&w.ctx, &cast.viewer, cast.resource, "", PageRequest::new(1)).await.unwrap();
    assert_eq!((all.total, own.total), (2, 1));
    assert_eq!(own.items[0].expires_at, Some(w.ctx.now() + Duration::days(30)));

    let mut wrong = key_input("");
    wrong.rights = "some".into();
    wrong.expires_in_days = "0".into();
    wrong.allowed_ranges = "everywhere".into();
    let Err(control::Error::Problem(problem)) = create(&w.ctx, &cast.developer, cast.project, wrong).await else {
        panic!("refused")
    };
    assert_eq!(problem.fields.len(), 4);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_key_is_edited_disabled_and_removed(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let id = cast.key.id;
    let input = EditKeyInput { name: "web".into(), rights: "read_only".into(), allowed_ranges: String::new() };
    edit(&w.ctx, &cast.developer, id, input).await.unwrap();
    assert_eq!(w.audited("api_key.edit").await.before.unwrap()["name"], "production");
    set_enabled(&w.ctx, &cast.developer, id, false).await.unwrap();
    let key = get(&w.ctx, &cast.viewer, id).await.unwrap();
    assert_eq!((key.rights, key.state(w.ctx.now())), (Rights::ReadOnly, State::Disabled));
    assert_eq!(code(rotate(&w.ctx, &cast.developer, id, "0").await), ProblemCode::Conflict);
    set_enabled(&w.ctx, &cast.developer, id, true).await.unwrap();
    remove(&w.ctx, &cast.developer, id).await.unwrap();
    w.audited("api_key.disable").await;
    w.audited("api_key.enable").await;
    w.audited("api_key.remove").await;
    assert_eq!(code(remove(&w.ctx, &cast.developer, id).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_rotated_key_dies_after_the_overlap(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    assert_eq!(code(rotate(&w.ctx, &cast.developer, cast.key.id, "2h").await), ProblemCode::Invalid);
    let new = rotate(&w.ctx, &cast.developer, cast.key.id, "24h").await.unwrap();
    w.audited("api_key.rotate").await;
    assert_eq!(
        code(rotate(&w.ctx, &cast.developer, cast.key.id, "1h").await),
        ProblemCode::Conflict,
        "it has a successor"
    );
    let state = async |id| get(&w.ctx, &cast.viewer, id).await.unwrap().state(w.ctx.now());
    assert_eq!((state(cast.key.id).await, state(new.id).await), (State::Active, State::Active));
    w.ctx.clock.advance(Duration::hours(24));
    assert_eq!((state(cast.key.id).await, state(new.id).await), (State::Expired, State::Active));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn of_two_rotations_at_once_without_overlap_one_counts(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let go = || rotate(&w.ctx, &cast.developer, cast.key.id, "0");
    let (one, two) = tokio::join!(go(), go());
    assert_ne!(one.is_ok(), two.is_ok());
    assert_eq!(w.count("api_key").await, 2);
}
