//! Nodes that share their answers by a real server: it lives, hangs, dies, forgets, comes back with what it had, and is lied to.

use crate::world::{Known, RESOURCE, World};
use accelerate::{
    Access, CacheError, CacheServer, CacheSettings, Class, Gateway, QueryError, Source, Status, Strategy,
};
use bytes::Bytes;
use kernel::ResourceId;
use redis::Commands;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testkit::CacheServer as Throwaway;
use upstream::ConnectionString;
use uuid::Uuid;

/// A clock that all nodes share, and bytes of its own for each.
#[derive(Clone)]
struct Node(Arc<AtomicU64>, Arc<AtomicU64>);

impl Source for Node {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn fill(&self, bytes: &mut [u8]) {
        let count = self.1.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        bytes.iter_mut().zip(count.iter().cycle()).for_each(|(byte, random)| *byte = *random);
    }
}

/// Two nodes over one table `t`, which has one row with a number.
struct Nodes {
    world: World,
    known: Known,
    clock: Arc<AtomicU64>,
    nodes: Vec<Gateway>,
}

const PATIENT: Duration = Duration::from_secs(10);

fn settings(url: &str, limit: Duration) -> CacheSettings {
    CacheSettings { url: url.into(), ca: None, limit, secret: [7; 32] }
}

impl Nodes {
    async fn over(server: &Throwaway) -> Self {
        Self::with(&server.url(), PATIENT).await
    }

    async fn with(url: &str, limit: Duration) -> Self {
        let world = World::new().await;
        world.execute("create table t (n int); insert into t values (0)").await;
        let known = world.known.clone();
        let clock = Arc::new(AtomicU64::new(1_760_000_000_000));
        let mut nodes = Vec::new();
        for first in [1, 1 << 32] {
            let server = CacheServer::connect(settings(url, limit)).await.unwrap();
            let source = Node(Arc::clone(&clock), Arc::new(AtomicU64::new(first)));
            nodes.push(world.node(known.clone(), source).with_shared_cache(Some(server)));
        }
        Self { world, known, clock, nodes }
    }

    async fn write(&self, number: i64) {
        self.world.execute(&format!("update t set n = {number}")).await;
    }

