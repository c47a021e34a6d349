//! The end of the program, and what it has logged by then.

use crate::program::{Program, request};
use serde_json::Value;
use sqlx::PgPool;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[sqlx::test]
async fn it_ends_by_itself_when_asked_to_and_its_log_reads_as_json(db: PgPool) {
    let mut program = Program::new(&db);
    program.env.extend([("PENTAPRISM__LOG__FORMAT", "json".into()), ("PENTAPRISM__LOG__FILTER", "debug".into())]);
    let server = program.serve().await;
    let gateways = "select count(*) from gateway";
    assert_eq!(sqlx::query_scalar::<_, i64>(gateways).fetch_one(&db).await.unwrap(), 1);
    let mut idle = Vec::new();
    for address in [server.console, server.data, server.metrics] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
        idle.push(connection);
    }
    assert!(request(server.console, "GET /sign-in", "", "").await.starts_with("HTTP/1.1 200"));
    let (status, said) = server.end().await;
    assert_eq!(status.code(), Some(0), "{said}");
    assert_eq!(sqlx::query_scalar::<_, i64>(gateways).fetch_one(&db).await.unwrap(), 0, "it has said that it goes");
    for mut connection in idle {
        let closed = connection.read(&mut [0; 4096]).await;
        assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    }
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let messages: Vec<_> = lines.iter().filter_map(|line| line["message"].as_str()).collect();
    for message in ["the console is ready", "stopping; once more to stop at once", "request"] {
        assert!(messages.contains(&message), "{messages:?}");
    }
    assert!(lines.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()));
}

#[sqlx::test]
async fn it_ends_when_asked_to_also_where_nobody_reads_its_log_any_more(db: PgPool) {
    let mut program = Program::new(&db);
    program.unheard = true;
    let (status, _) = program.serve().await.end().await;
    assert_eq!(status.code(), Some(0));
}
