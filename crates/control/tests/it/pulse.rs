//! The journal, its streams and its lease, and what is left in a database when Pulse is gone.

use crate::world::{Cast, World, code};
use control::gateways::{Gateway, NodeId};
use control::pulse::enable::EnableInput;
use control::pulse::journal::{self, NewEvent, Position};
use control::pulse::leases::{self, Lease};
use control::pulse::settings::SettingsInput;
use control::pulse::{
    Settings, consumers, directory, disable, enable, get, leftovers, pause, removal, settings, shown, streams,
};
use control::resources::delete::{DeleteResourceInput, delete};
use kernel::ProblemCode;
use sqlx::PgPool;

struct Scene {
    w: World,
    cast: Cast,
}

impl Scene {
    async fn enabled(db: PgPool) -> Self {
        let w = World::new(db);
        let cast = w.cast("").await;
        enable::enable(&w.ctx, &cast.owner, cast.resource, Settings::default()).await.unwrap();
        Self { w, cast }
    }

    fn node(&self) -> NodeId {
        Gateway::new(&self.w.ctx.rng, "us-east-1".into(), None, String::new()).id
    }

    async fn take(&self) -> Option<Lease> {
        leases::take(&self.w.ctx, self.cast.resource, self.node()).await.unwrap()
    }

    /// A lease with its journal begun.
    async fn begun(&self) -> Lease {
        let lease = self.take().await.unwrap();
        assert_eq!(journal::position(&self.w.ctx, lease).await.unwrap(), Some(None));
        let position = Position { epoch: 1, system: "7".into(), through: 10 };
        assert!(journal::begin(&self.w.ctx, lease, &position, None).await.unwrap());
        lease
    }

    async fn append(&self, lease: Lease, numbers: &[u64]) -> Option<u64> {
        let table = journal::table(&self.w.ctx, self.cast.resource, b"a table").await.unwrap();
        let event = |n: &u64| NewEvent { id: id(*n), action: 'I', table, change: b"a change" };
        let events: Vec<_> = numbers.iter().map(event).collect();
        journal::append(&self.w.ctx, lease, &events, *numbers.last().unwrap()).await.unwrap()
    }

    /// As a reader does: what it has passed is passed over.
    async fn read(&self, after: &str) -> Vec<String> {
        let (mut ids, mut position) = (Vec::new(), after.to_owned());
        loop {
            let batches = journal::read(&self.w.ctx, self.cast.resource, &position, 1).await.unwrap();
            let behind = batches.into_iter().flatten().map(|event| event.id).filter(|id| *id > position);
            let behind: Vec<_> = behind.collect();
            let Some(last) = behind.last() else { return ids };
            position.clone_from(last);
            ids.extend(behind);
        }
    }

    /// Everything becomes so much older.
    async fn age(&self, by: &'static str) {
        let older = sqlx::AssertSqlSafe(format!(
            "update pulse_batch set arrived_at = arrived_at - interval '{by}';
             update pulse_lease set expires_at = expires_at - interval '{by}'"
        ));
        sqlx::raw_sql(older).execute(&self.w.ctx.db).await.unwrap();
    }
}