    async fn query(
        &self,
        node: usize,
        resource: ResourceId,
        access: Access,
        params: &str,
        tags: &[&str],
    ) -> (Status, i64) {
        let sql = r#"{"type":"templateSql","fragments":[{"type":"stringChunk","chunk":"SELECT n FROM t"}],"args":[],"argTypes":[],"placeholderFormat":{"prefix":"$","hasNumbering":true},"chunkable":true}"#;
        let shape = r#"{"type":"field","dbName":"n","fieldType":{"arity":"scalar","type":"int"}}"#;
        let map = format!(r#"{{"type":"object","fields":{{"n":{shape}}},"serializedName":null,"skipNulls":false}}"#);
        let expr = format!(r#"{{"type":"query","args":{sql}}}"#);
        let plan = format!(r#"{{"type":"dataMap","args":{{"expr":{expr},"structure":{map},"enums":{{}}}}}}"#);
        let body = Bytes::from(format!(r#"{{"operation":"findMany","plan":{plan},"params":{params}}}"#));
        let tags = tags.iter().map(|tag| (*tag).into()).collect();
        let strategy = Strategy { max_age: Duration::from_secs(60), stale: Duration::from_secs(30), tags };
        let answer = self.nodes[node].query(resource, access, None, &body, &strategy, None).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&answer.json).unwrap();
        (answer.status, json[0]["n"].as_i64().unwrap_or_else(|| panic!("{json}")))
    }

    async fn ask(&self, node: usize, tags: &[&str]) -> (Status, i64) {
        self.query(node, RESOURCE, Access::Full, "{}", tags).await
    }

    async fn invalidate(&self, node: usize, tags: &[&str]) -> Result<(), QueryError> {
        let tags: Vec<Box<str>> = tags.iter().map(|tag| (*tag).into()).collect();
        self.nodes[node].invalidate(RESOURCE, (!tags.is_empty()).then_some(&*tags)).await
    }

    /// Until answers are kept again.
    async fn recovers(&self, node: usize) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.ask(node, &["recovers"]).await.0 == Status::None {
            assert!(Instant::now() < deadline, "the cache does not come back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn an_answer_is_told_on_every_node_and_ended_on_every_node_at_once() {
    let server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    assert_eq!(nodes.ask(0, &["a", "b"]).await, (Status::Miss, 0));
    nodes.write(1).await;
    assert_eq!(nodes.ask(1, &["a", "b"]).await, (Status::Ttl, 0));
    nodes.clock.fetch_add(61_000, Ordering::Relaxed);
    assert_eq!(nodes.ask(1, &["a", "b"]).await, (Status::Swr, 0), "and asked for anew in the background");
    let deadline = Instant::now() + PATIENT;
    while nodes.ask(0, &["a", "b"]).await != (Status::Ttl, 1) {
        assert!(Instant::now() < deadline);
    }
    nodes.write(2).await;
    nodes.invalidate(0, &["c"]).await.unwrap();
    assert_eq!(nodes.ask(1, &["a", "b"]).await, (Status::Ttl, 1), "another tag");
    for ended_by in [&["b"][..], &[]] {
        nodes.invalidate(0, ended_by).await.unwrap();
        assert_eq!(nodes.ask(1, &["a", "b"]).await.0, Status::Miss, "{ended_by:?}");
        assert_eq!(nodes.ask(0, &["a", "b"]).await, (Status::Ttl, 2));
    }
    nodes.write(3).await;
    nodes.known.change(|resource| resource.cache_epoch += 1);
    assert_eq!(nodes.ask(1, &["a", "b"]).await, (Status::Miss, 3), "the console purged it");
    assert_eq!(nodes.ask(0, &["a", "b"]).await, (Status::Ttl, 3));
    nodes.clock.fetch_add(90_000, Ordering::Relaxed);
    assert_eq!(nodes.ask(0, &["a", "b"]).await.0, Status::Miss, "its life is over");
}

#[tokio::test]
async fn rights_resources_parameters_tags_databases_and_installations_are_apart() {
    let server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    let other = ResourceId::from_uuid(Uuid::from_u128(1));
    for (at, (resource, access, params, tags)) in [
        (RESOURCE, Access::Full, "{}", &[][..]),
        (RESOURCE, Access::ReadOnly, "{}", &[]),
        (other, Access::Full, "{}", &[]),
        (RESOURCE, Access::Full, "{\"x\":1}", &[]),
        (RESOURCE, Access::Full, "{}", &["a"]),
    ]
    .into_iter()
    .enumerate()
    {
        let number = i64::try_from(at).unwrap();
        nodes.write(number).await;
        assert_eq!(nodes.query(0, resource, access, params, tags).await, (Status::Miss, number), "{at}");
        assert_eq!(nodes.query(1, resource, access, params, tags).await, (Status::Ttl, number), "{at}");
    }
    nodes.invalidate(0, &[]).await.unwrap();
    assert_eq!(nodes.query(1, other, Access::Full, "{}", &[]).await, (Status::Ttl, 2), "of another resource");
    assert_eq!(nodes.query(1, RESOURCE, Access::ReadOnly, "{}", &[]).await.0, Status::Miss, "of either access");

    nodes.known.change(|resource| {
        let url = resource.target.expose_url();
        let url = format!("{}?application_name=moved", secrecy::ExposeSecret::expose_secret(&url));
        resource.target = ConnectionString::parse(&url).unwrap();
    });
    assert_eq!(nodes.ask(0, &["a"]).await.0, Status::Miss, "another database");

    let mut foreign = settings(&server.url(), PATIENT);
    foreign.secret = [8; 32];
    let source = Node(Arc::clone(&nodes.clock), Arc::new(AtomicU64::new(1 << 33)));
    let foreign = CacheServer::connect(foreign).await.unwrap();
    let foreign = nodes.world.node(nodes.known.clone(), source).with_shared_cache(Some(foreign));
    let nodes = Nodes { nodes: vec![foreign], ..nodes };
    assert_eq!(nodes.ask(0, &["a"]).await.0, Status::Miss, "another installation");
}

#[tokio::test]
async fn what_was_asked_before_an_invalidation_is_not_kept_after_it() {
    let server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    // Held by the lock of the table, after it has read the marks.
    let url = nodes.world.target();
    let blocker = upstream::Dialer::new().connect(&url).await.unwrap();
    let waiting = "select count(*) from pg_locks where not granted and relation = 't'::regclass";
    blocker.client.batch_execute("begin; lock table t in access exclusive mode").await.unwrap();
    let ((early, late), ()) = tokio::join!(async { tokio::join!(nodes.ask(0, &["a"]), nodes.ask(0, &["a"])) }, async {
        while nodes.world.look(waiting).await == 0 {}
        blocker.client.batch_execute("update t set n = 7").await.unwrap();
        nodes.invalidate(1, &["a"]).await.unwrap();
        blocker.client.batch_execute("commit").await.unwrap();
    });
    assert_eq!((early.0, late), (Status::Miss, early), "of two at once one runs");
    nodes.write(8).await;
    assert_eq!(nodes.ask(0, &["a"]).await, (Status::Miss, 8), "it was asked before the invalidation");
    assert_eq!(nodes.ask(1, &["a"]).await, (Status::Ttl, 8));
}

#[tokio::test]
async fn a_server_that_dies_costs_its_answers_and_nothing_else() {
    let mut server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    nodes.ask(0, &["a"]).await;
    assert_eq!(nodes.ask(1, &["a"]).await, (Status::Ttl, 0));
    server.kill9();
    nodes.write(1).await;
    for node in [0, 1] {
        assert_eq!(nodes.ask(node, &["a"]).await, (Status::None, 1));
        let refused = nodes.invalidate(node, &["a"]).await.unwrap_err();
        assert_eq!((refused.class, &*refused.code), (Class::Unavailable, "P6008"));
    }
    server.restart().unwrap();
    for node in [0, 1] {
        nodes.recovers(node).await;
    }
    assert_eq!(nodes.ask(0, &["a"]).await, (Status::Miss, 1));
    assert_eq!(nodes.ask(1, &["a"]).await, (Status::Ttl, 1));
    nodes.invalidate(1, &["a"]).await.unwrap();
}

#[tokio::test]
async fn a_server_that_hangs_holds_nobody_up() {
    let server = Throwaway::throwaway().unwrap();
    let limit = Duration::from_secs(2);
    let nodes = Nodes::with(&server.url(), limit).await;
    nodes.recovers(0).await;
    server.pause();
    assert_eq!(nodes.ask(0, &["a"]).await, (Status::None, 0), "the first waits for the limit");
    let further = async {
        for _ in 0..20 {
            assert_eq!(nodes.ask(0, &["a"]).await, (Status::None, 0));
            assert!(nodes.invalidate(0, &["a"]).await.is_err());
        }
    };
    tokio::time::timeout(15 * limit, further).await.expect("forty calls do not wait for the limit each");
    server.resume();
    nodes.recovers(0).await;
}

#[tokio::test]
async fn a_node_may_start_while_its_cache_is_away() {
    let mut server = Throwaway::throwaway().unwrap();
    server.kill9();
    let nodes = Nodes::over(&server).await;
    assert_eq!(nodes.ask(0, &[]).await, (Status::None, 0));
    server.restart().unwrap();
    nodes.recovers(0).await;
}

#[tokio::test]
async fn a_server_that_comes_back_with_what_it_had_brings_no_ended_answer_back() {
    let mut server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    nodes.ask(0, &["a"]).await;
    let mut direct = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    redis::cmd("SAVE").exec(&mut direct).unwrap();
    nodes.invalidate(0, &["a"]).await.unwrap();
    nodes.write(1).await;
    server.restart().unwrap();
    let mut direct = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    let had: usize = redis::cmd("DBSIZE").query(&mut direct).unwrap();
    assert_eq!(had, 3, "an answer and its two marks");
    while nodes.ask(0, &["a"]).await.0 == Status::None {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(nodes.ask(0, &["a"]).await, (Status::Ttl, 1));
}

#[tokio::test]
async fn a_mark_that_was_evicted_never_brings_an_ended_answer_back() {
    let server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    let mut direct = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    for turn in 0..20 {
        nodes.write(turn).await;
        assert_eq!(nodes.ask(0, &["a"]).await, (Status::Miss, turn));
        assert_eq!(nodes.ask(1, &["a"]).await, (Status::Ttl, turn));
        let marks: Vec<String> = direct.keys("*:tag:*").unwrap();
        let evicted: usize = direct.del(&marks).unwrap();
        assert_eq!(evicted, 1);
        if turn % 2 == 0 {
            nodes.invalidate(1, &["a"]).await.unwrap();
            // An untold one draws the mark anew, and leaves the old answer where it is.
            nodes.query(0, RESOURCE, Access::ReadOnly, "{}", &["a"]).await;
        }
    }
}

#[tokio::test]
async fn a_full_server_keeps_less_and_breaks_nothing() {
    let server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    let mut direct = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    let mut set =
        |name: &str, value: &str| redis::cmd("CONFIG").arg("SET").arg(name).arg(value).exec(&mut direct).unwrap();
    assert_eq!(nodes.ask(0, &["a"]).await, (Status::Miss, 0));
    // Under noeviction nothing is written any more.
    set("maxmemory", "1");
    assert_eq!(nodes.ask(1, &["a"]).await, (Status::Ttl, 0));
    nodes.invalidate(1, &["a"]).await.unwrap();
    nodes.write(1).await;
    assert_eq!(nodes.ask(0, &["a"]).await, (Status::None, 1));
    assert_eq!(nodes.ask(0, &["new"]).await, (Status::None, 1));
    assert!(CacheServer::connect(settings(&server.url(), PATIENT)).await.is_ok(), "a node may start meanwhile");
    set("maxmemory", "0");
    assert_eq!(nodes.ask(0, &["a"]).await, (Status::Miss, 1));
    assert_eq!(nodes.ask(1, &["a"]).await, (Status::Ttl, 1));
}

#[tokio::test]
async fn a_foul_value_is_no_answer() {
    let server = Throwaway::throwaway().unwrap();
    let nodes = Nodes::over(&server).await;
    let mut direct = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    nodes.ask(0, &[]).await;
    let key: String = direct.keys::<_, Vec<String>>("*:answer:*").unwrap().remove(0);
    let sound: Vec<u8> = direct.get(&key).unwrap();
    let mut changed = sound.clone();
    changed[30] ^= 1;
    for foul in [&b""[..], b"{}", &changed, &sound[1..], &vec![1; 9_000_000]] {
        let () = direct.set(&key, foul).unwrap();
        assert_eq!(nodes.ask(1, &[]).await.0, Status::Miss, "{} bytes", foul.len());
        assert_eq!(nodes.ask(0, &[]).await.0, Status::Ttl);
    }
    let () = direct.del(&key).unwrap();
    let () = direct.lpush(&key, "x").unwrap();
    assert_eq!(nodes.ask(1, &[]).await.0, Status::None, "another kind of value");
    assert_eq!(nodes.query(1, RESOURCE, Access::Full, "{\"a\":1}", &[]).await.0, Status::Miss, "others are kept");
}

#[tokio::test]
async fn a_wrong_password_or_server_is_told_at_start_without_the_password() {
    let server = Throwaway::throwaway_with(&[("requirepass", "hunter2")]).unwrap();
    let url = |password: &str| format!("redis://:{password}@{}", server.address());
    assert!(CacheServer::connect(settings(&url("hunter2"), PATIENT)).await.is_ok());
    for (url, is_right) in [
        (url("hunter3"), (|error| matches!(error, CacheError::SignIn(_))) as fn(&CacheError) -> bool),
        (server.url(), |error| matches!(error, CacheError::SignIn(_) | CacheError::Refused(_))),
        ("redis://:hunter3@[".to_owned(), |error| matches!(error, CacheError::Url)),
    ] {
        let error = CacheServer::connect(settings(&url, PATIENT)).await.err().unwrap();
        assert!(is_right(&error), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter"), "{error}");
    }
    let cluster = Throwaway::throwaway_with(&[("cluster-enabled", "yes")]).unwrap();
    let refused = CacheServer::connect(settings(&cluster.url(), PATIENT)).await.err().unwrap();
    assert!(matches!(refused, CacheError::Refused(_)), "{refused}");
    let replica = Throwaway::throwaway_with(&[("replicaof", "127.0.0.1 1")]).unwrap();
    let nodes = Nodes::over(&replica).await;
    assert_eq!(nodes.ask(0, &[]).await.0, Status::None, "a replica is waited for to be more");
}

#[tokio::test]
async fn the_way_to_the_server_may_be_encrypted() {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let folder = std::env::temp_dir().join(format!("pentaprism-cache-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (pem, key) = (file("cert.pem", certificate.pem()), file("key.pem", key.serialize_pem()));
    let port = free();
    let tls = [("tls-port", &*port), ("tls-cert-file", &pem), ("tls-key-file", &key), ("tls-auth-clients", "no")];
    let server = Throwaway::throwaway_with(&tls).unwrap();
    let over_tls = |ca: Option<String>| CacheSettings {
        ca: ca.map(String::into_bytes),
        ..settings(&format!("rediss://127.0.0.1:{port}"), PATIENT)
    };
    let plain = Nodes::over(&server).await;
    assert_eq!(plain.ask(0, &[]).await.0, Status::Miss);
    for (ca, wanted) in [(Some(certificate.pem()), Status::Ttl), (None, Status::None)] {
        let server = CacheServer::connect(over_tls(ca)).await.unwrap();
        let source = Node(Arc::clone(&plain.clock), Arc::new(AtomicU64::new(1 << 34)));
        let node = plain.world.node(plain.known.clone(), source).with_shared_cache(Some(server));
        let own = Nodes {
            world: World::new().await,
            known: plain.known.clone(),
            clock: plain.clock.clone(),
            nodes: vec![node],
        };
        assert_eq!(own.ask(0, &[]).await.0, wanted, "one that nobody vouches for is not used");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
