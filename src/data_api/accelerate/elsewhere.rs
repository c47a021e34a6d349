//! Transactions that another node holds: their requests are passed on to it, once, and its answer is the answer.

use super::answer::{Telemetry, failure};
use super::{auth, read};
use crate::data_api::State as Data;
use crate::nodes::Unanswered;
use crate::nodes::receive::FromNode;
use accelerate::{QueryError, node_of};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use control::Origin;

pub async fn pass_on(State(data): State<Data>, request: Request, next: Next) -> Response {
    let holder = request.uri().path().strip_prefix("/transaction/").and_then(|rest| node_of(rest.split('/').next()?));
    match holder {
        // What another node has passed on ends here, whatever its id says.
        Some(number) if number != data.nodes.number() && request.extensions().get::<FromNode>().is_none() => {
            let telemetry = Telemetry::asked(request.headers(), &data.gateway);
            ask(&data, number, request).await.unwrap_or_else(|error| failure(&error, &telemetry))
        }
        _ => next.run(request).await,
    }
}

async fn ask(data: &Data, number: u32, request: Request) -> Result<Response, QueryError> {
    let (head, body) = request.into_parts();
    let origin = head.extensions.get::<Origin>().cloned().unwrap_or_default();
    // The holder checks it again. Here, so that nobody else makes nodes talk.
    auth::caller(data, &origin, &head.headers).await?;
    let holder = data.nodes.find(number).await.map_err(|error| {
        tracing::warn!(%error, "the node of a transaction was not looked up");
        QueryError::unavailable("The control database does not answer. Try again in a moment.")
    })?;
    let holder = holder.ok_or_else(gone)?;
    let body = read(body).await?;
    let path = head.uri.path_and_query().map_or("", |path| path.as_str());
    let asked = data.nodes.ask(&holder, head.method, path, head.headers, origin.address, body).await;
    asked.map_err(|error| {
        tracing::warn!(node = %holder.id, %error, "a request of a transaction was not passed on");
        match error {
            Unanswered::Refused => gone(),
            Unanswered::Unreached(_) => QueryError::transaction(
                "Transaction not found. The gateway that holds it cannot be reached from the one that was asked.",
            ),
            Unanswered::Lost(_) => QueryError::transaction(
                "The gateway that holds the transaction went away before it answered. What was not committed is rolled back; look before you try again.",
            ),
        }
    })
}

fn gone() -> QueryError {
    QueryError::transaction(
        "Transaction not found. The gateway that held it does not run any more, and what was not committed is rolled back.",
    )
}