fn id(n: u64) -> String {
    format!("00000001-{n:016x}-000000000000")
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_lease_is_one_nodes_until_it_ends_and_its_token_only_grows(db: PgPool) {
    let s = Scene::enabled(db).await;
    let first = s.take().await.unwrap();
    assert_eq!(s.take().await, None, "somebody holds it");
    assert_eq!(leases::renew(&s.w.ctx, &[first]).await.unwrap(), [s.cast.resource]);
    s.age("5 seconds").await;
    let second = s.take().await.expect("it was not renewed");
    assert!(second.token > first.token);
    assert!(leases::renew(&s.w.ctx, &[first]).await.unwrap().is_empty(), "it is lost");
    leases::give_up(&s.w.ctx, first).await.unwrap();
    assert_eq!(s.take().await, None, "who has lost it gives up nothing");
    leases::give_up(&s.w.ctx, second).await.unwrap();
    let third = s.take().await.expect("it was given up");
    assert!(third.token > second.token);
    disable::disable(&s.w.ctx, &s.cast.owner, s.cast.resource).await.unwrap();
    enable::enable(&s.w.ctx, &s.cast.owner, s.cast.resource, Settings::default()).await.unwrap();
    s.age("5 seconds").await;
    assert!(s.take().await.unwrap().token > third.token, "also beyond the end of Pulse");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn one_of_many_who_ask_at_once_gets_the_lease(db: PgPool) {
    let s = Scene::enabled(db).await;
    let (a, b, c) = tokio::join!(s.take(), s.take(), s.take());
    assert_eq!([a, b, c].iter().flatten().count(), 1);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_appended_twice_is_there_once_and_in_order(db: PgPool) {
    let s = Scene::enabled(db).await;
    let lease = s.begun().await;
    assert_eq!(s.append(lease, &[11, 12]).await, Some(12));
    assert_eq!(s.append(lease, &[11, 12, 13]).await, Some(13));
    assert_eq!(s.append(lease, &[12]).await, Some(13), "it never goes back");
    assert_eq!(s.read("").await, [id(11), id(12), id(13)]);
    assert_eq!(s.read(&id(11)).await, [id(12), id(13)]);
    assert_eq!(journal::last(&s.w.ctx, s.cast.resource).await.unwrap(), id(13));
    let stands = journal::position(&s.w.ctx, lease).await.unwrap().unwrap().unwrap();
    assert_eq!((stands.epoch, stands.through), (1, 13));
    let table = journal::table(&s.w.ctx, s.cast.resource, b"a table").await.unwrap();
    assert_eq!(journal::encoded_table(&s.w.ctx, s.cast.resource, table).await.unwrap().unwrap(), b"a table");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_has_lost_the_lease_writes_nothing(db: PgPool) {
    let s = Scene::enabled(db).await;
    let old = s.begun().await;
    s.append(old, &[11]).await.unwrap();
    s.age("5 seconds").await;
    let new = s.take().await.unwrap();
    assert_eq!(s.append(old, &[12]).await, None);
    assert_eq!(journal::position(&s.w.ctx, old).await.unwrap(), None);
    let position = Position { epoch: 2, system: "8".into(), through: 1 };
    assert!(!journal::begin(&s.w.ctx, old, &position, Some("rewound")).await.unwrap());
    assert_eq!(s.read("").await, [id(11)]);
    assert_eq!(s.append(new, &[12]).await, Some(12));
    assert!(journal::begin(&s.w.ctx, new, &position, Some("rewound")).await.unwrap());
    let shown = get::get(&s.w.ctx, &s.cast.viewer, s.cast.resource).await.unwrap().unwrap();
    assert_eq!(shown.gap.unwrap().1, "rewound");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_stream_moves_forward_only_until_it_is_replayed(db: PgPool) {
    let s = Scene::enabled(db).await;
    let (ctx, resource) = (&s.w.ctx, s.cast.resource);
    let lease = s.begun().await;
    s.append(lease, &[11]).await.unwrap();
    let opened = consumers::open(ctx, resource, "orders").await.unwrap().unwrap();
    assert_eq!(opened.cursor, id(11), "it begins with the next event");
    s.append(lease, &[12, 13]).await.unwrap();
    for event in [13, 12] {
        assert!(consumers::acknowledge(ctx, resource, "orders", &opened, &id(event)).await.unwrap());
    }
    assert_eq!(consumers::open(ctx, resource, "orders").await.unwrap().unwrap().cursor, id(13));
    let version = directory::served(ctx, resource).await.unwrap().unwrap().streams_version;
    streams::replay(ctx, &s.cast.developer, resource, "orders", Some(&id(11))).await.unwrap();
    assert!(!consumers::acknowledge(ctx, resource, "orders", &opened, &id(13)).await.unwrap(), "of the time before");
    assert!(directory::served(ctx, resource).await.unwrap().unwrap().streams_version > version);
    let listed = streams::list(ctx, &s.cast.viewer, resource).await.unwrap();
    assert_eq!((listed[0].cursor.clone(), listed[0].waiting), (Some(id(11)), 2));
    let wrong = streams::replay(ctx, &s.cast.developer, resource, "orders", Some("yesterday")).await;
    assert_eq!(code(wrong), ProblemCode::Invalid);
    let unknown = streams::replay(ctx, &s.cast.developer, resource, "invoices", None).await;
    assert_eq!(code(unknown), ProblemCode::NotFound);
    streams::delete(ctx, &s.cast.developer, resource, "orders").await.unwrap();
    assert!(streams::list(ctx, &s.cast.viewer, resource).await.unwrap().is_empty());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn events_stay_until_every_stream_has_them_or_their_time_is_over(db: PgPool) {
    let s = Scene::enabled(db).await;
    let (ctx, resource) = (&s.w.ctx, s.cast.resource);
    let lease = s.begun().await;
    let quick = consumers::open(ctx, resource, "quick").await.unwrap().unwrap();
    let slow = consumers::open(ctx, resource, "slow").await.unwrap().unwrap();
    s.append(lease, &[11]).await.unwrap();
    s.append(lease, &[12, 13]).await.unwrap();
    consumers::acknowledge(ctx, resource, "quick", &quick, &id(13)).await.unwrap();
    consumers::acknowledge(ctx, resource, "slow", &slow, &id(12)).await.unwrap();
    let waiting = streams::list(ctx, &s.cast.viewer, resource).await.unwrap();
    assert_eq!(waiting.iter().map(|stream| stream.waiting).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(journal::prune(ctx).await.unwrap().events, 0, "others may listen to them");
    s.age("2 minutes").await;
    assert_eq!(journal::prune(ctx).await.unwrap(), journal::Pruned { events: 1, unacknowledged: 0 });
    assert_eq!(s.read("").await, [id(12), id(13)]);
    s.age("73 hours").await;
    assert_eq!(journal::prune(ctx).await.unwrap(), journal::Pruned { events: 2, unacknowledged: 1 });
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_paused_is_not_wanted_and_what_is_deleted_is_cleaned_up(db: PgPool) {
    let s = Scene::enabled(db).await;
    let (ctx, resource) = (&s.w.ctx, s.cast.resource);
    let wanted = async || directory::wanted(ctx).await.unwrap().len();
    assert_eq!(wanted().await, 1);
    pause::pause(ctx, &s.cast.developer, resource).await.unwrap();
    assert_eq!(wanted().await, 0);
    assert!(directory::served(ctx, resource).await.unwrap().is_some(), "what is there is still told");
    pause::resume(ctx, &s.cast.developer, resource).await.unwrap();
    assert_eq!(wanted().await, 1);
    let other = Settings { tables: Some(vec![("public".into(), "User".into())]), ..Settings::default() };
    let changed = enable::enable(ctx, &s.cast.developer, resource, other.clone()).await;
    assert_eq!(code(changed), ProblemCode::Invalid);
    disable::disable(ctx, &s.cast.developer, resource).await.unwrap();
    assert_eq!(leftovers::due(ctx).await.unwrap(), [resource]);
    enable::enable(ctx, &s.cast.developer, resource, other).await.unwrap();
    assert_eq!(wanted().await, 0, "first the old slot has to go");
    let lease = s.take().await.unwrap();
    assert!(leftovers::connection(ctx, lease).await.unwrap().is_some());
    leftovers::removed(ctx, lease).await.unwrap();
    assert_eq!(wanted().await, 1);
    let input = DeleteResourceInput { confirmation: "Production".into(), successor: None };
    delete(ctx, &s.cast.owner, resource, input).await.unwrap();
    assert_eq!(leftovers::due(ctx).await.unwrap(), [resource], "the slot of a deleted resource");
    assert!(leftovers::failed(ctx, lease).await.unwrap());
    assert!(leftovers::due(ctx).await.unwrap().is_empty(), "later");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_enabled_keeps_its_tables_and_changes_how_long_it_keeps_events(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    let (ctx, by, resource) = (&w.ctx, &cast.developer, cast.resource);
    let chosen =
        Settings { tables: Some(vec![("public".into(), "User".into())]), automatic: false, ..Settings::default() };
    let none = Settings { tables: Some(vec![]), ..Settings::default() };
    assert_eq!(code(enable::enable(ctx, by, resource, none).await), ProblemCode::Invalid);
    let another =
        control::resources::PlainConnection { secret: "postgres://b@c/d".into(), masked: "postgres://b@c/d".into() };
    let input = EnableInput { connection: Some(another), settings: chosen.clone() };
    enable::enable(ctx, by, resource, input).await.unwrap();
    let target = directory::target(ctx, resource).await.unwrap().unwrap();
    assert_eq!(
        (secrecy::ExposeSecret::expose_secret(&target.connection), target.automatic),
        ("postgres://b@c/d", false)
    );
    let automatic = Settings { automatic: true, ..chosen.clone() };
    assert_eq!(code(enable::enable(ctx, by, resource, automatic).await), ProblemCode::Invalid);
    for wrong in ["", "0", "721", "a day"] {
        let input = SettingsInput { persistence: true, retention_hours: wrong.into() };
        assert_eq!(code(settings::change(ctx, by, resource, input).await), ProblemCode::Invalid, "{wrong}");
    }
    let input = SettingsInput { persistence: false, retention_hours: " 48 ".into() };
    settings::change(ctx, by, resource, input).await.unwrap();
    let now = get::get(ctx, by, resource).await.unwrap().unwrap().settings;
    assert_eq!(now, Settings { persistence: false, retention_hours: 48, ..chosen });
    disable::disable(ctx, by, resource).await.unwrap();
    assert_eq!(code(settings::change(ctx, by, resource, SettingsInput::default()).await), ProblemCode::Invalid);
    let input = SettingsInput { persistence: true, retention_hours: "48".into() };
    assert_eq!(code(settings::change(ctx, by, resource, input).await), ProblemCode::Conflict);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_removed_on_request_is_paused_until_it_is_resumed(db: PgPool) {
    let s = Scene::enabled(db).await;
    let (ctx, by, resource) = (&s.w.ctx, &s.cast.developer, s.cast.resource);
    removal::begin(ctx, by, resource).await.unwrap();
    let shown = get::get(ctx, by, resource).await.unwrap().unwrap();
    assert!(shown.paused_at.is_some() && shown.removed_at.is_some());
    assert!(directory::wanted(ctx).await.unwrap().is_empty());
    pause::resume(ctx, by, resource).await.unwrap();
    let shown = get::get(ctx, by, resource).await.unwrap().unwrap();
    assert_eq!((shown.paused_at, shown.removed_at), (None, None));
    disable::disable(ctx, by, resource).await.unwrap();
    assert_eq!(code(removal::begin(ctx, by, resource).await), ProblemCode::Conflict);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn people_see_who_captures_and_the_last_events(db: PgPool) {
    let s = Scene::enabled(db).await;
    let (ctx, resource) = (&s.w.ctx, s.cast.resource);
    let activity = async || shown::activity(ctx, &s.cast.viewer, resource).await.unwrap();
    let before = activity().await;
    assert_eq!((before.node, before.last_minute, before.last_event_at), (None, 0, None));
    let node = Gateway::new(&ctx.rng, "us-east-1".into(), None, String::new());
    control::gateways::beat::beat(ctx, &node).await.unwrap();
    let lease = leases::take(ctx, resource, node.id).await.unwrap().unwrap();
    let position = Position { epoch: 1, system: "7".into(), through: 1 };
    assert!(journal::begin(ctx, lease, &position, None).await.unwrap());
    consumers::open(ctx, resource, "orders").await.unwrap();
    s.append(lease, &(1..=25).collect::<Vec<_>>()).await.unwrap();
    let now = activity().await;
    assert_eq!((now.node, now.last_minute), (Some((node.id, Some("us-east-1".into()))), 25));
    assert!(now.last_event_at.is_some() && !now.is_cleaned);
    let latest = async |after: &str| shown::latest(ctx, &s.cast.developer, resource, after).await.unwrap();
    let ids = |events: Vec<shown::SeenEvent>| events.into_iter().map(|event| event.id).collect::<Vec<_>>();
    assert_eq!(ids(latest("").await), (6..=25).rev().map(id).collect::<Vec<_>>());
    assert_eq!(ids(latest(&id(23)).await), [id(25), id(24)]);
    assert_eq!(latest(&id(24)).await[0].table, b"a table");
    let streams = streams::list(ctx, &s.cast.viewer, resource).await.unwrap();
    assert!(streams[0].waiting == 25 && streams[0].waiting_since.is_some());
    let project = async || shown::of_project(ctx, &s.cast.viewer, s.cast.project).await.unwrap();
    assert_eq!(project().await, [(resource, false)]);
    pause::pause(ctx, &s.cast.developer, resource).await.unwrap();
    assert_eq!(project().await, [(resource, true)]);
    s.age("5 seconds").await;
    assert_eq!(activity().await.node, None, "its lease has ended");
}
