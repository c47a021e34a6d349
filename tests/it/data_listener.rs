//! The data listener over its socket: queries past the router, clients that keep it waiting, and the end.

use crate::operations::{Gate, raw, reading};
use accelerate::{Meter, Operation};
use pentaprism::boot::connections::Patience;
use pentaprism::data_api::{self, State};
use pentaprism::web::address::TrustedProxies;
use sqlx::PgPool;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// What has not come by then never will.
const FOREVER: Duration = Duration::from_secs(20);
/// So short that a test may wait for it.
const IMPATIENT: Duration = Duration::from_millis(300);

struct Listening {
    connection: TcpStream,
    stop: CancellationToken,
    served: JoinHandle<()>,
}

async fn listening(gate: &Gate, patience: Patience) -> Listening {
    served(gate.state.clone(), patience).await
}

async fn served(state: State, patience: Patience) -> Listening {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let end = stop.clone();
    let served = tokio::spawn(async move {
        data_api::serve(listener, state, Arc::new(TrustedProxies(vec![])), patience, &end).await;
    });
    Listening { connection: TcpStream::connect(address).await.unwrap(), stop, served }
}

impl Listening {
    async fn send(&mut self, text: &str) {
        self.connection.write_all(text.as_bytes()).await.unwrap();
    }

    /// All that comes until the listener closes the connection.
    async fn heard(&mut self) -> String {
        let mut answer = Vec::new();
        let read = timeout(FOREVER, self.connection.read_to_end(&mut answer)).await.expect("it closes the connection");
        // A connection that is cut may be reset.
        assert!(read.is_ok() || answer.is_empty(), "{read:?}");
        String::from_utf8(answer).unwrap()
    }

    async fn ends(self) {
        self.stop.cancel();
        timeout(FOREVER, self.served).await.expect("the listener ends").unwrap();
    }

