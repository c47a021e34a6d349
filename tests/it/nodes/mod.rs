//! Two servers of one database, each with a data listener of its own.

mod invalidations;
mod proofs;
mod regions;
mod transactions;

use crate::console::Console;
use crate::program::request;
use crate::world::{Who, World, key_input};
use axum::serve::Listener;
use control::accelerate::configure::{ConfigureInput, configure};
use control::gateways::{Gateway, NodeId};
use control::keys::create::CreateKeyInput;
use control::keys::verify;
use control::resources::PlainConnection;
use control::{Ctx, keys, resources};
use kernel::ResourceId;
use pentaprism::boot::connections::Patience;
use pentaprism::boot::parts::Parts;
use pentaprism::boot::tls::{Certificate, TlsListener};
use pentaprism::data_api::{self, Rays};
use pentaprism::web::address::TrustedProxies;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use upstream::{Dialer, Resolve, Resolver};

/// The one name that connection strings of these tests have; every node resolves it in its own way.
const HOST: &str = "db.test";

/// A server that listens, in this process.
struct Node {
    parts: Parts,
    address: SocketAddr,
    own: Gateway,
}

/// What the nodes share.
struct Site {
    console: Console,
    world: World,
    /// The customer's database, as Postgres listens.
    database: SocketAddr,
    resource: ResourceId,
    /// An API key of that resource.
    key: String,
}

/// An answer of the data listener.
struct Answer {
    status: u16,
    head: String,
    body: Value,
}

impl Site {
    /// A resource without Accelerate whose database is the control database itself, since nothing protects it here.
    async fn new(db: PgPool) -> Self {
        let url = db.connect_options().to_url_lossy();
        let database = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let database = tokio::net::lookup_host(database).await.unwrap().next().unwrap();
        let console = Console::new(db);
        let world = World::new(&console).await;
        let mut target = url;
        target.set_host(Some(HOST)).unwrap();
        target.set_query(None);
        let connection = PlainConnection { masked: HOST.into(), secret: target.to_string().into() };
        let (ctx, owner) = (&console.ctx, world.actor(Who::Owner));
        let resource = resources::create::create(ctx, owner, world.project, "Staging", Some(connection)).await.unwrap();
        let input = CreateKeyInput { resource: Some(resource), ..key_input("staging") };
        let key = keys::create::create(ctx, owner, world.project, input).await.unwrap().plain.expose().to_owned();
        Self { console, world, database, resource, key }
    }

    async fn configured(db: PgPool) -> Self {
        let site = Self::new(db).await;
        let input = ConfigureInput { connection: None, region: "us-east-1".into() };
        configure(site.ctx(), site.world.actor(Who::Owner), site.resource, input).await.unwrap();
        site
    }

    fn ctx(&self) -> &Ctx {
        &self.console.ctx
    }

    /// A node whose way to the database takes so long, in each direction once.
    async fn node(&self, region: &str, delay: Duration) -> Node {
        let way = if delay.is_zero() { self.database } else { slow_way(self.database, delay).await };
        Node::start(self.ctx(), Dialer::new().with_resolver(Way(way)), region, &[]).await
    }

    /// One that announces itself and then says nothing to anybody.
    async fn silent(&self, region: &str) -> Gateway {
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
        let url = format!("http://{closed}");
        let gateway = Gateway::new(&self.ctx().rng, region.into(), Some(url), "https://silent.example.com".into());
        control::gateways::beat::beat(self.ctx(), &gateway).await.unwrap();
        gateway
    }

    /// It was not seen for eleven seconds.
    async fn age(&self, id: NodeId) {
        let older = "update gateway set seen_at = seen_at - interval '11 seconds' where id = $1::uuid";
        sqlx::query(older).bind(id.to_string()).execute(&self.ctx().db).await.unwrap();
    }

    async fn count(&self, table: &str) -> i64 {
        self.console.count(table).await
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.ctx().db).await.unwrap();
    }

    fn bearer(&self) -> String {
        format!("authorization: Bearer {}\r\n", self.key)
    }
}

