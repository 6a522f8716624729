//! Routes of everything outside the FHIR base, and OpenID discovery.

use super::provider::IdentityProvider;
use super::{authorize, sign_in_page, token};
use crate::origin::Origin;
use crate::reply::Reply;
use axum::http::request::Parts;
use keep_domain::UtcMillis;
use serde_json::json;

/// Answers a request outside the FHIR base.
pub(crate) fn answer(identity: &IdentityProvider, parts: &Parts, body: &[u8], now: UtcMillis) -> Reply {
    let form = || url::form_urlencoded::parse(body).into_owned().collect::<Vec<_>>();
    match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/.well-known/openid-configuration") => Reply::json(200, &discovery(&identity.origin)),
        ("GET", "/jwks") => Reply::json(200, &identity.signer.jwks()),
        ("GET", "/style.css") => Reply::new(200, "text/css", String::from(sign_in_page::STYLE)),
        ("GET", "/authorize") => {
            let query = parts.uri.query().unwrap_or_default();
            let query: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            authorize::show_page(&identity.origin, &query)
        }
        ("POST", "/authorize") => authorize::sign_in(identity, &form(), now),
        ("POST", "/token") => token::token(identity, &form(), now),
        ("POST", "/revoke") => token::revoke(&identity.refresh_tokens, &form()),
        ("GET", "/userinfo") => {
            let header = parts.headers.get("authorization").and_then(|v| v.to_str().ok());
            token::user_info(identity, header, now)
        }
        ("GET", "/") => Reply::new(200, "text/plain", String::from("keep-backend\n")),
        _ => Reply::oauth_error(404, "not_found"),
    }
}

/// OpenID Connect Discovery 1.0.
fn discovery(Origin(issuer): &Origin) -> serde_json::Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "fhirUser", "offline_access", "user/*.cruds"],
        "acr_values_supported": ["mfa"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "name", "preferred_username", "roles", "fhirUser"],
        "authorization_response_iss_parameter_supported": true,
    })
}
