use crate::world::{World, another_vault, code, connection, key_input, password};
use control::identity::second_factor::enroll::{enroll, pending};
use control::identity::sessions::parcel;
use control::operator::master_key::rotate;
use control::orgs::invitations::invite::{InviteInput, invite};
use control::{Actor, Ctx, database, keys, resources};
use kernel::ProblemCode;
use secrecy::ExposeSecret;
use sqlx::PgPool;
use std::sync::Arc;

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

    let sealed = rotate(&w.ctx, &Actor::command_line(), &another_vault()).await.unwrap();
    assert!(sealed >= 4, "{sealed}");
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
    assert_eq!(shown.expose_secret(), key.plain.expose());
    let rewrapped: Vec<(uuid::Uuid, Vec<u8>)> =
        sqlx::query_as("select id, letter from outgoing_mail").fetch_all(&w.ctx.db).await.unwrap();
    for (id, letter) in rewrapped {
        after.vault.open(&format!("outgoing_mail.letter:{id}"), &letter).unwrap();
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn while_a_server_runs_nothing_is_rotated(db: PgPool) {
    let w = World::new(db);
    let options = w.ctx.db.connect_options().as_ref().clone().application_name("pentaprism");
    let server = PgPool::connect_with(options).await.unwrap();
    let refused = rotate(&w.ctx, &Actor::command_line(), &another_vault()).await;
    assert_eq!(code(refused), ProblemCode::Conflict);
    server.close().await;
    assert!(database::knows_master_key(&w.ctx).await.unwrap());
}
