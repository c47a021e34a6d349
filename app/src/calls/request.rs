//! What a request carries for the calls: the server's parts, who is signed in, and where from.

use super::respond::Outcome;
use crate::error::ConsoleError;
use crate::model::events::SeenEvent;
use crate::model::pulse::{Survey, TableName};
use control::gateways::Gateway;
use control::identity::User;
use control::pulse::shown;
use control::{Actor, Ctx, Origin};
use http::request::Parts;
use kernel::{Problem, ResourceId};
use leptos::prelude::use_context;
use secrecy::SecretString;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower_sessions::Session;

/// The parts of the server that calls use; an extension of every request.
#[derive(Clone)]
pub struct Server {
    pub ctx: Ctx,
    pub dialer: Arc<upstream::Dialer>,
    pub tests: Arc<upstream::Tests>,
    pub gateways: Arc<dyn Gateways>,
    pub streams: Arc<dyn Streams>,
    /// The operator accepts that the console is reached by plain http from other machines.
    pub insecure_http: bool,
    /// What a page waits for all its queries before it renders an error with a retry; and a call for each of its own.
    pub page_wait: Duration,
}

impl Server {
    /// Whether people reach the console by https.
    pub fn is_https(&self) -> bool {
        self.ctx.rules.public_url.starts_with("https://")
    }
}

/// Until when a page waits for its queries; an extension of its request.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(pub Instant);

type Coming<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The gateways of this installation: the servers of one control database.
pub trait Gateways: Send + Sync + 'static {
    /// This server's.
    fn own(&self) -> Gateway;

    /// All that live, this server's among them, by region.
    fn live(&self) -> Coming<'_, Result<Vec<Gateway>, control::Error>>;

    /// Milliseconds from a statement to its answer, as one of them measures it, or why there are none.
    fn round_trip<'a>(&'a self, gateway: &'a Gateway, target: &'a SecretString) -> Coming<'a, Result<f64, String>>;
}

/// What this server does in customers' databases for change streams. Errors are sentences for the person who asked.
pub trait Streams: Send + Sync + 'static {
    /// Looks at a database that is to tell of these tables, or of all. What comes too late for a page is there for the next one.
    fn survey<'a>(
        &'a self,
        resource: ResourceId,
        target: &'a SecretString,
        tables: Option<&'a [TableName]>,
    ) -> Coming<'a, Result<Survey, String>>;

    /// Removes slot and publication of a resource whose capture is paused.
    fn remove<'a>(&'a self, resource: ResourceId, target: &'a SecretString) -> Coming<'a, Result<(), String>>;

    /// An event as a person reads it.
    fn show(&self, event: &shown::SeenEvent) -> SeenEvent;
}

/// Who is signed in; an extension of a request with a live session.
#[derive(Debug, Clone)]
pub struct Signed {
    pub actor: Actor,
    pub user: User,
}

fn extension<T: Clone + Send + Sync + 'static>() -> Result<T, Problem> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned()).ok_or_else(Problem::internal)
}

pub(super) fn server() -> Result<Server, Problem> {
    extension()
}

pub(super) fn deadline() -> Option<Deadline> {
    extension().ok()
}

pub(super) fn session() -> Result<Session, Problem> {
    extension()
}

pub(super) fn outcome() -> Result<Outcome, Problem> {
    extension()
}

/// Where the request comes from, signed in or not.
pub(super) fn origin() -> Origin {
    extension().unwrap_or_default()
}

/// The path and query of the page that is rendered.
pub fn current_path() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
        .unwrap_or_else(|| "/".to_owned())
}

/// The value of a cookie of the request.
pub(super) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let headers = parts.headers.get_all(http::header::COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(found, _)| *found == name).map(|(_, value)| value.to_owned()).next()
}

/// Whether the browser only fetches ahead: such a request must use nothing up.
pub(super) fn is_prefetch() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
            parts
                .headers
                .get(*name)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|value| value.contains("prefetch"))
        })
    })
}

/// The server's parts and the signed-in user. Every call that is not public begins with it.
pub(super) fn signed_in() -> Result<(Server, Signed), Problem> {
    let signed = extension().map_err(|_| Problem::unauthenticated())?;
    Ok((server()?, signed))
}

/// The same for a mutation.
pub(super) fn actor() -> Result<(Server, Actor), ConsoleError> {
    let (server, signed) = signed_in()?;
    Ok((server, signed.actor))
}
