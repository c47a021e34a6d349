//! The protocol of `@prisma/extension-pulse`: `/stream` and `/subscribe` by WebSocket.
//!
//! What is wanted stands in the headers of the upgrade: the key in `authorization`, the model and the filters in `subscription`, the name in `stream`.

mod gap;
mod refusal;
mod session;
mod upgrade;

use super::{State as Data, bearer};
use crate::boot::pulse::Door;
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use axum::{Extension, Router};
use control::Origin;
use control::pulse::consumers;
use http::HeaderMap;
use pulse::Subscription;
use pulse::events::EventId;
use refusal::Refused;
use serde::Deserialize;
use session::{Session, Stream};
use upgrade::Upgrade;

/// The longest header. A model has several kilobytes.
const LONGEST: usize = 64 * 1024;
/// The first version of Prisma Client that the extension knows.
const OLDEST: [u32; 3] = [4, 16, 1];

pub fn router() -> Router<Data> {
    Router::new().route("/stream", any(stream)).route("/subscribe", any(subscribe))
}

async fn stream(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    answer(data, origin, headers, upgrade, true).await
}

async fn subscribe(
    State(data): State<Data>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    answer(data, origin, headers, upgrade, false).await
}

async fn answer(data: Data, origin: Origin, headers: HeaderMap, upgrade: Upgrade, is_named: bool) -> Response {
    let opened = open(&data, origin, &headers, is_named, upgrade.is_asked()).await;
    let response = opened.map(|session| upgrade.answer(move |socket| session.serve(socket)));
    match response {
        Ok(Some(response)) => response,
        Ok(None) => Refused::no_upgrade().into_response(data.rays.next()),
        Err(refused) => refused.into_response(data.rays.next()),
    }
}

async fn open(
    data: &Data,
    origin: Origin,
    headers: &HeaderMap,
    is_named: bool,
    is_upgrade: bool,
) -> Result<Session, Refused> {
    let text = bearer(headers).ok_or(pulse::Error::Unauthorized)?;
    let key = data.verifier.verify(text, origin.address, data.clock.now(), None).await?;
    if header(headers, "prisma-client-version")?.and_then(version).is_some_and(|version| version < OLDEST) {
        return Err(pulse::Error::VersionNotSupported.into());
    }
    let mut reader = data.pulse.tails.follow(key.resource).await?.ok_or(pulse::Error::ProjectDisabled)?;
    let served = reader.served().borrow().clone().ok_or(pulse::Error::ProjectDisabled)?;
    let schema = data.pulse.schema(key.resource).await?.ok_or(pulse::Error::ProjectDisabled)?;
    let missing = || pulse::Error::Subscription("The header `subscription` is missing".to_owned());
    let words = header(headers, "subscription")?.ok_or_else(missing)?;
    let audience = reader.audience(format!("{schema}\0{words}"), || Subscription::parse(words, &schema))?;
    let door = if is_named { Door::Stream } else { Door::Subscribe };
    let admitted = data.pulse.doors.enter(key.resource, door).map_err(Refused::full)?;
    let mut gap = session::Gap { epoch: served.epoch(), is_here: false };
    let stream = match is_named {
        false => None,
        true if !served.persistence => return Err(pulse::Error::StreamsDisabled.into()),
        true if !is_upgrade => return Err(Refused::no_upgrade()),
        true => {
            let name = stream_name(header(headers, "stream")?)?;
            let opened = consumers::open(&data.pulse.ctx, key.resource, &name).await?;
            let opened = opened.ok_or(pulse::Error::ProjectDisabled)?;
            gap::told_once(data, key.resource, &name, &opened, &served).await?;
            let cursor = opened.cursor.parse().ok();
            gap.epoch = cursor.map(|id: EventId| id.epoch).or(gap.epoch);
            reader.rewind(cursor);
            Some(Stream::new(name, opened))
        }
    };
    Ok(Session {
        data: data.clone(),
        key: text.to_owned(),
        origin,
        resource: key.resource,
        audience,
        reader,
        stream,
        _admitted: admitted,
        gap,
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refused> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let wrong = |what: &str| pulse::Error::Subscription(format!("The header `{name}` {what}"));
    if value.len() > LONGEST {
        return Err(wrong("is longer than 64 KiB").into());
    }
    // Names and filters may have any letter, which clients send as they are.
    str::from_utf8(value.as_bytes()).map(Some).map_err(|_| wrong("is not UTF-8").into())
}

fn stream_name(header: Option<&str>) -> Result<String, Refused> {
    #[derive(Deserialize)]
    struct Named {
        name: Option<String>,
    }
    let name = header.and_then(|text| serde_json::from_str(text).ok()).and_then(|Named { name }| name);
    let is_name = |name: &String| (1..=200).contains(&name.chars().count()) && !name.contains('\0');
    let wrong = || pulse::Error::Subscription("A stream needs a name of 1 to 200 characters".to_owned()).into();
    name.filter(is_name).ok_or_else(wrong)
}

/// `7.10.0`, `6.20.0-dev.3`
fn version(text: &str) -> Option<[u32; 3]> {
    let mut parts = text.split(['.', '-']).map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(version("4.16.1"), Some(OLDEST));
        assert!(version("4.9.0") < Some(OLDEST) && version("10.0.0-dev.1") > Some(OLDEST));
        assert_eq!(version("latest"), None);
    }

    #[test]
    fn a_stream_has_a_name() {
        assert_eq!(stream_name(Some(r#"{"name":"all-users"}"#)).ok(), Some("all-users".to_owned()));
        for wrong in [None, Some("{}"), Some("all"), Some(r#"{"name":""}"#), Some(r#"{"name":7}"#)] {
            assert!(stream_name(wrong).is_err(), "{wrong:?}");
        }
    }
}
