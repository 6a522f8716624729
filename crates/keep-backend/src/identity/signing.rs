//! The provider's ES256 key, its JWKS, and signed tokens.

use super::claims::AccessClaims;
use crate::error::BackendError;
use crate::private_file::write_private;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use keep_domain::UtcMillis;
use rcgen::KeyPair;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// Lifetime of an access token and of an ID token, s.
pub(crate) const TOKEN_SECONDS: i64 = 300;

/// Signs and verifies tokens.
pub(crate) struct TokenSigner {
    signing_key: EncodingKey,
    verifying_key: DecodingKey,
    jwk: Jwk,
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSigner").field("jwk", &self.jwk).finish_non_exhaustive()
    }
}

impl TokenSigner {
    /// Opens the key in `data`, creating it on first start.
    pub(crate) fn open(data: &Path) -> Result<Self, BackendError> {
        let path = data.join("signing.key");
        let invalid = || BackendError::SigningKey(path.clone());
        if !path.exists() {
            let pair = KeyPair::generate().map_err(|_| invalid())?;
            write_private(&path, pair.serialize_pem().as_bytes())?;
        }
        let pem = std::fs::read_to_string(&path).map_err(|_| invalid())?;
        let pair = KeyPair::from_pem(&pem).map_err(|_| invalid())?;
        let signing_key = EncodingKey::from_ec_der(pair.serialized_der());
        let mut jwk = Jwk::from_encoding_key(&signing_key, Algorithm::ES256).map_err(|_| invalid())?;
        let verifying_key = DecodingKey::from_jwk(&jwk).map_err(|_| invalid())?;
        jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| invalid())?);
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_algorithm = Some(KeyAlgorithm::ES256);
        Ok(Self { signing_key, verifying_key, jwk })
    }

    /// The public key as a JWK set (RFC 7517).
    pub(crate) fn jwks(&self) -> serde_json::Value {
        serde_json::json!({"keys": [self.jwk]})
    }

    /// Signs claims; `None` if the library fails.
    pub(crate) fn sign<T: Serialize>(&self, claims: &T) -> Option<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid.clone_from(&self.jwk.common.key_id);
        jsonwebtoken::encode(&header, claims, &self.signing_key).ok()
    }

    /// The claims of an access token with a valid signature, issuer, audience and lifetime.
    pub(crate) fn verify_access_token(
        &self,
        token: &str,
        issuer: &str,
        audience: &str,
        now: UtcMillis,
    ) -> Option<AccessClaims> {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        // The library would use the system clock; the lifetime is checked below.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<AccessClaims>(token, &self.verifying_key, &validation).ok()?.claims;
        // As in Keycloak, a token is still valid in the second in which it expires.
        (claims.exp >= now.seconds()).then_some(claims)
    }
}

/// `at_hash` of an access token (OpenID Connect Core 3.1.3.6).
pub(crate) fn half_digest(token: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let whole: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    BASE64URL_NOPAD.encode(whole.split_at(16).0)
}

/// SHA-256 in base64url, used for the PKCE challenge S256 and for stored refresh tokens.
pub(crate) fn digest(text: &str) -> String {
    use sha2::Digest;
    BASE64URL_NOPAD.encode(&sha2::Sha256::digest(text.as_bytes()))
}
