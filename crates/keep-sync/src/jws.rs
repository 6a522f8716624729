//! The only verification of signatures of an identity provider (RFC 7515).

use crate::error::TokenError;
use crate::jwks::Jwks;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::Value;

/// The content of a token with a valid signature.
pub(crate) struct SignedContent {
    pub(crate) claims: Value,
    /// Id of the signing key.
    pub(crate) key_id: String,
    /// The signing key as a JWK with its public members only.
    pub(crate) jwk: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// Verifies the signature of a compact JWS with JSON in it; no claim is checked.
pub(crate) fn verify_jws(token: &str, keys: &Jwks) -> Result<SignedContent, TokenError> {
    let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (head, payload) = message.split_once('.').ok_or(TokenError::Malformed)?;
    let header: Header = decode_part(head)?;
    // INVARIANT: the algorithm comes from this list, never from the token alone, and must fit the key's type.
    let algorithm = match header.alg.as_str() {
        "ES256" => Algorithm::ES256,
        "RS256" => Algorithm::RS256,
        _ => return Err(TokenError::Algorithm),
    };
    if header.crit.is_some() {
        return Err(TokenError::Algorithm);
    }
    let key_id = header.kid.ok_or(TokenError::UnknownKey)?;
    let key = keys.signing_key(&key_id, algorithm).ok_or(TokenError::UnknownKey)?;
    match jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key.decoding, algorithm) {
        Ok(true) => {}
        Ok(false) | Err(_) => return Err(TokenError::Signature),
    }
    Ok(SignedContent { claims: decode_part(payload)?, key_id, jwk: key.jwk })
}

fn decode_part<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)
}
