use crate::world::{World, another_vault, connection, key_input, password};
use control::identity::second_factor::enroll::{enroll, pending};
use control::identity::sessions::parcel;
use control::operator::master_key::{ROTATION, Rotated, rotate};
use control::orgs::invitations::invite::{InviteInput, invite};
use control::{Actor, Ctx, Error, database, keys, resources};
use kernel::ProblemCode;
use secrecy::ExposeSecret;
use sqlx::PgPool;
use std::sync::Arc;

/// To the key of [`another_vault`].
async fn turn(ctx: &Ctx) -> Result<Rotated, Error> {
    rotate(ctx, &Actor::command_line(), &another_vault(), false).await
}

fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let Err(Error::Problem(problem)) = result else { panic!("a problem, not {result:?}") };
    assert_eq!(problem.code, ProblemCode::Conflict);
    problem.detail
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn everything_sealed_opens_under_the_new_key_alone(db: PgPool) {
    let w = World::with_mail(db);
    let cast = w.cast("").await;
    assert!(database::knows_master_key(&w.ctx).await.unwrap());
    let key = keys::create::create(&w.ctx, &cast.owner, cast.project, key_input("web")).await.unwrap();
    resources::change_connection::change_connection(&w.ctx, &cast.owner, cast.resource, connection()).await.unwrap();
    let enrollment = enroll(&w.ctx, &cast.owner, password()).await.unwrap();
    let stored = resources::connection::connection(&w.ctx, &cast.owner, cast.resource).await.unwrap();
    let invited = InviteInput { email: "invited@example.com".into(), role: "viewer".into() };
    invite(&w.ctx, &cast.owner, cast.org, invited).await.unwrap();
    assert!(w.count("outgoing_mail").await > 0, "a letter waits");

    let rotated = turn(&w.ctx).await.unwrap();
    assert!(rotated.rewrapped >= 4 && rotated.skipped.is_empty(), "{rotated:?}");
    w.audited("master_key.rotate").await;
    assert!(!database::knows_master_key(&w.ctx).await.unwrap());
    assert!(resources::connection::connection(&w.ctx, &cast.owner, cast.resource).await.is_err());

    let after = Ctx { vault: Arc::new(another_vault()), ..w.ctx.clone() };
    assert!(database::knows_master_key(&after).await.unwrap());
    let opened = resources::connection::connection(&after, &cast.owner, cast.resource).await.unwrap();
    assert_eq!(opened.expose_secret(), stored.expose_secret());
    let waiting = pending(&after, &cast.owner).await.unwrap().unwrap();
    assert_eq!(waiting.secret.expose_secret(), enrollment.secret.expose_secret());
    let shown = parcel::take(&after, &cast.owner, &key.id.to_string()).await.unwrap().unwrap();
    let shown = shown.keep().await.unwrap();
    assert_eq!(shown.expose_secret(), key.plain.expose());
    let rewrapped: Vec<(uuid::Uuid, Vec<u8>)> =
        sqlx::query_as("select id, letter from outgoing_mail").fetch_all(&w.ctx.db).await.unwrap();
    for (id, letter) in rewrapped {
        after.vault.open(&format!("outgoing_mail.letter:{id}"), &letter).unwrap();
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn while_a_server_or_a_command_runs_nothing_is_rotated(db: PgPool) {
    let w = World::new(db);
    assert!(database::knows_master_key(&w.ctx).await.unwrap());
    for (name, stops) in [
        ("pentaprism", true),
        ("pentaprism command", true),
        ("pentaprism key feed", true),
        ("pentaprism key listener", true),
        (ROTATION, false),
        ("psql", false),
    ] {
        let options = w.ctx.db.connect_options().as_ref().clone().application_name(name);
        let other = PgPool::connect_with(options).await.unwrap();
        if stops {
            assert!(told(turn(&w.ctx).await).contains("are running"), "{name}");
        } else {
            turn(&w.ctx).await.unwrap();
            let back = Ctx { vault: Arc::new(another_vault()), ..w.ctx.clone() };
            rotate(&back, &Actor::command_line(), &w.ctx.vault, false).await.unwrap();
        }
        other.close().await;
        gone(&w, name).await;
    }
    assert!(database::still_knows_master_key(&w.ctx).await.unwrap());
}

/// Postgres forgets a connection a moment after it was closed.
async fn gone(w: &World, name: &str) {
    let left = "select count(*) from pg_stat_activity where datname = current_database() and application_name = $1";
    while sqlx::query_scalar::<_, i64>(left).bind(name).fetch_one(&w.ctx.db).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_server_that_starts_while_the_lock_is_taken_is_counted_or_meets_the_new_key(db: PgPool) {
    let w = World::new(db);
    w.cast("").await;
    assert!(database::knows_master_key(&w.ctx).await.unwrap());
    let (rotated, knew) = tokio::join!(turn(&w.ctx), async {
        for _ in 0..200 {
            if !database::knows_master_key(&w.ctx).await.unwrap() {
                return false;
            }
        }
        true
    });
    rotated.unwrap();
    assert!(!knew || !database::still_knows_master_key(&w.ctx).await.unwrap());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn of_two_rotations_at_once_one_is_refused(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    assert!(database::knows_master_key(&w.ctx).await.unwrap());
    let (one, two) = tokio::join!(turn(&w.ctx), turn(&w.ctx));
    let (done, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    done.unwrap();
    let told = told(refused);
    assert!(told == "Another rotation is under way." || told.starts_with("Another rotation has ended"), "{told}");
    let after = Ctx { vault: Arc::new(another_vault()), ..w.ctx.clone() };
    resources::connection::connection(&after, &cast.owner, cast.resource).await.unwrap();
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_does_not_open_is_named_and_stays_as_it_is_when_it_is_skipped(db: PgPool) {
    let w = World::new(db);
    let (cast, other) = (w.cast("").await, w.cast("other").await);
    assert!(database::knows_master_key(&w.ctx).await.unwrap());
    let broken = "update resource set connection_string = 'not sealed' where id = $1";
    sqlx::query(broken).bind(cast.resource.uuid()).execute(&w.ctx.db).await.unwrap();
    sqlx::query("update session_parcel set sealed = 'not sealed', expires_at = $1")
        .bind(w.ctx.now())
        .execute(&w.ctx.db)
        .await
        .unwrap();
    let before = w.dump().await;
    let told = told(turn(&w.ctx).await);
    assert!(told.contains(&cast.resource.to_string()) && told.contains("--skip-unreadable"), "{told}");
    assert!(!told.contains("parcel") && !told.contains(&other.resource.to_string()), "{told}");
    assert!(w.dump().await == before, "what was refused changed nothing");

    let rotated = rotate(&w.ctx, &Actor::command_line(), &another_vault(), true).await.unwrap();
    assert_eq!(rotated.skipped.len(), 1);
    assert_eq!(w.count("session_parcel").await, 0, "what has ended is no reason to stop");
    assert_eq!(w.count("resource where connection_string = 'not sealed'").await, 1);
    let after = Ctx { vault: Arc::new(another_vault()), ..w.ctx.clone() };
    resources::connection::connection(&after, &other.owner, other.resource).await.unwrap();
}
