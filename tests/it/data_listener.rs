//! The data listener over its socket: queries past the router, and the end.

use crate::console::context;
use control::Ctx;
use pentaprism::boot::parts::Parts;
use pentaprism::data_api::{self, Rays, State};
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

struct Listening {
    connection: TcpStream,
    stop: CancellationToken,
    served: JoinHandle<()>,
}

async fn listening(ctx: &Ctx) -> Listening {
    let parts = Parts::around(ctx.clone());
    let state = State {
        verifier: parts.verifier.clone(),
        gateway: parts.gateway.clone(),
        rays: Arc::new(Rays::new(&ctx.rng, "us-east-1")),
        clock: ctx.clock.clone(),
        nodes: parts.nodes.clone(),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let end = stop.clone();
    let served =
        tokio::spawn(async move { data_api::serve(listener, state, Arc::new(TrustedProxies(vec![])), &end).await });
    Listening { connection: TcpStream::connect(address).await.unwrap(), stop, served }
}

impl Listening {
    async fn send(&mut self, text: &str) {
        self.connection.write_all(text.as_bytes()).await.unwrap();
    }

    /// The lines that come until the listener closes the connection, but the date, in an order of their own: that of the headers means nothing.
    async fn rest(mut self) -> Vec<String> {
        let mut answer = String::new();
        timeout(Duration::from_secs(10), self.connection.read_to_string(&mut answer)).await.unwrap().unwrap();
        self.stop.cancel();
        timeout(Duration::from_secs(10), self.served).await.unwrap().unwrap();
        let mut lines: Vec<_> = answer.lines().filter(|line| !line.starts_with("date: ")).map(str::to_owned).collect();
        lines.sort();
        lines
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_query_past_the_router_is_answered_as_one_through_it(db: PgPool) {
    let ctx = context(db, "http://localhost:3000".into());
    for key in ["", "authorization: Bearer nonsense\r\n", "x-capture-telemetry: tracing\r\n"] {
        let head = format!("POST /query HTTP/1.1\r\nhost: data\r\nconnection: close\r\n{key}");
        let mut past = listening(&ctx).await;
        past.send(&format!("{head}content-length: 2\r\n\r\n{{}}")).await;
        // Nobody knows how long this body will be.
        let mut through = listening(&ctx).await;
        through.send(&format!("{head}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n")).await;
        let (past, through) = (past.rest().await, through.rest().await);
        let has = |text: &str| past.iter().any(|line| line.contains(text));
        assert!(has("HTTP/1.1 401 ") && has("\"code\":\"P6002\""), "{past:?}");
        assert_eq!(past, through);
    }
}

#[sqlx::test(migrator = "control::MIGRATIONS")]
async fn a_request_that_runs_ends_before_its_listener(db: PgPool) {
    let mut listening = listening(&context(db, "http://localhost:3000".into())).await;
    listening.send("POST /query HTTP/1.1\r\nhost: data\r\ncontent-length: 2\r\n\r\n{").await;
    // The head was read, and the rest is waited for.
    tokio::time::sleep(Duration::from_millis(100)).await;
    listening.stop.cancel();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!listening.served.is_finished());
    listening.send("}").await;
    let answer = listening.rest().await;
    assert!(answer.iter().any(|line| line.starts_with("HTTP/1.1 401 ")), "{answer:?}");
    assert!(answer.iter().any(|line| line == "connection: close"), "{answer:?}");
}
