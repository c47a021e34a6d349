//! The second factor as the account page shows it.

use time::OffsetDateTime;

#[derive(Debug, Clone, Copy)]
pub struct SecondFactor {
    pub enabled_since: Option<OffsetDateTime>,
    pub recovery_codes_left: u32,
}

/// What an authenticator app is given.
#[derive(Debug, Clone)]
pub struct Enrollment {
    pub secret: String,
    /// A QR code of the same, as SVG.
    pub qr: String,
}
