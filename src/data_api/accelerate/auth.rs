//! Who asks: the API key of a request, checked from memory.

use crate::data_api::{State, bearer};
use accelerate::{Access, Caller, QueryError};
use control::Origin;
use control::keys::verify::Refusal;
use http::HeaderMap;
use kernel::key::Rights;

/// # Errors
/// P6002 and its like, as clients know them.
pub async fn caller(data: &State, origin: &Origin, headers: &HeaderMap) -> Result<Caller, QueryError> {
    let text = bearer(headers).ok_or_else(|| {
        QueryError::unauthorized("The API key is missing: give it as api_key in the Accelerate connection string.")
    })?;
    let key = data.verifier.verify(text, origin.address, data.clock.now(), None).await.map_err(refused)?;
    let access = match key.rights {
        Rights::Full => Access::Full,
        Rights::ReadOnly => Access::ReadOnly,
    };
    Ok(Caller { key: key.id, project: key.project, resource: key.resource, access })
}

fn refused(refusal: Refusal) -> QueryError {
    match refusal {
        Refusal::Stale => QueryError::unavailable(refusal.to_string()),
        Refusal::NoResource => QueryError::user("P6001", refusal.to_string()),
        Refusal::Malformed
        | Refusal::Unknown
        | Refusal::Disabled
        | Refusal::Expired
        | Refusal::AddressDenied
        | Refusal::Scope => {
            QueryError::unauthorized(format!("The API key in the Accelerate connection string is invalid. {refusal}"))
        }
    }
}
