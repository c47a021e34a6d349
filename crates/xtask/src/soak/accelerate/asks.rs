//! What is asked of Accelerate, and what counts as an end: an answer, or an error that its clients know.

use std::io;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::stage::{Stage, Tenant};
use crate::soak::client::{Answer, Client};

/// How a request ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// What stands in a body of 200.
    Answer(Value),
    /// The code of an error.
    Refused(String),
}

impl Told {
    /// # Errors
    /// For anything but an answer of 200 and an error with a code: a client could make nothing of it.
    pub fn read(answer: &Answer) -> Result<Self> {
        let text = answer.text();
        let body: Value = serde_json::from_str(&text).with_context(|| format!("{} {text}", answer.status))?;
        match answer.status {
            200 => Ok(Self::Answer(body)),
            400..=499 | 503 => {
                let code = body["code"].as_str().unwrap_or_default();
                let known =
                    code.len() == 5 && code.starts_with('P') && code[1..].bytes().all(|byte| byte.is_ascii_digit());
                ensure!(known && body["error"].is_string(), "an error without a code: {} {text}", answer.status);
                Ok(Self::Refused(code.to_owned()))
            }
            status => bail!("{status} {text}"),
        }
    }

    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Answer(_))
    }
}

/// One client of a tenant.
#[derive(Debug)]
pub struct Asker<'a> {
    client: Client,
    authorization: String,
    stage: &'a Stage,
}

impl<'a> Asker<'a> {
    pub fn new(stage: &'a Stage, door: SocketAddr, tenant: &Tenant) -> Self {
        Self { client: Client::new(door), authorization: format!("Bearer {}", tenant.key), stage }
    }

    pub fn connect(&mut self) -> io::Result<()> {
        self.client.connect()
    }

    /// Sends a statement of the user's own words without waiting.
    pub fn ask(&mut self, transaction: Option<&str>, sql: &str) -> Result<()> {
        let path = transaction.map_or_else(|| "/query".to_owned(), |id| format!("/transaction/{id}/query"));
        self.send(&path, &query(sql))
    }

    /// The end of what was asked last.
    pub fn told(&mut self) -> Result<Told> {
        let told = Told::read(&self.client.receive().context("a request got no answer")?)?;
        self.stage.note(&told);
        Ok(told)
    }

    pub fn run(&mut self, transaction: Option<&str>, sql: &str) -> Result<Told> {
        self.ask(transaction, sql)?;
        self.told()
    }

    /// The new transaction's id.
    pub fn start(&mut self) -> Result<Option<String>> {
        self.send("/transaction/start", r#"{"maxWait":1000,"timeout":2000}"#)?;
        Ok(match self.told()? {
            Told::Answer(body) => Some(body["id"].as_str().context("a transaction has an id")?.to_owned()),
            Told::Refused(_) => None,
        })
    }

    pub fn commit(&mut self, id: &str) -> Result<Told> {
        self.send(&format!("/transaction/{id}/commit"), "")?;
        self.told()
    }

    /// Goes away without a word.
    pub fn hang_up(&mut self) {
        self.client.hang_up();
    }

    fn send(&mut self, path: &str, body: &str) -> Result<()> {
        let headers = [("authorization", self.authorization.as_str()), ("content-type", "application/json")];
        self.client.post(&format!("POST {path}"), &headers, body).context("a request could not be sent")
    }
}

/// The body that the client sends for `$queryRawUnsafe`.
fn query(sql: &str) -> String {
    let sql = json!({ "type": "rawSql", "sql": sql, "args": [], "argTypes": [] });
    format!(r#"{{"operation":"queryRaw","plan":{{"type":"query","args":{sql}}},"params":{{}}}}"#)
}