impl Node {
    async fn start(ctx: &Ctx, dialer: Dialer, region: &str, proxies: &[&str]) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let own = Gateway::new(&ctx.rng, region.into(), Some(url), format!("https://{region}.example.com"));
        Self::announced(ctx, dialer, own, socket, proxies).await
    }

    /// One that other nodes reach by TLS alone; clients of these tests reach it by plain http.
    async fn behind_tls(ctx: &Ctx, dialer: Dialer, region: &str, certificate: &Arc<Certificate>) -> Self {
        let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let (plain, secure) = (bind().await.unwrap(), bind().await.unwrap());
        let url = format!("https://{}", secure.local_addr().unwrap());
        let own = Gateway::new(&ctx.rng, region.into(), Some(url), format!("https://{region}.example.com"));
        let node = Self::announced(ctx, dialer, own, plain, &[]).await;
        node.parts.nodes.speaks_tls(Arc::clone(certificate));
        node.parts.nodes.beat().await.unwrap();
        node.listen(TlsListener::new(secure, certificate.server_config().unwrap()), &[]);
        node
    }

    async fn announced(ctx: &Ctx, dialer: Dialer, own: Gateway, socket: TcpListener, proxies: &[&str]) -> Self {
        let address = socket.local_addr().unwrap();
        let parts = Parts::of(ctx.clone(), dialer, own.clone());
        parts.nodes.beat().await.unwrap();
        let (ctx, verifier) = (parts.ctx.clone(), parts.verifier.clone());
        tokio::spawn(async move { verify::run(&ctx, &verifier, std::future::pending()).await });
        let routes = parts.routes.clone();
        tokio::spawn(async move { routes.follow().await });
        let node = Self { parts, address, own };
        node.listen(socket, proxies);
        node
    }

    fn listen(&self, listener: impl Listener<Addr = SocketAddr>, proxies: &[&str]) {
        let parts = &self.parts;
        let state = data_api::State {
            verifier: parts.verifier.clone(),
            gateway: parts.gateway.clone(),
            rays: Arc::new(Rays::new(&parts.ctx.rng, &self.own.region)),
            clock: parts.ctx.clock.clone(),
            nodes: parts.nodes.clone(),
            pulse: parts.pulse.clone(),
        };
        let proxies = TrustedProxies(proxies.iter().map(|range| range.parse().unwrap()).collect());
        tokio::spawn(async move {
            data_api::serve(listener, state, Arc::new(proxies), Patience::default(), &CancellationToken::new()).await;
        });
    }

    async fn post(&self, path: &str, headers: &str, body: &(impl ToString + ?Sized)) -> Answer {
        let body = body.to_string();
        let headers = format!("content-type: application/json\r\n{headers}");
        let text = request(self.address, &format!("POST {path}"), &headers, &body).await;
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: serde_json::from_str(body).unwrap_or_default() }
    }

    /// Asks until its API keys are there, which takes it a moment.
    async fn ready(&self, site: &Site) -> &Self {
        for _ in 0..100 {
            if self.post("/query", &site.bearer(), &select("select 1 as a")).await.status == 200 {
                return self;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the node does not get ready");
    }
}

/// A statement of the client's compiler.
fn select(sql: &str) -> String {
    plan("query", sql)
}

/// In the order in which clients write it.
fn plan(kind: &str, sql: &str) -> String {
    let args = json!({
        "type": "templateSql", "fragments": [{ "type": "stringChunk", "chunk": sql }], "args": [], "argTypes": [],
        "placeholderFormat": { "prefix": "$", "hasNumbering": true }, "chunkable": true,
    });
    let plan = json!({ "type": kind, "args": args });
    format!(r#"{{"operation":"findMany","plan":{plan},"params":{{}}}}"#)
}

/// Leads every name to one address.
struct Way(SocketAddr);

impl Resolver for Way {
    fn resolve<'a>(&'a self, host: &'a str, _: u16) -> Resolve<'a> {
        let answer = if host == HOST { Ok(vec![self.0]) } else { Err(io::ErrorKind::NotFound.into()) };
        Box::pin(std::future::ready(answer))
    }
}

/// Leads to the database, but takes its time for whatever it is sent.
async fn slow_way(database: SocketAddr, delay: Duration) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut server = TcpStream::connect(database).await?;
                let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
                    (client.split(), server.split());
                let there = async {
                    let mut bytes = [0; 8192];
                    loop {
                        match from_client.read(&mut bytes).await? {
                            0 => return to_server.shutdown().await,
                            read => {
                                tokio::time::sleep(delay).await;
                                to_server.write_all(&bytes[..read]).await?;
                            }
                        }
                    }
                };
                tokio::try_join!(there, tokio::io::copy(&mut from_server, &mut to_client)).map(drop)
            });
        }
    });
    address
}

/// A field of the answer's head; empty where it is not there.
fn header(answer: &Answer, name: &str) -> String {
    let fields: HashMap<_, _> = answer.head.lines().filter_map(|line| line.split_once(": ")).collect();
    fields.get(name).copied().unwrap_or_default().to_owned()
}
