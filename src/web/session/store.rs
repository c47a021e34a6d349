//! The cookie layer's store over the control plane's sessions.

use control::identity::sessions;
use control::{Ctx, Error};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};

/// Where a loaded record carries the session's own id.
pub const ID: &str = "session";

#[derive(Clone)]
pub struct ControlStore(pub Ctx);

impl std::fmt::Debug for ControlStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ControlStore")
    }
}

fn backend(error: Error) -> session_store::Error {
    session_store::Error::Backend(error.into_problem().detail)
}

fn data(record: &Record) -> Value {
    Value::Object(
        record
            .data
            .iter()
            .filter(|(key, _)| *key != ID)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect::<Map<_, _>>(),
    )
}

#[async_trait::async_trait]
impl SessionStore for ControlStore {
    /// Draws another cookie value when the first is taken.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        while !sessions::create(&self.0, &record.id.to_string(), &data(record)).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        sessions::save(&self.0, &record.id.to_string(), &data(record)).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let Some(stored) = sessions::load(&self.0, &id.to_string()).await.map_err(backend)? else { return Ok(None) };
        let mut data: std::collections::HashMap<String, Value> = match stored.data {
            Value::Object(map) => map.into_iter().collect(),
            _ => std::collections::HashMap::new(),
        };
        data.insert(ID.to_owned(), Value::String(stored.id.to_string()));
        let expiry_date: OffsetDateTime = stored.expires_at;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sessions::delete(&self.0, &id.to_string()).await.map_err(backend)
    }
}
