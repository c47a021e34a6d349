//! How far it is from each gateway to a database.

use super::Nodes;
use axum::body::to_bytes;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use control::gateways::{Gateway, NodeId};
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use upstream::{ConnectionString, test_connection};

/// Bytes of an answer.
const LONGEST: usize = 64 * 1024;

/// The body of `POST /node/measure`: a connection string, sealed for the node that is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Target {
    sealed: String,
}

/// What a gateway found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Measured {
    /// From a statement to its answer, in milliseconds.
    RoundTripMs(f64),
    /// Why there is none, for the person who asked.
    Failed(String),
}

impl Nodes {
    /// What one gateway, this one or another, measures.
    pub async fn measure(&self, node: &Gateway, target: &str) -> Measured {
        if node.id == self.own.id {
            return self.measure_here(target).await;
        }
        let asked = self.measure_at(node, target).await;
        asked.unwrap_or_else(|error| {
            tracing::warn!(node = %node.id, %error, "another node measured nothing");
            Measured::Failed(format!("The gateway in {} does not answer.", node.region))
        })
    }

    /// The same, asked by another node.
    pub(super) async fn measure_for(&self, target: &Target) -> Measured {
        let Ok(_place) = self.measurements.try_acquire() else {
            return Measured::Failed("The gateway measures many connections right now.".into());
        };
        let sealed = BASE64_STANDARD.decode(&target.sealed).unwrap_or_default();
        match self.ctx.vault.open(&purpose(self.own.id), &sealed) {
            Ok(opened) => self.measure_here(opened.expose_secret()).await,
            Err(error) => {
                tracing::warn!(%error, "another node asked for a measurement that does not open");
                Measured::Failed("The gateway could not read what it was asked.".into())
            }
        }
    }

    async fn measure_here(&self, target: &str) -> Measured {
        let target = match ConnectionString::parse(target) {
            Ok(target) => target,
            Err(error) => return Measured::Failed(error.to_string()),
        };
        match test_connection(&self.dialer, &target).await {
            Ok(report) => Measured::RoundTripMs(report.round_trip.as_secs_f64() * 1000.0),
            Err(error) => Measured::Failed(error.to_string()),
        }
    }

    async fn measure_at(&self, node: &Gateway, target: &str) -> anyhow::Result<Measured> {
        let sealed = BASE64_STANDARD.encode(self.ctx.vault.seal(&purpose(node.id), target)?);
        let body = serde_json::to_vec(&Target { sealed })?;
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let answer = self.ask(node, Method::POST, "/node/measure", headers, None, body.into()).await?;
        anyhow::ensure!(answer.status().is_success(), "it answers {}", answer.status());
        Ok(serde_json::from_slice(&to_bytes(answer.into_body(), LONGEST).await?)?)
    }
}

fn purpose(node: NodeId) -> String {
    format!("node.measure:{node}")
}
