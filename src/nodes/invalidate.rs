//! Kept answers are each node's own, so the end of some has to reach all nodes.

use super::Nodes;
use accelerate::QueryError;
use control::gateways::Gateway;
use futures::future::join_all;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use kernel::ResourceId;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::timeout;

/// How long another node may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The body of `POST /node/invalidate`; without tags all answers of the resource end.
#[derive(Debug, Serialize, Deserialize)]
pub struct Invalidation {
    pub resource: ResourceId,
    pub tags: Option<Vec<Box<str>>>,
}

impl Nodes {
    /// Ends a resource's kept answers on all other nodes.
    ///
    /// # Errors
    /// P6008 where a node that lives did not say that it has: it may go on giving old answers.
    pub async fn invalidate(&self, resource: ResourceId, tags: Option<Vec<Box<str>>>) -> Result<(), QueryError> {
        let unknown = |error: control::Error| {
            tracing::warn!(%error, "the other nodes were not read");
            QueryError::unavailable(
                "The control database does not answer, so other gateways may keep old answers. Try again in a moment.",
            )
        };
        let others = self.others().await.map_err(unknown)?;
        if others.is_empty() {
            return Ok(());
        }
        let asked = Invalidation { resource, tags };
        let body = serde_json::to_vec(&asked).map_err(|error| QueryError::internal(error.to_string()))?;
        let done = join_all(others.iter().map(|node| self.invalidate_at(node, body.clone()))).await;
        let silent = others.iter().zip(done).filter(|(_, done)| !done).map(|(node, _)| node);
        let silent: Vec<_> = silent.collect();
        if silent.is_empty() {
            return Ok(());
        }
        // Some may have ended meanwhile, and what they kept with them.
        let live = self.others().await.map_err(unknown)?;
        let Some(left) = silent.iter().find(|node| live.iter().any(|other| other.id == node.id)) else { return Ok(()) };
        Err(QueryError::unavailable(format!(
            "A gateway in {} does not answer and may keep old answers. Try again in a moment.",
            left.region
        )))
    }

    async fn invalidate_at(&self, node: &Gateway, body: Vec<u8>) -> bool {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let asked = self.ask(node, Method::POST, "/node/invalidate", headers, None, body.into());
        match timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => answer.status() == StatusCode::NO_CONTENT,
            Ok(Err(error)) => {
                tracing::warn!(node = %node.id, %error, "answers were not invalidated on another node");
                false
            }
            Err(_) => false,
        }
    }
}
