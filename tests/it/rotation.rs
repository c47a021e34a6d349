//! `rotate-master-key`, also beside another one, and cut off wherever it can be.

use crate::console::Console;
use crate::program::Program;
use control::Actor;
use control::operator::master_key::rotate;
use control::vault::Vault;
use pentaprism::boot::parts::Parts;
use pentaprism::boot::rotation::Rotation;
use pentaprism::boot::{master_key, workers};
use sqlx::PgPool;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const ROTATE: &[&str] = &["rotate-master-key"];
const NEXT: &str = "master.key.next";
/// Some other key.
const OTHER: &str = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

/// The copies of earlier keys.
fn kept(program: &Program) -> Vec<String> {
    let names = fs::read_dir(program.file("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("master.key.2")).collect()
}

/// Opens every sealed value; how many there are.
async fn count(program: &Program) -> usize {
    let told = program.succeed(ROTATE).await;
    told.split_whitespace().next().unwrap().parse().unwrap()
}

#[sqlx::test]
async fn the_old_key_is_kept_and_every_value_opens(db: PgPool) {
    let program = Program::new(&db);
    program.seed().await;
    let old = program.read("master.key");
    let told = program.succeed(ROTATE).await;
    assert_ne!(program.read("master.key"), old);
    let [name] = &kept(&program)[..] else { panic!("one old key") };
    assert!(told.contains(name), "{told}");
    assert_eq!(program.read(name), old);
    assert_eq!(fs::metadata(program.file(name)).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!program.file(NEXT).exists());
    // A second later, so that the next copy has a name of its own.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(count(&program).await >= 7);
}

#[sqlx::test]
async fn beside_another_one_it_is_refused_and_changes_nothing(db: PgPool) {
    let program = Program::new(&db);
    program.succeed(&["migrate"]).await;
    let key = program.read("master.key");
    let lock = File::create(program.file("master.key.lock")).unwrap();
    lock.lock().unwrap();
    assert!(program.fail(ROTATE).await.contains("Another rotation is under way."));
    drop(lock);

    let mut elsewhere = db.begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtext('pentaprism master key'))")
        .execute(&mut *elsewhere)
        .await
        .unwrap();
    assert!(program.fail(ROTATE).await.contains("Another rotation is under way."));
    elsewhere.rollback().await.unwrap();

    let server = program.serve().await;
    assert!(program.fail(ROTATE).await.contains("are running"));
    server.stop().await;
    assert_eq!((program.read("master.key"), program.file(NEXT).exists()), (key, false));
}

#[sqlx::test]
async fn several_at_once_leave_a_key_that_opens_everything(db: PgPool) {
    let program = Program::new(&db);
    program.seed().await;
    let (one, two, three) = tokio::join!(program.run(ROTATE), program.run(ROTATE), program.run(ROTATE));
    let done = [&one, &two, &three].into_iter().filter(|output| output.status.success()).count();
    assert!(done >= 1, "{}", String::from_utf8_lossy(&one.stderr));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(count(&program).await >= 7);
}

#[sqlx::test]
async fn one_that_was_cut_off_before_its_transaction_is_not_adopted_and_not_thrown_away(db: PgPool) {
    let program = Program::new(&db);
    program.succeed(&["migrate"]).await;
    let key = program.read("master.key");
    fs::write(program.file(NEXT), OTHER).unwrap();
    program.succeed(&["migrate"]).await;
    assert!(program.fail(ROTATE).await.contains(NEXT));
    assert_eq!((program.read("master.key"), program.read(NEXT)), (key, OTHER.to_owned()));
}

#[sqlx::test]
async fn one_that_was_cut_off_after_its_transaction_is_finished_by_the_next_start(db: PgPool) {
    let program = Program::new(&db);
    program.seed().await;
    let (config, old) = (program.config(), program.read("master.key"));
    let (key, now) = {
        let rotation = Rotation::begin(&config.storage).unwrap();
        let parts = Parts::for_rotation(&config, &rotation).await.unwrap();
        let key = rotation.stage(&parts.ctx.rng).unwrap();
        let vault = Vault::new(&key, parts.ctx.rng.clone()).unwrap();
        assert!(rotate(&parts.ctx, &Actor::command_line(), &vault, false).await.unwrap().rewrapped >= 7);
        let now = parts.ctx.now();
        parts.stop().await;
        (key, now)
    };
    let staged = program.read(NEXT);
    assert_eq!(program.read("master.key"), old, "cut off here");
    let server = program.serve().await;
    server.stop().await;
    assert_eq!((program.read("master.key"), program.file(NEXT).exists()), (staged, false));
    let [name] = &kept(&program)[..] else { panic!("one old key") };
    assert_eq!(program.read(name), old);
    // A command that comes to it afterwards finds it done.
    assert!(Rotation::begin(&config.storage).unwrap().adopt(&key, now).unwrap().is_none());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(count(&program).await >= 7);
}

#[sqlx::test]
async fn a_key_of_the_configuration_is_exchanged_by_a_file(db: PgPool) {
    let mut program = Program::new(&db);
    let first = OTHER.replace("AQID", "BQID");
    program.env.push(("PENTAPRISM__STORAGE__MASTER_KEY", first));
    program.seed().await;
    assert!(program.fail(ROTATE).await.contains("--new-key"));
    fs::create_dir(program.file("")).unwrap();
    fs::write(program.file("new"), OTHER).unwrap();
    let file = program.file("new").display().to_string();
    assert!(program.succeed(&["rotate-master-key", "--new-key", &file]).await.contains(&file));
    assert!(program.fail(&["migrate"]).await.contains("storage.master_key"));
    program.env.clear();
    program.env.push(("PENTAPRISM__STORAGE__MASTER_KEY", OTHER.to_owned()));
    program.succeed(&["migrate"]).await;
    assert!(!program.file("master.key").exists() && !program.file(NEXT).exists());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_server_that_was_overlooked_ends_within_seconds(db: PgPool) {
    let console = Console::new(db);
    assert!(control::database::knows_master_key(&console.ctx).await.unwrap());
    let (parts, stop) = (Parts::around(console.ctx.clone()), CancellationToken::new());
    let new = Vault::new(&master_key::parse(OTHER).unwrap(), console.ctx.rng.clone()).unwrap();
    rotate(&console.ctx, &Actor::command_line(), &new, false).await.unwrap();
    let workers = workers::start(&parts, &stop);
    tokio::time::timeout(Duration::from_secs(30), stop.cancelled()).await.unwrap();
    assert!(workers.wait().await.unwrap_err().to_string().contains("another master key"));
}
