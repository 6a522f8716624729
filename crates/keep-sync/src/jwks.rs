//! The signing keys of an identity provider (RFC 7517), fetched over TLS in the session that uses them.

use crate::error::SyncError;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Value, json};

/// Fewest bytes of an RSA modulus (2,048 bits, RFC 7518, 3.3).
const RSA_MODULUS_BYTES: usize = 256;

/// The published keys that can verify an ES256 or RS256 signature.
#[derive(Debug, Clone)]
pub struct Jwks {
    keys: Vec<Jwk>,
}

/// One key, ready for use, with its public JWK.
pub(crate) struct SigningKey {
    pub(crate) decoding: DecodingKey,
    pub(crate) jwk: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Jwk {
    kid: Option<String>,
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Jwks {
    /// Parses a key set; keys of other kinds are skipped.
    ///
    /// # Errors
    /// [`SyncError::InvalidResponse`] where the text is not a key set.
    pub fn from_json(text: &str) -> Result<Self, SyncError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_str(text).map_err(|_| SyncError::InvalidResponse)?;
        Ok(Self { keys: set.keys.into_iter().filter_map(|k| serde_json::from_value(k).ok()).collect() })
    }

    /// One key or a set, as a member record stores it.
    ///
    /// # Errors
    /// [`SyncError::InvalidResponse`] where the text is neither.
    pub fn from_jwk(text: &str) -> Result<Self, SyncError> {
        if let Ok(set) = Self::from_json(text) {
            return Ok(set);
        }
        serde_json::from_str(text).map(|key| Self { keys: vec![key] }).map_err(|_| SyncError::InvalidResponse)
    }

    /// The one key with that id that may sign with that algorithm; none where two keys have that id.
    pub(crate) fn signing_key(&self, key_id: &str, algorithm: Algorithm) -> Option<SigningKey> {
        let mut matching = self.keys.iter().filter(|k| k.kid.as_deref() == Some(key_id));
        let key = matching.next()?;
        if matching.next().is_some() || !key.may_sign() {
            return None;
        }
        match algorithm {
            Algorithm::ES256 => key.es256(key_id),
            Algorithm::RS256 => key.rs256(key_id),
            _ => None,
        }
    }
}

impl Jwk {
    fn may_sign(&self) -> bool {
        self.purpose.as_deref().is_none_or(|u| u == "sig")
            && self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"))
    }

    fn es256(&self, key_id: &str) -> Option<SigningKey> {
        let matches = self.kty == "EC"
            && self.crv.as_deref() == Some("P-256")
            && self.alg.as_deref().is_none_or(|a| a == "ES256");
        let (true, Some(x), Some(y)) = (matches, &self.x, &self.y) else { return None };
        Some(SigningKey {
            decoding: DecodingKey::from_ec_components(x, y).ok()?,
            jwk: json!({"kty": "EC", "crv": "P-256", "kid": key_id, "x": x, "y": y}).to_string(),
        })
    }

    fn rs256(&self, key_id: &str) -> Option<SigningKey> {
        let matches = self.kty == "RSA" && self.alg.as_deref().is_none_or(|a| a == "RS256");
        let (true, Some(n), Some(e)) = (matches, &self.n, &self.e) else { return None };
        // Four characters of base64 carry three bytes.
        if n.len() / 4 * 3 < RSA_MODULUS_BYTES - 3 {
            return None;
        }
        Some(SigningKey {
            decoding: DecodingKey::from_rsa_components(n, e).ok()?,
            jwk: json!({"kty": "RSA", "kid": key_id, "n": n, "e": e}).to_string(),
        })
    }
}
