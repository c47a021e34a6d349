//! Against a real Postgres.

use std::time::Duration;

use testkit::Cluster;
use upstream::{ConnectionString, ControlDatabase, DialError, Dialer, test_connection};

fn parse(url: &str) -> ConnectionString {
    ConnectionString::parse(url).unwrap()
}

/// The cluster's address with other credentials.
fn url(cluster: &Cluster, user: &str, database: &str) -> String {
    format!("postgresql://{user}@{}/{database}", cluster.address())
}

async fn run(dialer: &Dialer, url: &str, sql: &str) {
    let connected = dialer.connect(&parse(url)).await.unwrap();
    connected.client.batch_execute(sql).await.unwrap();
    connected.close().await;
}

#[tokio::test]
async fn a_session_from_parse_to_close() {
    let cluster = Cluster::throwaway().unwrap();
    let dialer = Dialer::new();
    let admin = cluster.admin_url().unwrap();

    let report = test_connection(&dialer, &parse(&admin)).await.unwrap();
    assert!(report.server_version.starts_with(|first: char| first.is_ascii_digit()), "{report:?}");
    assert!(!report.tls && report.round_trip > Duration::ZERO && report.address == cluster.address());

    let with = format!("{admin}?application_name=shop&options=-c%20statement_timeout%3D1234");
    for (url, name, timeout) in [(&admin, "pentaprism", "0"), (&with, "shop", "1234ms")] {
        let connected = dialer.connect(&parse(url)).await.unwrap();
        let row = connected
            .client
            .query_one("select current_setting('application_name'), current_setting('statement_timeout')", &[])
            .await
            .unwrap();
        assert_eq!((row.get::<_, &str>(0), row.get::<_, &str>(1)), (name, timeout));
        // Nothing bounds a session that was handed out: this is more than a server may send before.
        let long = connected.client.query_one("select repeat('x', 1000000)", &[]).await.unwrap();
        assert_eq!(long.get::<_, &str>(0).len(), 1_000_000);
        connected.close().await;
    }

    // Dropping the task alone ends the session.
    let connected = dialer.connect(&parse(&with)).await.unwrap();
    let upstream::Connected { client, task, .. } = connected;
    drop(task);
    while !client.is_closed() {
        tokio::task::yield_now().await;
    }
    let observer = dialer.connect(&parse(&admin)).await.unwrap();
    let sessions = "select count(*) from pg_stat_activity where application_name = 'shop'";
    while observer.client.query_one(sessions, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn refusals_of_a_real_server() {
    let cluster = Cluster::throwaway().unwrap();
    let dialer = Dialer::new();
    let admin = cluster.admin_url().unwrap();
    let setup = "
        create role app login password 'p@ss:w/rd?#%&=+ \\'; create role nologin password 'x';
        create role limited login password 'x' connection limit 0;
        create role trusted login;";
    run(&dialer, &admin, setup).await;
    run(&dialer, &admin, "create database closed").await;
    run(&dialer, &admin, "revoke connect on database closed from public").await;
    run(&dialer, &admin, "create database sealed allow_connections false").await;

    let code = async |user: &str, database: &str| {
        let target = parse(&url(&cluster, user, database));
        let code = test_connection(&dialer, &target).await.map_or_else(|error| error.code(), |_| "ok");
        let by_hand = dialer.open_session(&target, &[]).await;
        assert_eq!(by_hand.map_or_else(|error| error.code(), |_| "ok"), code);
        code
    };
    let app = "app:p%40ss%3Aw%2Frd%3F%23%25%26%3D%2B%20%5C";
    assert_eq!(code(app, "postgres").await, "ok");
    assert_eq!(code("app:wrong", "postgres").await, "wrong_password");
    assert_eq!(code("app", "postgres").await, "password_missing");
    assert_eq!(code("nobody:x", "postgres").await, "wrong_password");
    assert_eq!(code("nologin:x", "postgres").await, "no_such_role");
    assert_eq!(code(app, "nothing").await, "no_such_database");
    assert_eq!(code(app, "closed").await, "permission_denied");
    assert_eq!(code(app, "sealed").await, "other");
    assert_eq!(code("limited:x", "postgres").await, "too_many_connections");
}

#[tokio::test]
async fn the_access_rules_are_told_from_the_role() {
    let mut cluster = Cluster::throwaway().unwrap();
    let rules = "local all all scram-sha-256\nhost all stranger all reject\nhost postgres all all trust\n";
    let file = cluster.put_file("rules.conf", rules.as_bytes()).unwrap();
    cluster.restart(&[("hba_file", file.to_str().unwrap())]).unwrap();
    let dialer = Dialer::new();
    for (user, database, expected) in [
        ("nobody", "postgres", DialError::NoSuchRole),
        ("stranger", "postgres", DialError::NoPgHbaEntry),
        ("nobody", "template1", DialError::NoPgHbaEntry),
    ] {
        let error = dialer.connect(&parse(&url(&cluster, user, database))).await.unwrap_err();
        assert_eq!(error, expected, "{user}");
        let target = parse(&url(&cluster, user, database));
        assert_eq!(dialer.open_session(&target, &[]).await.unwrap_err(), expected, "{user}");
    }
    cluster.stop().unwrap();
    let error = dialer.connect(&parse(&url(&cluster, "postgres", "postgres"))).await.unwrap_err();
    assert_eq!(error, DialError::Refused);
}

#[tokio::test]
async fn the_control_database_is_out_of_reach() {
    let cluster = Cluster::throwaway().unwrap();
    let control = cluster.create_database("pentaprism").unwrap();
    let shop = cluster.create_database("shop").unwrap();
    let dialer = Dialer::new();
    let connected = dialer.connect(&parse(&control)).await.unwrap();
    dialer.protect(ControlDatabase::identify(&connected.client).await.unwrap());

    // A customer's role with a function of its own in the way.
    let trap = "
        create role customer login password 'x'; create schema trap;
        create function trap.current_database() returns name language sql as $$ select 'shop'::name $$;
        create function trap.pg_control_system(out system_identifier bigint) language sql as $$ select 1::bigint $$;
        grant usage on schema trap to public";
    connected.client.batch_execute(trap).await.unwrap();

    let refused = async |url: &str| {
        let error = dialer.connect(&parse(url)).await.err();
        assert_eq!(dialer.open_session(&parse(url), &[]).await.err(), error, "both ways see the same");
        error
    };
    let port = cluster.address().port();
    let ours = Some(DialError::ControlDatabase);
    assert_eq!(refused(&control).await, ours);
    assert_eq!(refused(&control.replace("127.0.0.1", "[::ffff:127.0.0.1]")).await, ours);
    assert_eq!(refused(&format!("postgres://customer:x@127.0.0.1:{port}/pentaprism")).await, ours);
    assert_eq!(refused(&format!("{control}?options=-c%20search_path%3Dtrap,pg_catalog")).await, ours);
    assert_eq!(refused(&format!("{control}?options=-csearch_path%3Dtrap&sslmode=allow")).await, ours);
    assert_eq!(refused(&shop).await, None);
    assert_eq!(test_connection(&dialer, &parse(&control)).await.unwrap_err(), DialError::ControlDatabase);

    // Where a role may not read the server's identifier, the name decides.
    let revoke = "revoke execute on function pg_control_system() from public";
    connected.client.batch_execute(revoke).await.unwrap();
    run(&dialer, &shop, revoke).await;
    assert_eq!(refused(&format!("postgres://customer:x@127.0.0.1:{port}/pentaprism")).await, ours);
    assert_eq!(refused(&format!("postgres://customer:x@127.0.0.1:{port}/shop")).await, None);

    // Another server may have a database of the same name.
    let other = Cluster::throwaway().unwrap();
    assert_eq!(refused(&other.create_database("pentaprism").unwrap()).await, None);
}
