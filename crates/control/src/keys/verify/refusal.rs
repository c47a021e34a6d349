/// Why a key does not open the door. The holder of a key may be told; none of it says anything of another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    #[error("This is not an API key: its form or its checksum is wrong. Copy the whole key again.")]
    Malformed,
    #[error("There is no such API key. It was removed, or it belongs to another server.")]
    Unknown,
    #[error("This API key is disabled.")]
    Disabled,
    #[error("This API key has expired. Create a new one.")]
    Expired,
    #[error("This API key may not be used from this address.")]
    AddressDenied,
    #[error("This API key belongs to another resource.")]
    Scope,
    #[error("The project of this API key has no resource yet. Create one first.")]
    NoResource,
    /// This node could not ask the database for longer than `keys.max_stale`: it cannot know what was revoked.
    #[error("API keys cannot be checked right now. Try again in a moment.")]
    Stale,
}
