//! The proof that a request comes from another server of this database: an HMAC under a key that follows from the master key, which all servers have
//! and nobody else. It covers all that the request asks for, for whom, from whom and when.

use super::NodeId;
use crate::vault::Vault;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use time::{Duration, OffsetDateTime};

/// How far the clocks of two servers may be apart, the way between them included.
const WINDOW: Duration = Duration::seconds(30);
/// What the key is for.
const PURPOSE: &str = "requests between nodes, 1";

/// What one server asks of another.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub method: &'a str,
    /// With its query.
    pub path: &'a str,
    pub body: &'a [u8],
    /// The API key that is handed on, or nothing.
    pub authorization: &'a [u8],
    /// The address of whoever asked the first server.
    pub client: Option<IpAddr>,
    /// Whom it is for.
    pub to: NodeId,
}

/// The moment that a proof tells, in milliseconds since 1970.
pub fn moment(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}

/// The proof, in hexadecimal digits.
pub fn prove(vault: &Vault, asked: &Asked<'_>, moment: i64) -> String {
    HEXLOWER.encode(&mac(vault, asked, moment).finalize().into_bytes())
}

/// Whether the proof holds, and is of now.
pub fn holds(vault: &Vault, asked: &Asked<'_>, moment: i64, now: OffsetDateTime, proof: &str) -> bool {
    let Ok(proof) = HEXLOWER.decode(proof.as_bytes()) else { return false };
    let apart = self::moment(now).saturating_sub(moment).unsigned_abs();
    u128::from(apart) <= WINDOW.whole_milliseconds().unsigned_abs()
        && mac(vault, asked, moment).verify_slice(&proof).is_ok()
}

fn mac(vault: &Vault, asked: &Asked<'_>, moment: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&vault.derive(PURPOSE))
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    let client = asked.client.map(|client| client.to_string()).unwrap_or_default();
    let (body, to) = (Sha256::digest(asked.body), asked.to.to_string());
    let parts = [
        asked.method.as_bytes(),
        asked.path.as_bytes(),
        body.as_slice(),
        asked.authorization,
        client.as_bytes(),
        to.as_bytes(),
        &moment.to_be_bytes(),
    ];
    for part in parts {
        // With its length, so that no two requests read alike.
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use secrecy::SecretSlice;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-25 12:00 UTC);

    fn vault(key: u8) -> Vault {
        Vault::new(&SecretSlice::from(vec![key; 32]), Rng::seeded(1)).unwrap()
    }

    fn asked() -> Asked<'static> {
        Asked {
            method: "POST",
            path: "/transaction/1/query",
            body: b"{}",
            authorization: b"Bearer key",
            client: Some([192, 0, 2, 1].into()),
            to: NodeId(Uuid::from_u128(1)),
        }
    }

    #[test]
    fn it_holds_for_what_was_asked_and_nothing_else() {
        let proof = prove(&vault(1), &asked(), moment(NOW));
        assert!(holds(&vault(1), &asked(), moment(NOW), NOW, &proof));
        assert!(!holds(&vault(2), &asked(), moment(NOW), NOW, &proof), "another master key");
        let others = [
            Asked { method: "GET", ..asked() },
            Asked { path: "/transaction/1/commit", ..asked() },
            Asked { body: b"{ }", ..asked() },
            Asked { authorization: b"Bearer other", ..asked() },
            Asked { client: Some([192, 0, 2, 2].into()), ..asked() },
            Asked { client: None, ..asked() },
            Asked { to: NodeId(Uuid::from_u128(2)), ..asked() },
            Asked { method: "POS", path: "T/transaction/1/query", ..asked() },
        ];
        for other in others {
            assert!(!holds(&vault(1), &other, moment(NOW), NOW, &proof), "{other:?}");
        }
        for wrong in ["", "00", "zz", &proof[..62], &proof.replace(&proof[..1], "x")] {
            assert!(!holds(&vault(1), &asked(), moment(NOW), NOW, wrong), "{wrong}");
        }
    }

    #[test]
    fn it_is_of_now() {
        for (seconds, good) in [(-31, false), (-30, true), (30, true), (31, false)] {
            let then = moment(NOW + Duration::seconds(seconds));
            let proof = prove(&vault(1), &asked(), then);
            assert_eq!(holds(&vault(1), &asked(), then, NOW, &proof), good, "{seconds}");
            assert!(!holds(&vault(1), &asked(), moment(NOW) + 1, NOW, &proof), "its time is part of it");
        }
        assert!(!holds(&vault(1), &asked(), i64::MIN, NOW, &prove(&vault(1), &asked(), i64::MIN)));
    }
}
