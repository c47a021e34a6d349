//! The throwaway servers, as their users see them.

#![expect(clippy::unwrap_used, reason = "clippy knows tests, not what they share")]

use sqlx::{Connection, PgConnection};
use std::io::{Read, Write};
use std::net::TcpStream;
use testkit::{CacheServer, Cluster};

async fn ask(url: &str, sql: &'static str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
}

/// In a runtime on purpose: the methods block, and must not mind.
#[tokio::test]
async fn lives_crashes_returns_and_leaves_nothing() {
    let mut cluster = Cluster::throwaway_with(&[("log_statement", "all")]).unwrap();
    let url = cluster.create_database("shop").unwrap();
    assert_eq!(cluster.create_database("shop").unwrap(), url, "a second time is no error");
    assert_eq!(ask(&url, "SELECT current_database()::text").await, "shop");
    assert_eq!(ask(&url, "SHOW max_connections").await, "200");
    assert_eq!(ask(&url, "SHOW fsync").await, "off");
    assert_eq!(ask(&url, "SHOW log_statement").await, "all");
    assert_eq!(ask(&url, "SHOW wal_level").await, "logical");

    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t AS SELECT 'kept' AS word").execute(&mut connection).await.unwrap();
    cluster.kill9().unwrap();
    assert!(connection.ping().await.is_err());
    assert!(cluster.url("shop").is_err(), "nobody is told to connect to a dead server");
    cluster.restart(&[("work_mem", "7MB")]).unwrap();
    assert_eq!(cluster.url("shop").unwrap(), url);
    assert_eq!(ask(&url, "SELECT word FROM t").await, "kept");
    assert_eq!(ask(&url, "SHOW work_mem").await, "7MB");

    let data = cluster.data().unwrap().to_owned();
    let file = cluster.put_file("note", b"text").unwrap();
    assert_eq!(ask(&url, "SELECT pg_read_file('note')").await, "text");
    assert!(file.starts_with(&data));
    drop(cluster);
    assert!(!data.exists());
    assert!(PgConnection::connect(&url).await.is_err());
}

#[test]
fn a_cache_server_lives_crashes_returns_and_ends() {
    let mut server = CacheServer::throwaway().unwrap();
    let ask = |server: &CacheServer| {
        let mut stream = TcpStream::connect(server.address())?;
        stream.write_all(b"DBSIZE\r\n")?;
        let mut said = [0; 4];
        stream.read_exact(&mut said).map(|()| said)
    };
    assert_eq!(&ask(&server).unwrap(), b":0\r\n");
    server.kill9();
    assert!(ask(&server).is_err());
    server.restart().unwrap();
    assert_eq!(&ask(&server).unwrap(), b":0\r\n");
    let address = server.address();
    drop(server);
    assert!(TcpStream::connect(address).is_err());
}
