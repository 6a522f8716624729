//! Claims of an unverified token.

use keep_domain::UtcMillis;
use serde::Deserialize;

/// Issuer and issue time of an unverified token: only for choosing the issuer to ask, and the time at which the token
/// must have been valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedIssue {
    /// `iss`.
    pub issuer: String,
    /// `iat`.
    pub issued_at: UtcMillis,
}

#[derive(Deserialize)]
struct IssueClaims {
    iss: String,
    iat: i64,
}

impl UnverifiedIssue {
    /// Reads a compact JWS; `None` for invalid text.
    #[must_use]
    pub fn read(id_token: &str) -> Option<Self> {
        let payload = id_token.split('.').nth(1)?;
        let bytes = data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?;
        let claims: IssueClaims = serde_json::from_slice(&bytes).ok()?;
        Some(Self { issuer: claims.iss, issued_at: UtcMillis(claims.iat.saturating_mul(1000)) })
    }
}
