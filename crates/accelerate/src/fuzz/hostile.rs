//! A server that takes everybody in and then says what a fuzzer wants.

use crate::error::QueryError;
use crate::{Access, Directory, Gateway, Limits, Resource, Source, Strategy};
use bytes::Bytes;
use futures::future::BoxFuture;
use kernel::{ProjectId, ResourceId};
use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use upstream::{ConnectionString, Dialer};
use uuid::Uuid;

static HOSTILE: LazyLock<Option<Hostile>> = LazyLock::new(|| Hostile::new().ok());

/// What a query of the gateway may ask for: rows straight into the answer, rows in memory, the user's own words, a change within a transaction.
const BODIES: [&str; 4] = [
    r#"{"plan":{"type":"dataMap","args":{"expr":{"type":"query","args":SQL},"structure":{"type":"object","fields":{"id":{"type":"field","dbName":"id","fieldType":{"arity":"scalar","type":"int"}},"at":{"type":"field","dbName":"at","fieldType":{"arity":"list","type":"datetime"}}}}}},"params":{}}"#,
    r#"{"plan":{"type":"join","args":{"parent":{"type":"query","args":SQL},"children":[{"child":{"type":"query","args":SQL},"on":[["id","id"]],"parentField":"c","isRelationUnique":false}]}},"params":{}}"#,
    r#"{"plan":{"type":"query","args":{"type":"rawSql","sql":"select 1"}},"params":{}}"#,
    r#"{"plan":{"type":"transaction","args":{"type":"sum","args":[{"type":"execute","args":SQL},{"type":"execute","args":SQL}]}},"params":{}}"#,
];
const SQL: &str = r#"{"type":"templateSql","fragments":[{"type":"stringChunk","chunk":"select 1"}],"placeholderFormat":{"prefix":"$","hasNumbering":true}}"#;

/// The messages of a server in answer to a query; the first byte chooses the query. Whatever they are, the query ends.
pub fn wire(data: &[u8]) {
    if let Some(Err(error)) = answer(data) {
        assert_ne!(error.code, "P6004", "a server that has hung up is not waited for");
    }
}

/// What the client would be told; none where there can be no server.
pub(super) fn answer(data: &[u8]) -> Option<Result<Bytes, QueryError>> {
    let (first, says) = data.split_first()?;
    let body = BODIES[usize::from(*first) % BODIES.len()].replace("SQL", SQL);
    Some(HOSTILE.as_ref()?.ask(body, Bytes::copy_from_slice(says)))
}

struct Hostile {
    runtime: Runtime,
    gateway: Gateway,
    says: Arc<Mutex<Bytes>>,
    /// One query at a time: each has a server's words of its own.
    turn: Mutex<()>,
}

impl Hostile {
    fn new() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let port = listener.local_addr()?.port();
        let says = Arc::<Mutex<Bytes>>::default();
        let said = Arc::clone(&says);
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let says = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
                tokio::spawn(talk(client, says));
            }
        });
        let target = format!("postgres://x:x@127.0.0.1:{port}/x?sslmode=disable");
        let target = ConnectionString::parse(&target).map_err(io::Error::other)?;
        let limits = Limits { response_bytes: 1024 * 1024, query_timeout: Duration::from_secs(2), ..Limits::default() };
        let project = ProjectId::from_uuid(Uuid::nil());
        let resource = Arc::new(Resource { target, limits, project, rate: None, version: 1, cache_epoch: 0 });
        let gateway = Gateway::new(Only(resource), Fixed, Arc::new(Dialer::new()));
        Ok(Self { runtime, gateway, says, turn: Mutex::default() })
    }

    fn ask(&self, body: String, says: Bytes) -> Result<Bytes, QueryError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *self.says.lock().unwrap_or_else(PoisonError::into_inner) = says;
        let (id, body, strategy) = (ResourceId::from_uuid(Default::default()), body.into(), Strategy::default());
        let answer = self.gateway.query(id, Access::Full, None, &body, &strategy, None);
        self.runtime.block_on(answer).map(|answer| answer.json)
    }
}

/// Lets the client in, waits for its first words, says its own, and hangs up.
async fn talk(mut client: TcpStream, says: Bytes) -> io::Result<()> {
    let length = client.read_u32().await?;
    let mut startup = vec![0; usize::try_from(length.saturating_sub(4)).unwrap_or_default().min(4096)];
    client.read_exact(&mut startup).await?;
    // Authentication is done, here is a key to cancel by, and now ask.
    client.write_all(b"R\0\0\0\x08\0\0\0\0K\0\0\0\x0c\0\0\0\x01\0\0\0\x01Z\0\0\0\x05I").await?;
    let mut asked = [0; 4096];
    if client.read(&mut asked).await? > 0 {
        client.write_all(&says).await?;
    }
    client.shutdown().await?;
    // What the client still says is read, or the kernel would take our words back.
    while client.read(&mut asked).await? > 0 {}
    Ok(())
}

struct Only(Arc<Resource>);

impl Directory for Only {
    fn resource(&self, _: ResourceId) -> BoxFuture<'_, Result<Arc<Resource>, QueryError>> {
        Box::pin(std::future::ready(Ok(Arc::clone(&self.0))))
    }
}

struct Fixed;

impl Source for Fixed {
    fn now_ms(&self) -> u64 {
        1_760_000_000_123
    }

    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}
