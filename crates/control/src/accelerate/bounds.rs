//! What the numbers of a resource's settings, and of a plan, can be.

use std::ops::RangeInclusive;

pub const CONNECTIONS: RangeInclusive<u32> = 1..=500;
pub const TIMEOUT_MS: RangeInclusive<u32> = 100..=600_000;
pub const RESPONSE_BYTES: RangeInclusive<u32> = 1024..=268_435_456;
