use crate::world::{Cast, World, code, key_input};
use control::gateways::{Gateway, NodeId};
use control::keys;
use control::usage::keep::{DAYS_OF_MINUTES, keep};
use control::usage::read::{Part, Point, series, shares};
use control::usage::roll_up::roll_up;
use control::usage::say::{Said, say};
use control::usage::{Figures, Grain, Scope};
use control::{orgs, projects};
use kernel::{KeyId, ProblemCode, Product};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};

const GRAINS: [Grain; 4] = [Grain::Minute, Grain::Hour, Grain::Day, Grain::Month];

fn node(w: &World) -> NodeId {
    Gateway::new(&w.ctx.rng, "us-east-1".into(), None, "http://localhost".into()).id
}

fn said(cast: &Cast, minute: OffsetDateTime, ttl: u64) -> Said {
    said_of(cast, cast.key.id, minute, ttl)
}

fn said_of(cast: &Cast, key: KeyId, minute: OffsetDateTime, ttl: u64) -> Said {
    let figures = Figures {
        ttl,
        failed: 2,
        egress: 10 * ttl,
        latency_us: 100 * ttl,
        spans: [(5, ttl), (9, 2)].into(),
        codes: [("P1001".to_owned(), 1), ("P2002".to_owned(), 1)].into(),
        ..Figures::default()
    };
    Said { minute, project: cast.project, resource: cast.resource, key, product: Product::Accelerate, figures }
}

fn of_org(cast: &Cast) -> Scope {
    Scope { org: cast.org, project: None, resource: None, key: None }
}

