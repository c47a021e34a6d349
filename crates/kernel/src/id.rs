//! Typed ids: a UUIDv7 inside; outside a prefix and 25 lower-case base-36 characters (`proj_03hbvt2…`).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::str::FromStr;
use uuid::Uuid;

/// Characters of an id after its prefix: 36^25 is the first power of 36 above 2^128.
const BODY_LEN: usize = 25;
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// What an id names. Implemented by the marker types of this module alone.
pub trait Kind: Copy + Eq + Ord + Hash + Send + Sync + 'static {
    /// The prefix with its underscore, as in `proj_`.
    const PREFIX: &'static str;
}

/// An id of one kind of thing; ids of two kinds do not compare or mix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<K: Kind>(Uuid, PhantomData<K>);

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id: expected {prefix}… and 25 lower-case letters and digits")]
pub struct ParseIdError {
    pub prefix: &'static str,
}

impl<K: Kind> Id<K> {
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_u128();
        let mut body = [b'0'; BODY_LEN];
        for slot in body.iter_mut().rev() {
            *slot = DIGITS[(rest % 36) as usize];
            rest /= 36;
        }
        f.write_str(K::PREFIX)?;
        body.iter().try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = ParseIdError;

    /// Accepts the prefixed form, and the bare form without its prefix.
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let error = ParseIdError { prefix: K::PREFIX };
        let body = text.strip_prefix(K::PREFIX).unwrap_or(text).as_bytes();
        if body.len() != BODY_LEN {
            return Err(error);
        }
        let mut value: u128 = 0;
        for byte in body {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                _ => return Err(error),
            };
            value = value.checked_mul(36).and_then(|v| v.checked_add(u128::from(digit))).ok_or(error)?;
        }
        Ok(Self::from_uuid(Uuid::from_u128(value)))
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $id:ident $prefix:literal;)*) => {$(
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $kind;
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $id = Id<$kind>;
    )*};
}

kinds! {
    /// An invitation to an organization.
    InvitationKind InvitationId "inv_";
    /// An API key (not its secret text).
    KeyKind KeyId "key_";
    /// An organization; Prisma's own APIs call it a workspace.
    OrgKind OrgId "wksp_";
    /// A plan: what a project may use.
    PlanKind PlanId "plan_";
    /// A project.
    ProjectKind ProjectId "proj_";
    /// A resource of a project. Environments are the one kind so far; a managed database will show `db_` before the same digits.
    ResourceKind ResourceId "env_";
    /// A signed-in session (not its cookie).
    SessionKind SessionId "sess_";
    /// A user.
    UserKind UserId "user_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_prefixed_and_bare() {
        for value in [0, 1, 35, 36, u128::MAX, 0x0193_4f2e_7c1a_7000_8000_0000_0000_0001] {
            let id = ProjectId::from_uuid(Uuid::from_u128(value));
            let text = id.to_string();
            assert_eq!(text.len(), "proj_".len() + BODY_LEN);
            assert_eq!(text.parse(), Ok(id));
            assert_eq!(text["proj_".len()..].parse(), Ok(id));
            assert_eq!(serde_json::from_str::<ProjectId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        }
    }

    #[test]
    fn another_kind_another_length_and_overflow_are_refused() {
        let error = Err(ParseIdError { prefix: "proj_" });
        let key = KeyId::from_uuid(Uuid::from_u128(7)).to_string();
        assert_eq!(key.parse::<ProjectId>(), error);
        for text in [
            "",
            "proj_",
            "proj_0",
            "zzzzzzzzzzzzzzzzzzzzzzzzz",
            "0000000000000000000000000A",
            "000000000000000000000000é",
        ] {
            assert_eq!(text.parse::<ProjectId>(), error, "{text}");
        }
    }
}