    /// The lines of an answer, but what differs from one to the next, in an order of their own: that of the headers means nothing.
    async fn rest(mut self) -> Vec<String> {
        let answer = self.heard().await;
        self.ends().await;
        let differs = |line: &str| ["date: ", "cf-ray: ", "last-modified: "].iter().any(|name| line.starts_with(name));
        let mut lines: Vec<_> = answer.lines().filter(|line| !differs(line)).map(str::to_owned).collect();
        lines.sort();
        lines
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_query_past_the_router_is_answered_as_one_through_it(db: PgPool) {
    let gate = Gate::open(db).await;
    let bearer = format!("authorization: Bearer {}\r\n", gate.key);
    let (fine, wrong) = (reading("select 1 as a"), raw("select nothing from nowhere"));
    for (headers, body, status) in [
        (String::new(), "{}", 401),
        ("authorization: Bearer nonsense\r\n".into(), "{}", 401),
        (format!("{bearer}x-capture-telemetry: error\r\n"), "{}", 400),
        (bearer.clone(), "nonsense", 400),
        (bearer.clone(), &wrong, 400),
        (bearer.clone(), &fine, 200),
        (format!("{bearer}x-capture-telemetry: error\r\ncache-control: max-age=0\r\n"), &fine, 200),
    ] {
        let head = format!("POST /query HTTP/1.1\r\nhost: data\r\nconnection: close\r\n{headers}");
        let mut past = listening(&gate, Patience::default()).await;
        past.send(&format!("{head}content-length: {}\r\n\r\n{body}", body.len())).await;
        // Nobody knows how long this body will be.
        let mut through = listening(&gate, Patience::default()).await;
        through.send(&format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len())).await;
        let (past, through) = (past.rest().await, through.rest().await);
        assert!(past.iter().any(|line| line.starts_with(&format!("HTTP/1.1 {status} "))), "{past:?}");
        assert_eq!(past, through);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn queries_that_come_together_are_answered_in_their_order(db: PgPool) {
    let gate = Gate::open(db).await;
    let mut listening = listening(&gate, Patience::default()).await;
    let query = |number: usize, headers: &str| {
        // The first takes longest.
        let body = raw(&format!("select {number} as a from pg_sleep({})", f64::from(u8::from(number == 0)) / 5.0));
        let length = body.len();
        let head = format!("POST /query HTTP/1.1\r\nhost: data\r\nauthorization: Bearer {}\r\n{headers}", gate.key);
        format!("{head}content-length: {length}\r\n\r\n{body}")
    };
    let last = "connection: close\r\n";
    let all: String = (0..10).map(|number| query(number, if number == 9 { last } else { "" })).collect();
    listening.send(&all).await;
    let answers = listening.heard().await;
    let rows: Vec<_> = answers.lines().filter_map(|line| line.split_once("\"rows\":[[")?.1.split(']').next()).collect();
    assert_eq!(rows, (0..10).map(|number| number.to_string()).collect::<Vec<_>>(), "{answers}");
}

/// Something that must not happen happens behind the query.
struct Broken;

impl Meter for Broken {
    fn record(&self, _: &Operation<'_>) {
        panic!("this meter is broken, as the test wants it");
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_panic_costs_one_query_and_is_an_error_of_the_server(db: PgPool) {
    let gate = Gate::open(db).await;
    let mut listening = served(gate.told_to(Broken), Patience::default()).await;
    let body = raw("select 1 as a");
    for end in ["", "connection: close\r\n"] {
        let head = format!("POST /query HTTP/1.1\r\nhost: data\r\nauthorization: Bearer {}\r\n{end}", gate.key);
        listening.send(&format!("{head}content-length: {}\r\n\r\n{body}", body.len())).await;
    }
    let answers = listening.heard().await;
    assert_eq!(answers.matches("HTTP/1.1 500 ").count(), 2, "{answers}");
    assert!(answers.contains("Something failed on the gateway.") && !answers.contains("meter"), "{answers}");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn bodies_of_strangers_are_not_waited_for(db: PgPool) {
    let gate = Gate::open(db).await;
    for (path, headers) in [
        ("/query", ""),
        ("/query", "transfer-encoding: chunked\r\n"),
        ("/transaction/none/query", ""),
        ("/transaction/start", ""),
        ("/invalidate", ""),
        ("/transaction/none/query", "pentaprism-node-proof: x\r\n"),
    ] {
        let mut stranger = listening(&gate, Patience::default()).await;
        let length = if headers.contains("chunked") { "" } else { "content-length: 30000000\r\n" };
        stranger
            .send(&format!("POST {path} HTTP/1.1\r\nhost: data\r\nconnection: close\r\n{length}{headers}\r\n"))
            .await;
        let answer = stranger.heard().await;
        assert!(
            answer.starts_with("HTTP/1.1 401 ") || answer.starts_with("HTTP/1.1 403 "),
            "{path} {headers}: {answer}"
        );
        stranger.ends().await;
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn what_does_not_come_in_time_is_given_up(db: PgPool) {
    let gate = Gate::open(db).await;
    let patience = Patience { head: IMPATIENT, body: IMPATIENT, ..Patience::default() };
    let mut slow = listening(&gate, patience).await;
    slow.send("POST /query HTTP/1.1\r\nhost: da").await;
    slow.heard().await;
    slow.ends().await;
    for path in ["/query", "/invalidate"] {
        let mut slow = listening(&gate, patience).await;
        let head = format!("POST {path} HTTP/1.1\r\nhost: data\r\ncontent-type: application/json\r\n");
        slow.send(&format!("{head}authorization: Bearer {}\r\ncontent-length: 2\r\n\r\n{{", gate.key)).await;
        let answer = slow.heard().await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("P6005"), "{answer}");
        slow.ends().await;
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_request_that_runs_ends_before_its_listener(db: PgPool) {
    let gate = Gate::open(db).await;
    let mut listening = listening(&gate, Patience::default()).await;
    let head = format!("POST /query HTTP/1.1\r\nhost: data\r\nauthorization: Bearer {}\r\n", gate.key);
    listening.send(&format!("{head}content-length: 2\r\n\r\n{{")).await;
    // The head was read, and the rest is waited for.
    tokio::time::sleep(Duration::from_millis(100)).await;
    listening.stop.cancel();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!listening.served.is_finished());
    listening.send("}").await;
    let answer = listening.rest().await;
    assert!(answer.iter().any(|line| line.starts_with("HTTP/1.1 400 ")), "{answer:?}");
    assert!(answer.iter().any(|line| line == "connection: close"), "{answer:?}");
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn nobody_holds_up_the_end(db: PgPool) {
    let gate = Gate::open(db).await;
    let impatient = Patience { end: IMPATIENT, ..Patience::default() };
    let head = format!("POST /query HTTP/1.1\r\nhost: data\r\nauthorization: Bearer {}\r\n", gate.key);
    for begun in ["GET / HTTP/1.1\r\nhost:".to_owned(), format!("{head}content-length: 2\r\n\r\n{{")] {
        let mut holding = listening(&gate, impatient).await;
        holding.send(&begun).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        holding.ends().await;
    }
}
