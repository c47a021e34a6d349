//! What a database must have, and what is made in it.

use pulse::{
    Error, SqlState,
    setup::{self, Check, Item, State, Statements, TableName, Tables, WalStatus},
    source,
};
use testkit::Cluster;
use upstream::ConnectionString;

use crate::world::World;

fn table(name: &str) -> TableName {
    TableName { schema: "public".into(), name: name.into() }
}

fn find<'a>(items: &'a [Item], check: Check, of: Option<&str>) -> &'a Item {
    let of = of.map(table);
    items.iter().find(|item| item.check == check && item.table == of).unwrap()
}

const TABLES: &str = r#"
    create table keyed (id int primary key);
    create table "No Key" (a int);
    create table full_row (a int);
    alter table full_row replica identity full;
    create table nothing (id int primary key);
    alter table nothing replica identity nothing;
    create table indexed (a int not null unique);
    alter table indexed replica identity using index indexed_a_key"#;

#[tokio::test]
async fn a_prepared_database_is_ready_but_for_its_tables() {
    let world = World::new().await;
    world.execute(TABLES).await;
    let items = setup::checklist(&world.dialer, &world.target, &Tables::All, false).await.unwrap();
    for check in [Check::Version, Check::Primary, Check::WalLevel, Check::Slots, Check::Senders, Check::ReplicationRole]
    {
        assert_eq!(find(&items, check, None).state, State::Ready, "{items:?}");
    }
    let state = |name| find(&items, Check::ReplicaIdentity, Some(name)).state;
    assert_eq!(
        ["keyed", "No Key", "full_row", "nothing", "indexed"].map(state),
        [State::Advised, State::Missing, State::Ready, State::Missing, State::Advised]
    );
    let limit = find(&items, Check::WalKept, None);
    assert_eq!((limit.state, limit.found.as_str()), (State::Advised, "no limit"));

    // Every statement does what it says.
    let statement = |name| find(&items, Check::ReplicaIdentity, Some(name)).statement.clone().unwrap();
    world.execute(&(statement("No Key") + &statement("nothing"))).await;
    for statement in limit.statement.as_ref().unwrap().lines() {
        world.execute(statement).await;
    }
    let items = setup::checklist(&world.dialer, &world.target, &Tables::All, false).await.unwrap();
    assert_eq!(find(&items, Check::ReplicaIdentity, Some("No Key")).state, State::Ready);
    assert_eq!(find(&items, Check::ReplicaIdentity, Some("nothing")).state, State::Ready);
    assert_eq!(find(&items, Check::WalKept, None).found, "10GB");
    world.execute("alter system reset max_slot_wal_keep_size").await;
    world.execute("select pg_reload_conf()").await;
}

#[tokio::test]
async fn what_is_missing_comes_with_the_statement_that_adds_it() {
    let mut cluster = Cluster::throwaway_with(&[("wal_level", "replica"), ("max_replication_slots", "0")]).unwrap();
    let world = World::of(&cluster).await;
    let create = "create table mine (id int primary key); create table theirs (id int primary key);
        create role app login password 'secret'; alter table mine owner to app";
    world.execute(create).await;
    let url = format!("postgres://app:secret@{}/{}", cluster.address(), world.target.database());
    let app = ConnectionString::parse(&url).unwrap();
    let chosen = Tables::Chosen(vec![table("mine"), table("theirs"), table("gone")]);
    let items = setup::checklist(&world.dialer, &app, &chosen, false).await.unwrap();
    let missing: Vec<_> = items.iter().filter(|item| item.state == State::Missing).map(|item| item.check).collect();
    assert_eq!(
        missing,
        [Check::WalLevel, Check::Slots, Check::ReplicationRole, Check::Publishing, Check::ReplicaIdentity]
    );
    assert_eq!(find(&items, Check::ReplicaIdentity, Some("gone")).found, "no such table");
    let names = &world.names;
    let refused = setup::create_publication(&world.dialer, &app, &names.publication, &chosen).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(_)) && refused.code() == "P6101", "{refused:?}");

    for item in items.iter().filter(|item| item.statement.is_some() && item.state == State::Missing) {
        for statement in item.statement.as_ref().unwrap().lines() {
            world.execute(statement).await;
        }
    }
    // The settings of the throwaway cluster are told to the server on its command line, which is stronger than its file.
    cluster.restart(&[("wal_level", "logical"), ("max_replication_slots", "10")]).unwrap();
    let chosen = Tables::Chosen(vec![table("mine"), table("theirs")]);
    let items = setup::checklist(&world.dialer, &app, &chosen, false).await.unwrap();
    assert!(items.iter().all(|item| item.state != State::Missing), "{items:?}");
    setup::create_publication(&world.dialer, &app, &names.publication, &chosen).await.unwrap();
    source::create_slot(&world.dialer, &app, &names.slot).await.unwrap();

    // All tables are for superusers.
    let refused = setup::create_publication(&world.dialer, &app, &names.publication, &Tables::All).await;
    assert_eq!(refused, Err(Error::Refused(SqlState::INSUFFICIENT_PRIVILEGE)));
    let published = setup::published(&world.dialer, &app, &names.publication).await.unwrap();
    assert_eq!(published, Some(vec![table("mine"), table("theirs")]), "the old one stays");
}

