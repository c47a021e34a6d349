use crate::world::{World, code};
use control::operator::settings::{SettingKey, set};
use control::orgs::{create, delete, get, list, rename, waitlist};
use control::{Actor, operator};
use kernel::page::PageRequest;
use kernel::{Access, ProblemCode, Product};
use sqlx::PgPool;

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_organization_is_made_listed_renamed_and_deleted(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    w.audited("organization.create").await;
    let second = w.org(&cast.owner, "aardvark").await;
    let names: Vec<_> = list::list(&w.ctx, &cast.owner).await.unwrap().iter().map(|org| org.name.to_string()).collect();
    assert_eq!(names, ["aardvark", "Acme"]);
    rename::rename(&w.ctx, &cast.owner, second, "Zebra").await.unwrap();
    assert_eq!(w.audited("organization.rename").await.before.unwrap()["name"], "aardvark");

    assert_eq!(code(delete::delete(&w.ctx, &cast.owner, cast.org, "acme").await), ProblemCode::Invalid);
    delete::delete(&w.ctx, &cast.owner, cast.org, "Acme").await.unwrap();
    w.audited("organization.delete").await;
    for table in ["project", "resource", "api_key", "member where role <> 'owner'"] {
        assert_eq!(w.count(table).await, 0, "{table}");
    }
    assert_eq!(code(get::get(&w.ctx, &cast.owner, cast.org).await), ProblemCode::NotFound);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn one_user_owns_fifty_organizations_at_most_also_at_once(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    for n in 0..48 {
        w.org(&ada, &format!("Org {n}")).await;
    }
    let make = |name| create::create(&w.ctx, &ada, name);
    let (a, b, c) = tokio::join!(make("a"), make("b"), make("c"));
    assert_eq!([a, b, c].into_iter().filter(Result::is_ok).count(), 2);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_a_new_organization_may_use_is_a_setting(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let local = Actor::command_line();
    set::set(&w.ctx, &local, SettingKey::Pulse, "early_access").await.unwrap();
    let org = w.org(&ada, "Acme").await;
    let org = get::get(&w.ctx, &ada, org).await.unwrap();
    assert_eq!((org.accelerate, org.pulse), (Access::On, Access::EarlyAccess));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn an_organization_without_a_product_can_wait_for_it(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let join = || waitlist::join(&w.ctx, &cast.developer, cast.org, Product::Pulse);
    assert_eq!(code(join().await), ProblemCode::Conflict, "it is on");
    w.set_access(cast.org, Product::Pulse, Access::Off).await;
    join().await.unwrap();
    join().await.unwrap();
    w.audited("waitlist.join").await;
    assert_eq!(waitlist::joined(&w.ctx, &cast.viewer, cast.org).await.unwrap(), [Product::Pulse]);

    let local = Actor::command_line();
    let waiting = operator::waitlist::list(&w.ctx, &local, PageRequest::new(1)).await.unwrap();
    assert_eq!((waiting.total, waiting.items[0].requested_by.as_deref()), (1, Some("developer@example.com")));
    w.set_access(cast.org, Product::Pulse, Access::EarlyAccess).await;
    assert!(waitlist::joined(&w.ctx, &cast.viewer, cast.org).await.unwrap().is_empty());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_database_that_is_lost_at_the_commit_is_not_said_to_have_changed_nothing(db: PgPool) {
    let w = World::new(db);
    let ada = w.user("ada").await;
    let lose = "create function lose() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
                create constraint trigger lose after insert on organization deferrable initially deferred for each row execute function lose()";
    sqlx::raw_sql(lose).execute(&w.ctx.db).await.unwrap();
    let problem = create::create(&w.ctx, &ada, "Acme").await.unwrap_err().into_problem();
    assert_eq!((problem.code, problem.retry_after), (ProblemCode::Unsure, None));
    assert!(problem.detail.ends_with("It may have been done: look before you try again."), "{}", problem.detail);
}
