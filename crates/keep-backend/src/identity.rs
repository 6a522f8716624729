//! A small OpenID provider: authorization code with PKCE, password and one-time code, rotating refresh tokens.

mod attempts;
mod authorize;
mod page;
mod people;
mod signing;
mod token;

pub(crate) use people::People;

use crate::BackendError;
use crate::backend::Backend;
use crate::fhir::{Refusal, Reply};
use attempts::Attempts;
use authorize::Codes;
use axum::http::HeaderMap;
use keep_domain::{Role, UtcMillis};
use serde_json::json;
use signing::Signer;
use std::path::Path;

/// The provider's state. Refresh tokens are in the database, all else of a sign-in lives minutes and is kept in memory.
#[derive(Debug)]
pub(crate) struct Identity {
    people: People,
    signer: Signer,
    codes: Codes,
    attempts: Attempts,
}

impl Identity {
    /// Opens the provider over its signing key, made in `data` at first start.
    ///
    /// # Errors
    /// [`BackendError::SigningKey`].
    pub(crate) fn open(data: &Path, people: People) -> Result<Self, BackendError> {
        Ok(Self { people, signer: Signer::open(data)?, codes: Codes::default(), attempts: Attempts::default() })
    }

    /// The roles of the access token in an `Authorization` header.
    ///
    /// # Errors
    /// 401 when there is none or it does not hold.
    pub(crate) fn roles_of_bearer(
        &self,
        backend: &Backend,
        header: Option<&str>,
        now: UtcMillis,
    ) -> Result<Vec<Role>, Refusal> {
        let token = header
            .and_then(|h| h.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, t)| t);
        let claims = self
            .signer
            .check_access_token(
                token.ok_or_else(Refusal::sign_in)?.trim(),
                &backend.issuer(),
                &backend.fhir_base(),
                now,
            )
            .ok_or_else(Refusal::sign_in)?;
        Ok(claims.roles.iter().filter_map(|name| Role::from_name(name)).collect())
    }
}

/// Answers everything outside the FHIR base.
pub(crate) fn answer(
    backend: &Backend,
    method: &str,
    path: &str,
    query: &[(String, String)],
    headers: &HeaderMap,
    body: &str,
) -> Reply {
    let form = || url::form_urlencoded::parse(body.as_bytes()).into_owned().collect::<Vec<(String, String)>>();
    match (method, path) {
        ("GET", "/.well-known/openid-configuration") => plain_json(discovery(backend)),
        ("GET", "/jwks") => plain_json(backend.identity.signer.jwks()),
        ("GET", "/style.css") => {
            Reply { headers: vec![("content-type", String::from("text/css"))], ..text(page::STYLE) }
        }
        ("GET", "/authorize") => authorize::show(backend, query),
        ("POST", "/authorize") => authorize::sign_in(backend, &form()),
        ("POST", "/token") => token::token(backend, &form()),
        ("POST", "/revoke") => token::revoke(backend, &form()),
        ("GET", "/userinfo") => {
            let header = headers.get("authorization").and_then(|v| v.to_str().ok());
            token::user_info(backend, header)
        }
        ("GET", "/") => Reply { headers: vec![("content-type", String::from("text/plain"))], ..text("keep-backend\n") },
        _ => plain_error(404, "not_found"),
    }
}

/// OpenID Connect Discovery 1.0.
fn discovery(backend: &Backend) -> serde_json::Value {
    let issuer = backend.issuer();
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

fn text(body: &str) -> Reply {
    Reply { body: body.to_owned(), ..Reply::empty(200) }
}

fn plain_json(value: serde_json::Value) -> Reply {
    Reply {
        headers: vec![("content-type", String::from("application/json"))],
        body: value.to_string(),
        ..Reply::empty(200)
    }
}

/// RFC 6749 5.2.
fn plain_error(status: u16, error: &str) -> Reply {
    Reply { status, ..plain_json(json!({"error": error})) }
}

#[cfg(test)]
mod tests;