#[tokio::test]
async fn slots_and_publications_come_and_go() {
    let world = World::new().await;
    world.execute(TABLES).await;
    let (dialer, target, names) = (&world.dialer, &world.target, &world.names);
    assert_eq!(setup::published(dialer, target, &names.publication).await, Ok(None));
    assert_eq!(setup::slot_status(dialer, target, &names.slot).await, Ok(None));
    let chosen = Tables::Chosen(vec![table("keyed"), table("No Key")]);
    setup::create_publication(dialer, target, &names.publication, &chosen).await.unwrap();
    setup::create_publication(dialer, target, &names.publication, &Tables::Chosen(vec![])).await.unwrap();
    assert_eq!(setup::published(dialer, target, &names.publication).await, Ok(Some(vec![])));
    setup::create_publication(dialer, target, &names.publication, &Tables::All).await.unwrap();
    assert_eq!(setup::published(dialer, target, &names.publication).await.unwrap().unwrap().len(), 5);

    let point = source::create_slot(dialer, target, &names.slot).await.unwrap();
    let again = source::create_slot(dialer, target, &names.slot).await.unwrap_err();
    assert_eq!(again, Error::Refused(SqlState::DUPLICATE_OBJECT));
    let status = setup::slot_status(dialer, target, &names.slot).await.unwrap().unwrap();
    assert!(!status.is_active && status.confirmed == point && status.wal == WalStatus::Reserved, "{status:?}");
    assert_eq!(setup::end_walsender(dialer, target, &names.slot).await, Ok(false));

    // One reader at a time; it can be ended, and a slot in use be dropped.
    let mut reader = world.start().await.unwrap();
    assert_eq!(world.start().await.err(), Some(Error::Refused(SqlState::OBJECT_IN_USE)));
    assert!(setup::slot_status(dialer, target, &names.slot).await.unwrap().unwrap().is_active);
    assert_eq!(setup::end_walsender(dialer, target, &names.slot).await, Ok(true));
    let ended = crate::world::message(&mut reader).await.unwrap_err();
    assert!(matches!(ended, Error::Refused(_) | Error::Closed), "{ended:?}");
    let mut reader = crate::source::eventually_started(&world).await;
    assert_eq!(setup::drop_slot(dialer, target, &names.slot).await, Ok(true));
    assert_eq!(setup::drop_slot(dialer, target, &names.slot).await, Ok(false));
    assert!(crate::world::message(&mut reader).await.is_err());
    assert_eq!(world.start().await.err(), Some(Error::Refused(SqlState::UNDEFINED_OBJECT)));
    setup::drop_publication(dialer, target, &names.publication).await.unwrap();
    assert_eq!(setup::published(dialer, target, &names.publication).await, Ok(None));
}

#[tokio::test]
async fn a_survey_shows_what_is_there_and_its_statements_make_and_remove_it() {
    let world = World::new().await;
    world.execute(r#"create table keyed (id int primary key); create table "it's" (id int primary key)"#).await;
    let (dialer, target, names) = (&world.dialer, &world.target, &world.names);
    let look = async |tables: &Tables| setup::survey(dialer, target, names, tables).await.unwrap();
    let chosen = Tables::Chosen(vec![table("it's")]);
    let before = look(&chosen).await;
    assert!(before.version >= 12);
    assert_eq!(before.tables, [table("it's"), table("keyed")]);
    assert_eq!((&before.slot, &before.published), (&None, &None));
    assert_eq!(before.items, setup::checklist(dialer, target, &chosen, false).await.unwrap());

    let statements = Statements::of(names, &chosen, before.version);
    world.execute(&statements.publish).await;
    world.execute(&statements.create_slot).await;
    let made = look(&chosen).await;
    assert_eq!(made.published, Some(vec![table("it's")]));
    assert!(!made.slot.unwrap().is_active);
    let mut reader = world.start().await.unwrap();
    assert!(look(&chosen).await.slot.unwrap().is_active, "somebody reads it");
    world.execute(&statements.end_walsender).await;
    assert!(crate::world::message(&mut reader).await.is_err());
    // The server needs a moment to let go of it.
    while look(&chosen).await.slot.unwrap().is_active {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for _ in 0..2 {
        for statement in [&statements.end_walsender, &statements.drop_slot, &statements.drop_publication] {
            world.execute(statement).await;
        }
    }
    let gone = look(&chosen).await;
    assert_eq!((gone.slot, gone.published), (None, None));
}

#[tokio::test]
async fn who_may_not_publish_all_needs_a_publication_of_the_right_name() {
    let world = World::new().await;
    let role = format!("reader_{}", world.names.slot);
    world
        .execute(&format!(
            "create table keyed (id int primary key); create role {role} login replication password 'secret'"
        ))
        .await;
    let url = format!("postgres://{role}:secret@{}/{}", world.address(), world.target.database());
    let target = ConnectionString::parse(&url).unwrap();
    let look = async || setup::survey(&world.dialer, &target, &world.names, &Tables::All).await.unwrap();
    let survey = look().await;
    let item = find(&survey.items, Check::Publishing, None);
    assert_eq!(item.state, State::Missing);
    world.execute(item.statement.as_ref().unwrap()).await;
    let survey = look().await;
    assert_eq!(find(&survey.items, Check::Publishing, None).state, State::Ready, "somebody has made it");
    assert!(survey.published.is_some());
}
