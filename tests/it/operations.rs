//! What clients of the data listener are told, and what is counted of them: the real router, over a database that is the test's own.

use crate::answer::Answer;
use crate::console::Console;
use crate::world::{Who, World, key_input};
use accelerate::{Gateway, Meter};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use control::accelerate::configure::{ConfigureInput, configure};
use control::accelerate::disable::disable;
use control::accelerate::traffic;
use control::keys::create::{CreateKeyInput, create};
use control::keys::{edit, remove};
use control::operator::plans::{self, PlanInput};
use control::plans::UNLIMITED;
use control::resources::PlainConnection;
use control::usage::{self, Figures, Grain, Scope};
use futures::future::join_all;
use http::Request;
use kernel::{Product, ResourceId};
use pentaprism::boot::meter::flush::Flush;
use pentaprism::boot::meter::{Counted, Drained};
use pentaprism::boot::parts::Parts;
use pentaprism::boot::ports::ControlSource;
use pentaprism::data_api::{self, Rays};
use pentaprism::web::address::TrustedProxies;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// The data listener of a node that serves the world's resource, and what runs beside it.
pub struct Gate {
    console: Console,
    world: World,
    parts: Arc<Parts>,
    pub state: data_api::State,
    router: Router,
    pub key: String,
}

impl Gate {
    /// What tells the database of this node's counts, once it has a place for them.
    async fn flush(&self) -> Flush {
        let ctx = &self.console.ctx;
        usage::keep::keep(ctx).await.unwrap();
        Flush::new(ctx.clone(), self.parts.counts.clone(), self.parts.nodes.own().id)
    }

    pub async fn open(db: PgPool) -> Self {
        let own = std::env::var("DATABASE_URL").unwrap();
        let name = db.connect_options().get_database().unwrap().to_owned();
        let url = format!("{}/{name}", own.rsplit_once('/').unwrap().0);
        let console = Console::new(db);
        let world = World::new(&console).await;
        let connection = PlainConnection { secret: url.into(), masked: "postgres://test".into() };
        let input = ConfigureInput { connection: Some(connection), region: "us-east-1".into() };
        configure(&console.ctx, world.actor(Who::Owner), resource(&world), input).await.unwrap();
        let parts = Arc::new(Parts::around(console.ctx.clone()));
        let state = data_api::State {
            verifier: parts.verifier.clone(),
            gateway: parts.gateway.clone(),
            rays: Arc::new(Rays::new(&console.ctx.rng, "us-east-1")),
            clock: console.ctx.clock.clone(),
            nodes: parts.nodes.clone(),
            pulse: parts.pulse.clone(),
        };
        let router = data_api::router(state.clone(), Arc::new(TrustedProxies(Vec::new())));
        let (ctx, verifier) = (console.ctx.clone(), parts.verifier.clone());
        tokio::spawn(async move { control::keys::verify::run(&ctx, &verifier, std::future::pending()).await });
        let routes = parts.routes.clone();
        tokio::spawn(async move { routes.follow().await });
        // This clock stands still, and what is older than the configuration counts for nothing.
        console.ctx.clock.advance(time::Duration::minutes(1));
        let key = world.key_text.clone();
        let gate = Self { console, world, parts, state, router, key };
        while gate.send(&gate.key, "/key", None, &[]).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        gate
    }

    /// The same, by a gateway that tells another meter.
    pub fn told_to(&self, meter: impl Meter) -> data_api::State {
        let ctx = &self.parts.ctx;
        let source = ControlSource { clock: ctx.clock.clone(), rng: ctx.rng.clone() };
        let gateway = Gateway::new(self.parts.routes.clone(), source, Arc::clone(&self.parts.dialer));
        data_api::State { gateway: Arc::new(gateway.metered(meter)), ..self.state.clone() }
    }

