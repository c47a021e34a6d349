//! What `@prisma/extension-accelerate` says of caching.

use accelerate::{QueryError, Strategy};
use http::header::{CACHE_CONTROL, HeaderMap, HeaderName};
use serde_json::Value;
use std::time::Duration;

const TAGS: HeaderName = HeaderName::from_static("accelerate-cache-tags");
/// Of one query, and characters of one, as the hosted Accelerate allows.
const MOST_TAGS: usize = 5;
const LONGEST_TAG: usize = 64;

/// `cache-control: max-age=60,stale-while-revalidate=30`, and tags. Anything else asks for a new answer.
///
/// # Errors
/// P6005 for tags that cannot be.
pub fn strategy(headers: &HeaderMap) -> Result<Strategy, QueryError> {
    let mut strategy = Strategy::default();
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for directive in text(&CACHE_CONTROL).split(',') {
        let (name, seconds) = directive.trim().split_once('=').unwrap_or_default();
        let span = seconds.parse().map(Duration::from_secs);
        match (name, span) {
            ("max-age", Ok(span)) => strategy.max_age = span,
            ("stale-while-revalidate", Ok(span)) => strategy.stale = span,
            _ => {}
        }
    }
    strategy.tags = tags(text(&TAGS).split(',').map(str::trim).filter(|tag| !tag.is_empty()))?;
    if strategy.tags.len() > MOST_TAGS {
        return Err(QueryError::user("P6005", format!("A query has at most {MOST_TAGS} cache tags.")));
    }
    Ok(strategy)
}

/// The tags of an invalidation; `None` for all.
///
/// # Errors
/// P6005 for a body that names none.
pub fn tags_to_end(body: &[u8]) -> Result<Option<Vec<Box<str>>>, QueryError> {
    let wrong =
        || QueryError::user("P6005", "Name the tags to invalidate: {\"tags\":[\"users\"]}, or {\"tags\":\"all\"}.");
    let body: Value = serde_json::from_slice(body).map_err(|_| wrong())?;
    match body.get("tags") {
        Some(Value::String(all)) if all == "all" => Ok(None),
        Some(Value::Array(named)) if !named.is_empty() => {
            let named: Option<Vec<&str>> = named.iter().map(Value::as_str).collect();
            tags(named.ok_or_else(wrong)?.into_iter()).map(Some)
        }
        _ => Err(wrong()),
    }
}

fn tags<'a>(named: impl Iterator<Item = &'a str>) -> Result<Vec<Box<str>>, QueryError> {
    let sound = |tag: &str| {
        (1..=LONGEST_TAG).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    named
        .map(|tag| match sound(tag) {
            true => Ok(tag.into()),
            false => Err(QueryError::user(
                "P6005",
                format!("A cache tag has 1 to {LONGEST_TAG} letters, digits and underscores: {tag:?} is none."),
            )),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn of(control: &'static str, tags: &'static str) -> Result<Strategy, QueryError> {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(control));
        headers.insert(TAGS, HeaderValue::from_static(tags));
        strategy(&headers)
    }

    #[test]
    fn headers_are_read_as_the_extension_writes_them() {
        let read = of("max-age=60,stale-while-revalidate=30", "users,posts_1").unwrap();
        assert_eq!((read.max_age, read.stale), (Duration::from_secs(60), Duration::from_secs(30)));
        assert_eq!(read.tags, ["users", "posts_1"].map(Box::<str>::from));
        assert!(of("no-cache", "").unwrap().is_none());
        for wrong in ["a-b", "a,b,c,d,e,f", "a b"] {
            assert_eq!(of("max-age=1", wrong).unwrap_err().code, "P6005", "{wrong}");
        }
    }

    #[test]
    fn an_invalidation_names_tags_or_all() {
        assert_eq!(tags_to_end(br#"{"tags":["a"]}"#).unwrap().unwrap(), [Box::<str>::from("a")]);
        assert!(tags_to_end(br#"{"tags":"all"}"#).unwrap().is_none());
        for wrong in ["", "{}", r#"{"tags":[]}"#, r#"{"tags":"some"}"#, r#"{"tags":[1]}"#] {
            assert!(tags_to_end(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
