//! What is never logged, with every line that the program and its libraries have to say.

use crate::browser::FORM;
use crate::program::{Program, Serving, request};
use sqlx::PgPool;

/// Of connection strings that are typed or sent.
const TYPED: &str = "typed-s3cr3t-of-a-database";

/// A form of the console, as a browser posts it; the answer.
async fn post(server: &Serving, cookie: &str, function: &str, fields: &[(&str, &str)]) -> String {
    let origin = format!("http://{}", server.console);
    let headers = format!(
        "content-type: {FORM}\r\naccept: text/html\r\norigin: {origin}\r\nreferer: {origin}/sign-in\r\ncookie: {cookie}\r\n"
    );
    let body = serde_urlencoded::to_string(fields).unwrap();
    request(server.console, &format!("POST /api/{function}"), &headers, &body).await
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line =
        answer.lines().find(|line| line.to_ascii_lowercase().starts_with(name)).unwrap_or_else(|| panic!("{answer}"));
    line[name.len() + 1..].trim()
}

#[sqlx::test]
async fn keys_and_connection_strings_never_reach_a_log_or_the_metrics(db: PgPool) {
    let mut program = Program::new(&db);
    let seeded = program.seed().await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let (email, password, project) = (text(&seeded["email"]), text(&seeded["password"]), text(&seeded["project"]));
    let (resource, key) = (text(&seeded["resources"][0]["id"]), text(&seeded["resources"][0]["apiKey"]));
    program.env.push(("PENTAPRISM__LOG__FILTER", "trace".into()));
    let server = program.serve().await;

    let signed_in = post(&server, "", "identity/sign-in", &[("email", &email), ("password", &password)]).await;
    let set = signed_in.lines().filter_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    let cookie = set.collect::<Vec<_>>().join("; ");
    let made = post(&server, &cookie, "keys/create", &[("project", &project), ("name", "web")]).await;
    let page = format!("GET {}", header(&made, "location"));
    let page = request(server.console, &page, &format!("cookie: {cookie}\r\n"), "").await;
    let mut words = page.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let shown = words.find(|word| kernel::key::is_well_formed(word)).expect("the new key is shown").to_owned();
    let new = shown.trim_start_matches("ppk_");

    let typed = format!("postgres://shop:{TYPED}@127.0.0.1:1/shop");
    for string in
        [typed.as_str(), &format!("mysql://shop:{TYPED}@db.example.com/shop"), &format!("postgres://{TYPED}:")]
    {
        let fields = [("resource", resource.as_str()), ("connection_string", string)];
        post(&server, &cookie, "resources/change-connection", &fields).await;
        post(&server, &cookie, "resources/test-connection", &fields).await;
        post(&server, &cookie, "projects/rename", &[("project", string), ("name", string)]).await;
    }
    for secret in [&key, &shown, &typed] {
        let encoded = serde_urlencoded::to_string([("key", secret)]).unwrap();
        let in_path = encoded.trim_start_matches("key=");
        let headers = format!(
            "authorization: Bearer {secret}\r\nreferer: http://{}/{in_path}\r\ncookie: {cookie}; key={in_path}\r\nx-api-key: {secret}\r\nuser-agent: {secret}\r\n",
            server.console
        );
        for listener in [server.console, server.data] {
            for line in [
                format!("GET /{in_path}"),
                format!("GET /key/{in_path}?{encoded}"),
                format!("GET /key?{encoded}"),
                format!("GET /account?{encoded}"),
                format!("POST /api/{in_path}"),
                format!("POST /key?{encoded}"),
            ] {
                request(listener, &line, &headers, &encoded).await;
            }
        }
        post(&server, &cookie, "identity/sign-in", &[("email", secret), ("password", secret)]).await;
        post(&server, &cookie, "keys/create", &[("project", secret), ("name", secret), ("allowed_ranges", secret)])
            .await;
        post(&server, "", "identity/sign-up", &[("name", secret), ("email", "new@example.com"), ("password", secret)])
            .await;
    }
    let metrics = request(server.metrics, "GET /metrics", "", "").await;
    assert!(metrics.contains("pentaprism_http_requests_total"), "{metrics}");
    let log = server.stop().await;
    assert!(log.contains("TRACE") && log.contains("the console is ready"), "everything is logged that may be");
    for (what, secret) in [
        ("a key", key.trim_start_matches("ppk_")),
        ("a new key", new),
        ("a connection string", TYPED),
        ("a password", &password),
    ] {
        for (place, text) in [("the log", &log), ("the metrics", &metrics)] {
            let found = text.find(secret).map(|at| &text[text[..at].rfind('\n').map_or(0, |line| line + 1)..at]);
            assert_eq!(found, None, "{what} stands in {place}");
        }
    }
}
