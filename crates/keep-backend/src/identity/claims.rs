//! Claims of the tokens and of the userinfo endpoint (OpenID Connect Core 2, 5.1).

use serde::{Deserialize, Serialize};

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

/// The claims about a user.
#[derive(Debug, Serialize)]
pub(crate) struct UserClaims<'a> {
    pub(crate) sub: &'a str,
    pub(crate) name: &'a str,
    pub(crate) preferred_username: &'a str,
    pub(crate) roles: Vec<&'static str>,
    #[serde(rename = "fhirUser")]
    pub(crate) fhir_user: String,
}

/// The claims of an ID token.
#[derive(Debug, Serialize)]
pub(crate) struct IdClaims<'a> {
    #[serde(flatten)]
    pub(crate) user: UserClaims<'a>,
    pub(crate) iss: &'a str,
    pub(crate) aud: &'a str,
    pub(crate) azp: &'a str,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) auth_time: i64,
    pub(crate) acr: &'static str,
    pub(crate) amr: [&'static str; 2],
    /// The left half of the hash of the access token (3.1.3.6).
    pub(crate) at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<&'a str>,
}