async fn all(cast: &Cast, scope: Scope, grain: Grain) -> Vec<Point> {
    let now = cast.world.ctx.now();
    let range = [now - Duration::days(400), now + Duration::days(1)];
    series(&cast.world.ctx, &cast.viewer, scope, grain, range).await.unwrap()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn every_scope_has_the_same_sums_at_every_grain(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    keep(&w.ctx).await.unwrap();
    let (one, other) = (node(&w), node(&w));
    let minute = Grain::Minute.span(w.ctx.now()).0;
    let hour_ago = minute - Duration::HOUR;
    say(&w.ctx, one, 1, &[said(&cast, hour_ago, 5), said(&cast, minute, 7)]).await.unwrap();
    say(&w.ctx, other, 1, &[said(&cast, minute, 100)]).await.unwrap();
    roll_up(&w.ctx).await.unwrap();
    let project = Scope { project: Some(cast.project), ..of_org(&cast) };
    let resource = Scope { resource: Some(cast.resource), ..project };
    let key = Scope { key: Some(cast.key.id), ..project };
    for scope in [of_org(&cast), project, resource, key, Scope { resource: Some(cast.resource), ..key }] {
        let minutes = all(&cast, scope, Grain::Minute).await;
        let told: Vec<_> = minutes.iter().map(|point| (point.at, point.figures.ttl)).collect();
        assert_eq!(told, [(hour_ago, 5), (minute, 107)], "{scope:?}");
        assert_eq!(minutes[1].figures.spans, [(5, 107), (9, 4)].into());
        assert_eq!(minutes[1].figures.codes, [("P1001".to_owned(), 2), ("P2002".to_owned(), 2)].into());
        for grain in [Grain::Hour, Grain::Day, Grain::Month] {
            let points = all(&cast, scope, grain).await;
            assert!(points.iter().all(|point| grain.span(point.at).0 == point.at), "{grain:?}");
            let mut sum = Figures::default();
            points.iter().for_each(|point| sum.add(&point.figures));
            assert_eq!(
                (sum.ttl, sum.failed, sum.egress, sum.latency_us),
                (112, 6, 1120, 11_200),
                "{grain:?} {scope:?}"
            );
            assert_eq!((sum.spans, sum.codes["P2002"]), ([(5, 112), (9, 6)].into(), 3), "{grain:?} {scope:?}");
        }
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_said_twice_late_or_out_of_order_counts_once(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    keep(&w.ctx).await.unwrap();
    let (node, minute) = (node(&w), Grain::Minute.span(w.ctx.now()).0);
    let total = async || {
        roll_up(&w.ctx).await.unwrap();
        let mut sums = Vec::new();
        for grain in GRAINS {
            sums.push(all(&cast, of_org(&cast), grain).await.iter().map(|point| point.figures.ttl).sum::<u64>());
        }
        sums
    };
    for (sequence, ttl, wanted) in [(1, 3, 3), (1, 3, 3), (3, 9, 9), (2, 6, 9), (3, 9, 9), (4, 12, 12)] {
        say(&w.ctx, node, sequence, &[said(&cast, minute, ttl)]).await.unwrap();
        assert_eq!(total().await, [wanted; 4], "after {sequence}");
    }
    let late = minute - Duration::days(DAYS_OF_MINUTES);
    say(&w.ctx, node, 5, &[said(&cast, late, 1)]).await.unwrap();
    assert_eq!(total().await, [13; 4]);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn nodes_that_speak_while_it_is_rolled_up_lose_nothing(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    keep(&w.ctx).await.unwrap();
    let minute = Grain::Minute.span(w.ctx.now()).0;
    let speaking = async |node| {
        for ttl in 1..=30 {
            let both = [said(&cast, minute, ttl), said(&cast, minute - Duration::MINUTE, ttl)];
            say(&w.ctx, node, ttl, &both).await.unwrap();
        }
    };
    let rolling = async || {
        for _ in 0..30 {
            roll_up(&w.ctx).await.unwrap();
        }
    };
    let [one, two, three] = [node(&w), node(&w), node(&w)];
    tokio::join!(speaking(one), speaking(two), speaking(three), rolling(), rolling());
    roll_up(&w.ctx).await.unwrap();
    for grain in GRAINS {
        let points = all(&cast, of_org(&cast), grain).await;
        assert_eq!(points.iter().map(|point| point.figures.ttl).sum::<u64>(), 3 * 2 * 30, "{grain:?}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn parts_are_told_by_how_much_they_used(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    keep(&w.ctx).await.unwrap();
    let second = keys::create::create(&w.ctx, &cast.owner, cast.project, key_input("second")).await.unwrap().id;
    let minute = Grain::Minute.span(w.ctx.now()).0;
    say(&w.ctx, node(&w), 1, &[said(&cast, minute, 5), said_of(&cast, second, minute, 50)]).await.unwrap();
    roll_up(&w.ctx).await.unwrap();
    let range = [minute - Duration::days(1), minute + Duration::days(1)];
    let told = async |part, grain, most| {
        let shares = shares(&w.ctx, &cast.viewer, cast.org, part, grain, range, most).await.unwrap();
        shares.into_iter().map(|share| (share.id, share.figures.ttl)).collect::<Vec<_>>()
    };
    for grain in [Grain::Minute, Grain::Hour, Grain::Day] {
        assert_eq!(told(Part::Project, grain, 9).await, [(cast.project.uuid(), 55)]);
        assert_eq!(told(Part::Resource, grain, 9).await, [(cast.resource.uuid(), 55)]);
        assert_eq!(told(Part::Key, grain, 9).await, [(second.uuid(), 50), (cast.key.id.uuid(), 5)]);
        assert_eq!(told(Part::Key, grain, 1).await, [(second.uuid(), 50)]);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn nobody_sees_what_others_used(db: PgPool) {
    let w = World::new(db);
    let (cast, stranger) = (w.cast("").await, w.cast("b").await);
    keep(&w.ctx).await.unwrap();
    let minute = Grain::Minute.span(w.ctx.now()).0;
    say(&w.ctx, node(&w), 1, &[said(&cast, minute, 5)]).await.unwrap();
    roll_up(&w.ctx).await.unwrap();
    let range = [minute - Duration::days(1), minute + Duration::days(1)];
    let refused = series(&w.ctx, &stranger.owner, of_org(&cast), Grain::Day, range).await;
    assert_eq!(code(refused), ProblemCode::NotFound);
    let refused = shares(&w.ctx, &stranger.owner, cast.org, Part::Key, Grain::Day, range, 9).await;
    assert_eq!(code(refused), ProblemCode::NotFound);
    // Another's project under one's own organization.
    let scope = Scope { project: Some(cast.project), ..of_org(&stranger) };
    assert_eq!(series(&w.ctx, &stranger.owner, scope, Grain::Day, range).await.unwrap(), []);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_gone_takes_no_figures_and_an_organization_leaves_none(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    keep(&w.ctx).await.unwrap();
    let (node, minute) = (node(&w), Grain::Minute.span(w.ctx.now()).0);
    say(&w.ctx, node, 1, &[said(&cast, minute, 5)]).await.unwrap();
    roll_up(&w.ctx).await.unwrap();
    projects::delete::delete(&w.ctx, &cast.owner, cast.project, "Shop").await.unwrap();
    say(&w.ctx, node, 2, &[said(&cast, minute, 6)]).await.unwrap();
    roll_up(&w.ctx).await.unwrap();
    assert_eq!(all(&cast, of_org(&cast), Grain::Day).await[0].figures.ttl, 5, "what was used was used");
    orgs::delete::delete(&w.ctx, &cast.owner, cast.org, "Acme").await.unwrap();
    roll_up(&w.ctx).await.unwrap();
    let left: i64 =
        sqlx::query_scalar("select count(*) from usage where grain <> 'minute'").fetch_one(&w.ctx.db).await.unwrap();
    assert_eq!(left, 0);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn old_minutes_are_dropped_and_their_hours_stay(db: PgPool) {
    let w = World::new(db);
    let cast = w.cast("").await;
    keep(&w.ctx).await.unwrap();
    keep(&w.ctx).await.unwrap();
    let minute = Grain::Minute.span(w.ctx.now()).0;
    say(&w.ctx, node(&w), 1, &[said(&cast, minute, 5)]).await.unwrap();
    roll_up(&w.ctx).await.unwrap();
    let counts = async || (w.count("usage_said").await, w.count("usage_minutes").await, w.count("usage_hours").await);
    assert_eq!(counts().await, (1, 4, 4));
    w.ctx.clock.advance(Duration::days(DAYS_OF_MINUTES + 1));
    keep(&w.ctx).await.unwrap();
    assert_eq!(counts().await, (0, 0, 4));
    roll_up(&w.ctx).await.unwrap();
    assert_eq!(all(&cast, of_org(&cast), Grain::Month).await[0].figures.ttl, 5);
    w.ctx.clock.advance(Duration::days(40));
    keep(&w.ctx).await.unwrap();
    assert_eq!(w.count("usage_hours").await, 3, "hours of keys go first");
    w.ctx.clock.advance(Duration::days(400));
    keep(&w.ctx).await.unwrap();
    assert_eq!((w.count("usage_hours").await, w.count("usage_days").await), (0, 4));
}
