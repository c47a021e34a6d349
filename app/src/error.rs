//! What a server function answers when it does not succeed.

use kernel::Problem;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A problem on its way out of a server function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error(transparent)]
pub struct ConsoleError(#[from] pub Problem);

impl FromServerFnError for ConsoleError {
    type Encoder = JsonEncoding;

    /// The only error the framework itself makes on the server is an argument that is missing or of the wrong type: a broken or hand-made form.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Problem::new(
                    kernel::ProblemCode::Invalid,
                    "The form was incomplete. Reload the page and send it again.",
                )
            }
            _ => Problem::internal(),
        })
    }
}
