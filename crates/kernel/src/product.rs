//! Products of the data plane, and an organization's access to each.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A product that an operator can grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Product {
    Accelerate,
    Pulse,
}

impl Product {
    pub const ALL: [Self; 2] = [Self::Accelerate, Self::Pulse];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accelerate => "accelerate",
            Self::Pulse => "pulse",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Accelerate => "Accelerate",
            Self::Pulse => "Pulse",
        }
    }
}

/// An organization's access to a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    On,
    EarlyAccess,
    Off,
}

impl Access {
    pub const ALL: [Self; 3] = [Self::On, Self::EarlyAccess, Self::Off];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::EarlyAccess => "early_access",
            Self::Off => "off",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::On => "On",
            Self::EarlyAccess => "Early access",
            Self::Off => "Off",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose accelerate or pulse.")]
pub struct ParseProductError;

impl FromStr for Product {
    type Err = ParseProductError;
    fn from_str(text: &str) -> Result<Self, ParseProductError> {
        Self::ALL.into_iter().find(|product| product.as_str() == text).ok_or(ParseProductError)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Choose on, early_access or off.")]
pub struct ParseAccessError;

impl FromStr for Access {
    type Err = ParseAccessError;
    fn from_str(text: &str) -> Result<Self, ParseAccessError> {
        Self::ALL.into_iter().find(|access| access.as_str() == text).ok_or(ParseAccessError)
    }
}
