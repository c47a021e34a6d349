//! Change streams over the socket: nodes that come and go, and subscribers that come back.

use crate::program::{Program, Serving, request};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, PgPool};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use testkit::Cluster;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// What has not come by then never will.
const FOREVER: Duration = Duration::from_secs(30);

/// Customers' databases.
static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster::throwaway().unwrap());

/// A database with a table, and Pulse on it.
struct Shop {
    program: Program,
    database: String,
    resource: String,
    key: String,
}

type Refused = (u16, Value);

impl Shop {
    async fn open(db: &PgPool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let database = format!("shop{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let database = tokio::task::spawn_blocking(move || CLUSTER.create_database(&database).unwrap()).await.unwrap();
        let program = Program::new(db);
        let mut shop = Self { program, database, resource: String::new(), key: String::new() };
        shop.execute(
            r#"create table "User" (id int primary key, name text); alter table "User" replica identity full"#,
        )
        .await;
        let told = shop.program.succeed(&["seed", "--json", "--pulse", "--database-url", &shop.database]).await;
        let told: Value = serde_json::from_str(&told).unwrap();
        let resource = &told["resources"][0];
        assert!(resource["pulse"]["url"].as_str().unwrap().starts_with("ws://"), "{resource}");
        shop.resource = resource["id"].as_str().unwrap().to_owned();
        shop.key = resource["apiKey"].as_str().unwrap().to_owned();
        shop
    }

    async fn execute(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut connection = PgConnection::connect(&self.database).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    }

    async fn insert(&self, ids: std::ops::Range<i64>) {
        let (first, last) = (ids.start, ids.end - 1);
        self.execute(&format!(r#"insert into "User" select n, 'n' || n from generate_series({first}, {last}) n"#))
            .await;
    }

    /// Until changes are captured, and so from here on nothing is missed.
    async fn captured(&self) {
        let begun = Instant::now();
        while self
            .count("select count(*) from pg_replication_slots where active and database = current_database()")
            .await
            == 0
        {
            assert!(begun.elapsed() < FOREVER, "nobody captures");
            sleep(Duration::from_millis(50)).await;
        }
    }

    async fn connect(&self, to: &Serving, stream: Option<&str>) -> Result<Subscriber, Refused> {
        self.connect_with(to, stream, &self.key, json!({})).await
    }

    /// A server that has just begun may not know its keys yet.
    async fn connect_with(
        &self,
        to: &Serving,
        stream: Option<&str>,
        key: &str,
        filter: Value,
    ) -> Result<Subscriber, Refused> {
        let begun = Instant::now();
        loop {
            match self.try_to_connect(to, stream, key, &filter).await {
                Err((503, _)) if begun.elapsed() < FOREVER => sleep(Duration::from_millis(50)).await,
                connected => return connected,
            }
        }
    }

    async fn try_to_connect(
        &self,
        to: &Serving,
        stream: Option<&str>,
        key: &str,
        filter: &Value,
    ) -> Result<Subscriber, Refused> {
        let path = if stream.is_some() { "stream" } else { "subscribe" };
        let mut request = format!("ws://{}/{path}", to.data).into_client_request().unwrap();
        let field = |name: &str, kind: &str| json!({ "name": name, "kind": "scalar", "type": kind });
        let model = json!({ "dbName": null, "fields": [field("id", "Int"), field("name", "String")] });
        let subscription = json!({ "model": model, "modelName": "User", "where": filter });
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {key}").parse().unwrap());
        headers.insert("subscription", subscription.to_string().parse().unwrap());
        headers.insert("stream", json!({ "name": stream }).to_string().parse().unwrap());
        headers.insert("prisma-client-version", "7.10.0".parse().unwrap());
        let socket = TcpStream::connect(to.data).await.unwrap();
        match client_async(request, socket).await {
            Ok((socket, _)) => Ok(Subscriber(socket)),
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                Err((response.status().as_u16(), serde_json::from_slice(body).unwrap_or_default()))
            }
            Err(error) => panic!("{error}"),
        }
    }
}

struct Subscriber(WebSocketStream<TcpStream>);

impl Subscriber {
    async fn event(&mut self) -> Value {
        loop {
            match timeout(FOREVER, self.0.next()).await.expect("an event").unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The ids of rows, of the next events, each acknowledged or not.
    async fn rows(&mut self, count: usize, acknowledge: bool) -> Vec<i64> {
        let mut rows = Vec::new();
        while rows.len() < count {
            let event = self.event().await;
            rows.push(event["created"]["id"].as_i64().unwrap());
            if acknowledge {
                let said = json!({ "type": "ack", "id": event["id"] }).to_string();
                self.0.send(Message::Text(said.into())).await.unwrap();
            }
        }
        rows
    }

    async fn closed(&mut self) -> u16 {
        loop {
            match timeout(FOREVER, self.0.next()).await.expect("it is closed") {
                Some(Ok(Message::Close(frame))) => return frame.unwrap().code.into(),
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn is_silent(&mut self) -> bool {
        timeout(Duration::from_millis(700), self.0.next()).await.is_err()
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn events_come_as_the_extension_reads_them_on_every_node(db: PgPool) {
    let shop = Shop::open(&db).await;
    let (one, two) = (shop.program.serve().await, shop.program.serve().await);
    shop.captured().await;
    for node in [&one, &two] {
        let mut all = shop.connect(node, None).await.unwrap();
        let filter = json!({ "update": { "after": { "name": { "startsWith": "B" } } } });
        let mut some = shop.connect_with(node, None, &shop.key, filter).await.unwrap();
        shop.execute(r#"insert into "User" values (1, 'Ada'); update "User" set name = 'Bea'; delete from "User""#)
            .await;
        let events = [all.event().await, all.event().await, all.event().await];
        assert_eq!(
            (&events[0]["action"], &events[0]["created"]),
            (&json!("create"), &json!({ "id": 1, "name": "Ada" }))
        );
        assert_eq!((&events[1]["action"], &events[1]["after"]), (&json!("update"), &json!({ "id": 1, "name": "Bea" })));
        assert_eq!(
            (&events[2]["action"], &events[2]["deleted"]),
            (&json!("delete"), &json!({ "id": 1, "name": "Bea" }))
        );
        assert_eq!(some.event().await, events[1]);
        all.0.send(Message::Ping(Vec::new().into())).await.unwrap();
        let pong = timeout(Duration::from_secs(1), all.0.next()).await.unwrap().unwrap().unwrap();
        assert!(pong.is_pong() && some.is_silent().await);
    }
    let mut last = shop.connect(&one, None).await.unwrap();
    let (ended, code) = tokio::join!(one.end(), last.closed());
    assert!(ended.0.success() && code == 1001, "{code}");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_stream_goes_on_where_it_was_acknowledged(db: PgPool) {
    let shop = Shop::open(&db).await;
    let node = shop.program.serve().await;
    shop.captured().await;
    let mut stream = shop.connect(&node, Some("orders")).await.unwrap();
    shop.insert(0..10).await;
    assert_eq!(stream.rows(4, true).await, [0, 1, 2, 3]);
    stream.0.close(None).await.unwrap();
    shop.insert(10..12).await;
    sleep(Duration::from_millis(300)).await;
    let mut stream = shop.connect(&node, Some("orders")).await.unwrap();
    assert_eq!(stream.rows(8, true).await, (4..12).collect::<Vec<_>>());
    let mut other = shop.connect(&node, Some("invoices")).await.unwrap();
    assert!(other.is_silent().await, "a new stream begins with what comes");
    sleep(Duration::from_millis(300)).await;
    // What is of no interest is done with too.
    shop.execute("create table other (id int primary key); insert into other values (1)").await;
    sleep(Duration::from_millis(500)).await;
    let waiting = "select count(*) from pulse_event e join pulse_stream s on e.id > s.cursor where s.name = 'orders'";
    let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&db).await.unwrap();
    assert_eq!(waiting, 0);
    sqlx::raw_sql("update pulse_stream set cursor = '', generation = generation + 1; update pulse_journal set streams_version = 7")
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(stream.closed().await, 1012);
    let mut stream = shop.connect(&node, Some("orders")).await.unwrap();
    assert_eq!(stream.rows(12, false).await, (0..12).collect::<Vec<_>>());
    node.stop().await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn another_node_takes_over_with_no_gap(db: PgPool) {
    let shop = Shop::open(&db).await;
    let owner = shop.program.serve().await;
    shop.captured().await;
    let other = shop.program.serve().await;
    let mut stream = shop.connect(&other, Some("orders")).await.unwrap();
    shop.insert(0..500).await;
    assert_eq!(stream.rows(500, true).await, (0..500).collect::<Vec<_>>());
    owner.stop().await;
    let killed = Instant::now();
    shop.insert(500..1000).await;
    assert_eq!(stream.rows(500, true).await, (500..1000).collect::<Vec<_>>());
    assert!(killed.elapsed() < Duration::from_secs(10), "{:?}", killed.elapsed());
    let gaps: i64 =
        sqlx::query_scalar("select count(*) from pulse_journal where gap_at is not null").fetch_one(&db).await.unwrap();
    let token: i64 = sqlx::query_scalar("select token from pulse_lease").fetch_one(&db).await.unwrap();
    assert_eq!((gaps, token), (0, 2));
    let (ended, code) = tokio::join!(other.end(), stream.closed());
    assert!(ended.0.success() && code == 1001);
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_is_disabled_leaves_nothing_behind(db: PgPool) {
    let shop = Shop::open(&db).await;
    let node = shop.program.serve().await;
    shop.captured().await;
    let mut subscriber = shop.connect(&node, None).await.unwrap();
    sqlx::raw_sql("update pulse set paused_at = now()").execute(&db).await.unwrap();
    let paused = Instant::now();
    while shop.count("select count(*) from pg_replication_slots where active and database = current_database()").await
        > 0
    {
        assert!(paused.elapsed() < Duration::from_secs(2));
        sleep(Duration::from_millis(20)).await;
    }
    shop.insert(0..3).await;
    sqlx::raw_sql("update pulse set paused_at = null").execute(&db).await.unwrap();
    assert_eq!(subscriber.rows(3, false).await, [0, 1, 2]);
    sqlx::raw_sql("delete from pulse").execute(&db).await.unwrap();
    assert_eq!(subscriber.closed().await, 1008);
    let begun = Instant::now();
    while shop.count("select (select count(*) from pg_replication_slots where database = current_database()) + (select count(*) from pg_publication)").await > 0 {
        assert!(begun.elapsed() < FOREVER, "it is left");
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(shop.connect(&node, None).await.err().unwrap().1["code"], "P6103");
    node.stop().await;
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn who_may_not_is_told_why(db: PgPool) {
    let shop = Shop::open(&db).await;
    let node = shop.program.serve().await;
    let refused = async |stream, key: &str, filter| {
        let (status, body) = shop.connect_with(&node, stream, key, filter).await.err().unwrap();
        assert!(body["message"].is_string() && body["requestId"].as_str().unwrap().len() > 8, "{body}");
        (status, body["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(None, "ppk_nonsense", json!({})).await, (401, "P6102".into()));
    assert_eq!(refused(Some(""), &shop.key, json!({})).await, (400, "P6100".into()));
    assert_eq!(refused(None, &shop.key, json!({ "create": { "nothing": 1 } })).await, (400, "P6100".into()));
    let long = json!({ "create": { "name": "x".repeat(70_000) } });
    assert_eq!(refused(None, &shop.key, long).await, (400, "P6100".into()));
    let large = json!({ "create": { "name": "x".repeat(60_000) } });
    assert!(shop.connect_with(&node, None, &shop.key, large).await.is_ok(), "a header may be large");
    sqlx::raw_sql("update pulse set persistence = false").execute(&db).await.unwrap();
    assert_eq!(refused(Some("orders"), &shop.key, json!({})).await, (403, "P6106".into()));
    let mut subscriber = shop.connect(&node, None).await.unwrap();
    let plain = request(node.data, "GET /subscribe", &format!("authorization: Bearer {}\r\n", shop.key), "").await;
    assert!(plain.contains("P6100"), "{plain}");
    sqlx::raw_sql("delete from api_key").execute(&db).await.unwrap();
    assert_eq!(subscriber.closed().await, 1008, "its key is gone");
    node.stop().await;
}