    async fn send(&self, key: &str, path: &str, body: Option<&str>, headers: &[(&str, &str)]) -> Answer {
        let method = if body.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {key}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| body.to_owned().into());
        let mut request = request.header("content-type", "application/json").body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 4000))));
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    async fn query(&self, body: &str) -> Answer {
        self.send(&self.key, "/query", Some(body), &[]).await
    }
}

fn resource(world: &World) -> ResourceId {
    world.names["resource"].parse().unwrap()
}

/// A body as clients write it: the plan before the parameters.
fn body(plan: &Value) -> String {
    format!(r#"{{"operation":"findMany","plan":{plan},"params":{{}}}}"#)
}

pub fn raw(sql: &str) -> String {
    body(&json!({ "type": "query", "args": { "type": "rawSql", "sql": sql, "args": [], "argTypes": [] } }))
}

/// What may be kept: a statement of the client's own that only reads.
pub fn reading(sql: &str) -> String {
    let sql = json!({
        "type": "templateSql", "fragments": [{ "type": "stringChunk", "chunk": sql }], "args": [], "argTypes": [],
        "placeholderFormat": { "prefix": "$", "hasNumbering": true }, "chunkable": true
    });
    body(&json!({ "type": "query", "args": sql }))
}

fn sum(drained: &[Drained], number: fn(&Counted) -> u64) -> u64 {
    drained.iter().map(|one| number(&one.counted)).sum()
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn each_query_is_counted_once_by_how_it_ended(db: PgPool) {
    let gate = Gate::open(db).await;
    let owner = gate.world.actor(Who::Owner);
    let input = CreateKeyInput { rights: "read_only".into(), ..key_input("reader") };
    let reader = create(&gate.console.ctx, owner, gate.world.project, input).await.unwrap();
    let (reader_id, reader) = (reader.id, reader.plain.expose().to_owned());
    let minute = [("cache-control", "max-age=60")];
    let kept = reading("SELECT 'kept' AS a");
    let first = gate.send(&gate.key, "/query", Some(&kept), &minute).await;
    assert_eq!((first.status.as_u16(), first.header("accelerate-cache-status")), (200, "miss"), "{}", first.body());

    let (fine, wrong) = (raw("select 'x' as a"), raw("select nothing from nowhere"));
    let bad_tags = [("cache-control", "max-age=60"), ("accelerate-cache-tags", "a-b")];
    let asked = (0..300).map(|n| {
        let (gate, reader, fine, wrong, kept) = (&gate, &reader, &fine, &wrong, &kept);
        async move {
            match n % 6 {
                0 => gate.query(fine).await,
                1 => gate.send(&gate.key, "/query", Some(kept), &minute).await,
                2 => gate.query(wrong).await,
                3 => gate.send(reader, "/query", Some(fine), &[]).await,
                4 => gate.send(&gate.key, "/query", Some(kept), &bad_tags).await,
                _ => gate.send(&gate.key, "/transaction/none/query", Some(fine), &[]).await,
            }
        }
    });
    let answers = join_all(asked).await;
    let statuses: Vec<_> = answers[..6].iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, [200, 200, 400, 200, 400, 409]);
    // What is no operation: a key that is none, and what begins or ends a transaction.
    let nobody = gate.send("ppk_none", "/query", Some(&fine), &[]).await;
    assert_eq!(nobody.status, 401);
    let begun = gate.send(&gate.key, "/transaction/start", Some("{\"timeout\":5000}"), &[]).await;
    let id = serde_json::from_slice::<Value>(&begun.bytes).unwrap()["id"].as_str().unwrap().to_owned();
    let within = gate.send(&gate.key, &format!("/transaction/{id}/query"), Some(&fine), &[]).await;
    assert_eq!(within.status, 200, "{}", within.body());
    gate.send(&gate.key, &format!("/transaction/{id}/commit"), Some("{}"), &[]).await;
    let telemetry = [("x-capture-telemetry", "tracing,query")];
    let told = gate.send(&gate.key, "/query", Some(&fine), &telemetry).await;
    assert!(told.body().contains("\"extensions\""), "{}", told.body());
    // Who goes away.
    let slow = raw("select pg_sleep(20)::text");
    assert!(tokio::time::timeout(Duration::from_millis(200), gate.query(&slow)).await.is_err());

    let drained = gate.parts.counts.drain();
    for (name, told, wanted) in [
        ("none", sum(&drained, |one| one.none), 50 + 50 + 2),
        ("ttl", sum(&drained, |one| one.ttl), 50),
        ("miss", sum(&drained, |one| one.miss), 1),
        ("swr", sum(&drained, |one| one.swr), 0),
        ("failed", sum(&drained, |one| one.failed), 150),
        ("gone", sum(&drained, |one| one.gone), 1),
        ("latency", sum(&drained, |one| one.latency.count()), 304),
    ] {
        assert_eq!(told, wanted, "{name}");
    }
    let sent = |answer: &Answer| answer.bytes.len() as u64;
    let egress = answers.iter().chain([&first, &within, &told]).map(sent).sum::<u64>();
    assert_eq!(sum(&drained, |one| one.egress), egress);
    assert_eq!(drained.len(), 2, "by key");
    let of_reader = drained.iter().find(|one| one.pair.key == reader_id).unwrap();
    assert_eq!((of_reader.counted.operations(), of_reader.pair.project), (50, gate.world.project));
    assert_eq!(of_reader.pair.resource, resource(&gate.world));
    assert!(gate.parts.counts.drain().is_empty());
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_plan_holds_queries_back_and_another_lets_them_go(db: PgPool) {
    let gate = Gate::open(db).await;
    let (ctx, operator) = (&gate.console.ctx, gate.world.actor(Who::Operator));
    let fine = raw("select 'x' as a");
    for _ in 0..20 {
        let answer = gate.query(&fine).await;
        assert_eq!((answer.status.as_u16(), answer.header("throttled-by")), (200, ""), "{}", answer.body());
    }
    let small = PlanInput { name: "Small".into(), requests: "10".into(), queued: "2".into(), ..PlanInput::default() };
    let small = plans::create::create(ctx, operator, small).await.unwrap();
    plans::assign::assign(ctx, operator, gate.world.project, &small.to_string()).await.unwrap();
    // Gateways follow within a second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    // The way to the resource is looked up anew, and no query is spent on it.
    assert_eq!(gate.send(&gate.key, "/connection-info", None, &[]).await.status, 200);
    let wrong = raw("select nothing from nowhere");
    let asked = (0..15).map(|n| gate.query(if n == 10 { &wrong } else { &fine }));
    let answers = join_all(asked).await;
    for (n, answer) in answers.iter().enumerate() {
        let delay: Option<u64> = answer.header("throttled-by").parse().ok();
        match n {
            0..10 => assert_eq!((answer.status.as_u16(), delay), (200, None), "{n}"),
            10 => {
                assert_eq!(answer.status, 400, "an error that was late is told as late");
                assert!(delay.is_some_and(|ms| (900..1500).contains(&ms)), "{delay:?}");
            }
            11 => {
                assert_eq!(answer.status, 200);
                assert!(delay.is_some_and(|ms| (1900..2500).contains(&ms)), "{delay:?}");
            }
            _ => {
                let body: Value = serde_json::from_slice(&answer.bytes).unwrap();
                assert_eq!((answer.status.as_u16(), &body["code"]), (429, &json!("P5011")), "{n}");
                assert!(body["error"].as_str().unwrap().starts_with("Too many requests: "), "{body}");
                assert_eq!((delay, answer.header("retry-after")), (None, "1"));
            }
        }
    }
    let drained = gate.parts.counts.drain();
    assert_eq!((sum(&drained, |one| one.none), sum(&drained, |one| one.failed)), (20 + 11, 1 + 3));

    plans::assign::assign(ctx, operator, gate.world.project, &UNLIMITED.to_string()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for answer in join_all((0..30).map(|_| gate.query(&fine))).await {
        assert_eq!((answer.status.as_u16(), answer.header("throttled-by")), (200, ""), "{}", answer.body());
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn the_console_waits_for_the_first_query_and_sees_it(db: PgPool) {
    let gate = Gate::open(db).await;
    let ctx = &gate.console.ctx;
    let flush = gate.flush().await;
    let mut viewer = gate.world.browser(&gate.console, Who::Viewer);
    let page = format!("/resources/{}/accelerate", resource(&gate.world));
    let asked = format!("accelerate/first-query?resource={}", resource(&gate.world));
    flush.run().await.unwrap();
    assert_eq!(viewer.read(&asked).await.body(), "\"\"");
    let line = viewer.get(&page).await.html();
    assert_eq!(line.text(".first-query .status"), "Waiting for the first query");
    assert_eq!(
        line.attrs(".first-query a:not([hidden])", "href"),
        std::slice::from_ref(&page),
        "without a script, a link asks again"
    );

    assert_eq!(gate.query(&raw("select 1 as a")).await.status, 200);
    flush.run().await.unwrap();
    ctx.clock.advance(time::Duration::seconds(3));
    assert_eq!(viewer.read(&asked).await.body(), "\"3 s ago\"");
    let line = viewer.get(&page).await.html();
    assert_eq!(line.text(".first-query .status"), "First query received 3 s ago");
    assert!(line.has(".first-query .dot-ok") && !line.has(".first-query a:not([hidden])"));
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn usage_is_what_was_asked_to_the_unit(db: PgPool) {
    let gate = Gate::open(db).await;
    let ctx = &gate.console.ctx;
    let flush = gate.flush().await;
    let (kept, hour) = (reading("SELECT 'kept' AS a"), [("cache-control", "max-age=3600")]);
    let mut bytes = 0;
    let mut asked = async |body: &str, headers: &[(&str, &str)]| {
        let answer = gate.send(&gate.key, "/query", Some(body), headers).await;
        bytes += answer.bytes.len() as u64;
    };
    for round in 0..3 {
        for _ in 0..5 {
            asked(&raw("select 'x' as a"), &[]).await;
            asked(&raw("select nothing from nowhere"), &[]).await;
            asked(&kept, &hour).await;
        }
        flush.run().await.unwrap();
        // Rolled up or not between: the sums are the same.
        if round != 1 {
            usage::roll_up::roll_up(ctx).await.unwrap();
        }
        ctx.clock.advance(time::Duration::seconds(61));
    }
    flush.run().await.unwrap();
    let scope = Scope { org: gate.world.org, project: None, resource: None, key: None };
    for grain in [Grain::Minute, Grain::Hour, Grain::Day, Grain::Month] {
        let range = [ctx.now() - time::Duration::days(40), ctx.now() + time::Duration::days(1)];
        let points = usage::read::series(ctx, gate.world.actor(Who::Viewer), scope, grain, range).await.unwrap();
        let mut sum = Figures::default();
        for point in &points {
            assert_eq!(point.product, Product::Accelerate);
            sum.add(&point.figures);
        }
        if grain == Grain::Minute {
            assert_eq!(points.iter().map(|point| point.figures.operations()).collect::<Vec<_>>(), [15; 3]);
        }
        assert_eq!((sum.uncached, sum.failed, sum.miss, sum.ttl, sum.egress), (15, 15, 1, 14, bytes), "{grain:?}");
        assert_eq!((sum.codes.values().sum::<u64>(), sum.spans.values().sum::<u64>()), (15, 45), "{grain:?}");
        assert!(sum.latency_us > 0 && sum.percentile_us(50) <= sum.percentile_us(99), "{grain:?}");
    }
}

/// What the database could not be told stays until it can.
#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_query_that_was_seen_is_not_forgotten_while_the_database_is_away(db: PgPool) {
    let gate = Gate::open(db).await;
    let ctx = &gate.console.ctx;
    let flush = gate.flush().await;
    assert_eq!(gate.query(&raw("select 1 as a")).await.status, 200);
    for table in ["accelerate_traffic", "usage_said"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("alter table {table} rename to away_{table}")))
            .execute(&ctx.db)
            .await
            .unwrap();
    }
    assert!(flush.run().await.is_err());
    for table in ["accelerate_traffic", "usage_said"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("alter table away_{table} rename to {table}")))
            .execute(&ctx.db)
            .await
            .unwrap();
    }
    let seen = async || traffic::get(ctx, gate.world.actor(Who::Viewer), resource(&gate.world)).await.unwrap();
    assert_eq!(seen().await, None);
    flush.run().await.unwrap();
    assert!(seen().await.is_some());
    let said = "select sum(uncached)::bigint from usage_said";
    assert_eq!(sqlx::query_scalar::<_, i64>(said).fetch_one(&ctx.db).await.unwrap(), 1);
}

/// What the gateway says to a key, once it has heard of what became of it.
async fn refused(gate: &Gate, key: &str) -> (u16, String, String) {
    for _ in 0..250 {
        let answer = gate.send(key, "/query", Some(&raw("select 1 as a")), &[]).await;
        if answer.status != 200 {
            let body: Value = serde_json::from_str(&answer.body()).unwrap();
            let text = |name: &str| body[name].as_str().unwrap().to_owned();
            return (answer.status.as_u16(), text("code"), text("error"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the key goes on working");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn keys_that_work_no_more_are_refused_as_clients_know_it(db: PgPool) {
    let gate = Gate::open(db).await;
    let (ctx, owner) = (&gate.console.ctx, gate.world.actor(Who::Owner));
    let made = async |input| create(ctx, owner, gate.world.project, input).await.unwrap();
    let (disabled, removed) = (made(key_input("disabled")).await, made(key_input("removed")).await);
    let expiring = made(CreateKeyInput { expires_in_days: "1".into(), ..key_input("expiring") }).await;
    for key in [&disabled, &removed, &expiring] {
        let answer = gate.send(key.plain.expose(), "/query", Some(&raw("select 1 as a")), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body());
    }
    edit::set_enabled(ctx, owner, disabled.id, false).await.unwrap();
    remove::remove(ctx, owner, removed.id).await.unwrap();
    ctx.clock.advance(time::Duration::days(2));
    let unknown = format!("{}0", &gate.key[..gate.key.len() - 1]);
    for (key, why) in [
        (disabled.plain.expose(), "is disabled."),
        (removed.plain.expose(), "It was removed"),
        (expiring.plain.expose(), "has expired."),
        (&unknown, "checksum is wrong"),
    ] {
        let (status, code, error) = refused(&gate, key).await;
        assert_eq!((status, &*code), (401, "P6002"), "{error}");
        assert!(error.starts_with("The API key in the Accelerate connection string is invalid. "), "{error}");
        assert!(error.contains(why), "{error}");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn disabling_accelerate_ends_its_traffic(db: PgPool) {
    let gate = Gate::open(db).await;
    assert_eq!(gate.query(&raw("select 1 as a")).await.status, 200);
    disable(&gate.console.ctx, gate.world.actor(Who::Owner), resource(&gate.world)).await.unwrap();
    let (status, code, error) = refused(&gate, &gate.key).await;
    assert_eq!((status, &*code), (400, "P6010"), "{error}");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_key_tells_what_it_reaches_and_whether_it_reaches_that(db: PgPool) {
    let gate = Gate::open(db).await;
    let own = gate.world.names["resource"].clone();
    let (ctx, owner) = (&gate.console.ctx, gate.world.actor(Who::Owner));
    let other = control::resources::create::create(ctx, owner, gate.world.project, "Other", None).await.unwrap();
    for (query, status) in [
        (String::new(), 200),
        (format!("?resource={own}"), 200),
        (format!("?resource={other}"), 403),
        ("?resource=nonsense".into(), 400),
    ] {
        let answer = gate.send(&gate.key, &format!("/key{query}"), None, &[]).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.body());
        assert!(status != 200 || answer.body().contains(&own), "{}", answer.body());
    }
}
