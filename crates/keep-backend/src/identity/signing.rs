//! The provider's ES256 key, its JWKS, and the tokens that it signs.

use crate::BackendError;
use crate::certificate::write_private;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use keep_domain::UtcMillis;
use rcgen::KeyPair;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// Lifetime of an access token and of an id token, s.
pub(crate) const TOKEN_SECONDS: i64 = 300;

/// The claims of an access token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccessClaims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) client_id: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) scope: String,
    pub(crate) roles: Vec<String>,
    pub(crate) jti: String,
}

/// Signs and checks.
pub(crate) struct Signer {
    key: EncodingKey,
    check: DecodingKey,
    jwk: serde_json::Value,
    kid: String,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Signer {
    /// Opens the key of `data`, making it at first start.
    ///
    /// # Errors
    /// [`BackendError::SigningKey`].
    pub(crate) fn open(data: &Path) -> Result<Self, BackendError> {
        let path = data.join("signing.key");
        let broken = || BackendError::SigningKey(path.clone());
        if !path.exists() {
            let pair = KeyPair::generate().map_err(|_| broken())?;
            write_private(&path, pair.serialize_pem().as_bytes())?;
        }
        let pem = std::fs::read_to_string(&path).map_err(|_| broken())?;
        let pair = KeyPair::from_pem(&pem).map_err(|_| broken())?;
        let key = EncodingKey::from_ec_der(pair.serialized_der());
        let jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).map_err(|_| broken())?;
        let check = DecodingKey::from_jwk(&jwk).map_err(|_| broken())?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| broken())?;
        let mut value = serde_json::to_value(&jwk).map_err(|_| broken())?;
        if let Some(members) = value.as_object_mut() {
            members.insert(String::from("kid"), kid.clone().into());
            members.insert(String::from("use"), "sig".into());
            members.insert(String::from("alg"), "ES256".into());
        }
        Ok(Self { key, check, jwk: value, kid })
    }

    /// The public key as a JWK set (RFC 7517).
    pub(crate) fn jwks(&self) -> serde_json::Value {
        serde_json::json!({"keys": [self.jwk]})
    }

    /// Signs claims; `None` only when the library fails.
    pub(crate) fn sign<T: Serialize>(&self, claims: &T) -> Option<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key).ok()
    }

    /// The claims of an access token that is genuine, ours, for this audience and not over.
    pub(crate) fn check_access_token(
        &self,
        token: &str,
        issuer: &str,
        audience: &str,
        now: UtcMillis,
    ) -> Option<AccessClaims> {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        // The library would ask the system clock; the injected one decides below.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<AccessClaims>(token, &self.check, &validation).ok()?.claims;
        // Like Keycloak: good in its last second, refused in the next.
        (claims.exp >= now.seconds()).then_some(claims)
    }
}

/// SHA-256 in base64url, as PKCE's S256 and our refresh token digests use it.
pub(crate) fn digest(text: &str) -> String {
    use sha2::Digest;
    BASE64URL_NOPAD.encode(&sha2::Sha256::digest(text.as_bytes()))
}
