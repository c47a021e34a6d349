use crate::world::{World, code, key_input};
use control::projects::{create, delete, get, list, rename, set_default_resource::set_default_resource};
use control::{keys, resources};
use kernel::ProblemCode;
use kernel::page::PageRequest;
use sqlx::PgPool;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn projects_are_made_searched_renamed_and_deleted(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let blog = create::create(&w.ctx, &cast.developer, cast.org, "Blog").await.unwrap();
    assert_eq!(
        code(create::create(&w.ctx, &cast.owner, cast.org, "bLOG").await),
        ProblemCode::Invalid,
        "the name is taken"
    );
    let page = list::list(&w.ctx, &cast.viewer, cast.org, "sHo", PageRequest::new(1)).await.unwrap();
    assert_eq!((page.total, page.items[0].resources, page.items[0].keys), (1, 1, 1));
    rename::rename(&w.ctx, &cast.developer, blog, "News").await.unwrap();
    assert_eq!(code(rename::rename(&w.ctx, &cast.developer, blog, "shop").await), ProblemCode::Invalid);
    assert_eq!(w.audited("project.rename").await.before.unwrap()["name"], "Blog");

    assert_eq!(code(delete::delete(&w.ctx, &cast.admin, cast.project, "shop").await), ProblemCode::Invalid);
    delete::delete(&w.ctx, &cast.admin, cast.project, "Shop").await.unwrap();
    w.audited("project.delete").await;
    assert_eq!((w.count("resource").await, w.count("api_key").await), (0, 0));
    assert_eq!(code(get::get(&w.ctx, &cast.owner, cast.project).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_default_resource_is_one_of_the_projects_own(db: PgPool) {
    let w = World::new(db);
    let (cast, other) = (w.cast("").await, w.cast("2").await);
    let staging = resources::create::create(&w.ctx, &cast.developer, cast.project, "Staging", None).await.unwrap();
    assert_eq!(get::get(&w.ctx, &cast.viewer, cast.project).await.unwrap().default_resource, Some(cast.resource));
    set_default_resource(&w.ctx, &cast.developer, cast.project, staging).await.unwrap();
    assert_eq!(get::get(&w.ctx, &cast.viewer, cast.project).await.unwrap().default_resource, Some(staging));
    let event = w.audited("project.set_default_resource").await;
    assert_eq!(event.before.unwrap()["default"], cast.resource.to_string());
    let foreign = set_default_resource(&w.ctx, &cast.developer, cast.project, other.resource).await;
    assert_eq!(code(foreign), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_project_of_another_organization_is_not_found(db: PgPool) {
    let w = World::new(db);
    let (cast, other) = (w.cast("").await, w.cast("2").await);
    let theirs = other.project;
    assert_eq!(code(get::get(&w.ctx, &cast.owner, theirs).await), ProblemCode::NotFound);
    assert_eq!(code(delete::delete(&w.ctx, &cast.owner, theirs, "Shop").await), ProblemCode::NotFound);
    let key = keys::create::create(&w.ctx, &cast.owner, theirs, key_input("x")).await;
    assert_eq!(code(key), ProblemCode::NotFound);
    let mut input = key_input("x");
    input.resource = Some(other.resource);
    let mixed = keys::create::create(&w.ctx, &cast.owner, cast.project, input).await;
    assert_eq!(code(mixed), ProblemCode::NotFound, "an own project with a foreign resource");
}
