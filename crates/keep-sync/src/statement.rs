//! The provider's statement about a user: the ID token and, where the site file says so, the signed token that lists the
//! roles, which counts only if it belongs to that ID token.

use crate::discovery::Endpoints;
use crate::error::{RolesTokenFault, SyncError, TokenError};
use crate::http::{HttpClient, HttpRequest, SMALL_TIMEOUT};
use crate::id_token::{Audience, ExpectedClaims, MAX_AGE_SECONDS, SKEW_SECONDS, VerifiedClaims, read_id_token};
use crate::jwks::Jwks;
use crate::jws::{SignedContent, verify_jws};
use crate::roles_claim::RolesFrom;
use crate::token::TokenSet;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keep_domain::{ProviderStatement, Secret};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Largest userinfo response, bytes.
const MAX_USERINFO: usize = 256 * 1024;
/// The media type of a signed userinfo response (OpenID Connect Core 1.0, 5.3.2).
const JWT: &str = "application/jwt";

/// What binds a token to an ID token.
#[derive(Deserialize)]
struct BindingClaims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    azp: Option<String>,
    client_id: Option<String>,
    exp: Option<i64>,
    nbf: Option<i64>,
    iat: Option<i64>,
}

/// Verifies `statement` and reads the roles from the token that `expected` names.
///
/// # Errors
/// The first [`TokenError`] found; the ID token is verified before anything else is read.
pub fn verify_statement(
    statement: &ProviderStatement,
    keys: &Jwks,
    expected: &ExpectedClaims<'_>,
) -> Result<VerifiedClaims, TokenError> {
    let (mut claims, at_hash) = read_id_token(&statement.id_token, keys, expected)?;
    let from = expected.roles.from;
    if from == RolesFrom::IdToken {
        return Ok(claims);
    }
    let token = statement.roles_token.as_deref().ok_or(TokenError::Roles(RolesTokenFault::Missing))?;
    if from == RolesFrom::AccessToken {
        check_hash(token, at_hash.as_deref())?;
    }
    let SignedContent { claims: all, jwk, .. } =
        verify_jws(token, keys).map_err(|_| TokenError::Roles(RolesTokenFault::NotSigned))?;
    let binding = BindingClaims::deserialize(&all).map_err(|_| TokenError::Roles(RolesTokenFault::NotSigned))?;
    let belongs = match from {
        RolesFrom::AccessToken => is_access_token_of(&binding, &claims, expected),
        _ => is_userinfo_of(&binding, &claims, expected),
    };
    if !belongs {
        return Err(TokenError::Roles(RolesTokenFault::OtherToken));
    }
    claims.take_roles(expected.roles.read(&all));
    if jwk != claims.jwk {
        // Both keys have to be stored, so that the statement can be verified again.
        claims.jwk = format!("{{\"keys\":[{},{jwk}]}}", claims.jwk);
    }
    Ok(claims)
}

/// OpenID Connect Core 1.0, 3.1.3.6: the left half of the hash of the access token; ES256 and RS256 both use SHA-256.
fn check_hash(token: &str, at_hash: Option<&str>) -> Result<(), TokenError> {
    let at_hash = at_hash.ok_or(TokenError::Roles(RolesTokenFault::NotBound))?;
    let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let (left, _) = digest.split_at(16);
    if at_hash == URL_SAFE_NO_PAD.encode(left) { Ok(()) } else { Err(TokenError::Roles(RolesTokenFault::OtherToken)) }
}

/// RFC 9068, 2.2 and 4: issuer, subject, times, and the client to which it was issued. Its audience is the server's to
/// check, except where nothing else names this client.
fn is_access_token_of(binding: &BindingClaims, claims: &VerifiedClaims, expected: &ExpectedClaims<'_>) -> bool {
    let now = expected.now.seconds();
    let mut clients = [&binding.client_id, &binding.azp].into_iter().flatten().peekable();
    let is_ours = if clients.peek().is_some() {
        clients.all(|c| c == expected.client_id)
    } else {
        binding.aud.as_ref().is_some_and(|aud| aud.names(expected.client_id))
    };
    is_ours
        && is_about(binding, claims)
        && binding.exp.is_some_and(|at| now < at.saturating_add(SKEW_SECONDS))
        && binding.nbf.is_none_or(|at| at <= now.saturating_add(SKEW_SECONDS))
}

/// OpenID Connect Core 1.0, 5.3.2 and 5.3.4. It must say when it was signed: no hash binds it to the sign-in, so that
/// an earlier response, with an earlier role, would count for ever.
fn is_userinfo_of(binding: &BindingClaims, claims: &VerifiedClaims, expected: &ExpectedClaims<'_>) -> bool {
    let near = |at: i64| at.abs_diff(claims.issued_at) <= MAX_AGE_SECONDS.unsigned_abs();
    is_about(binding, claims)
        && binding.aud.as_ref().is_some_and(|aud| aud.names(expected.client_id))
        && binding.iat.is_some_and(near)
}

fn is_about(binding: &BindingClaims, claims: &VerifiedClaims) -> bool {
    binding.iss.as_ref() == Some(&claims.issuer) && binding.sub.as_ref() == Some(&claims.subject)
}

/// What came with `tokens`; `None` without an ID token.
///
/// # Errors
/// Those of the request to the userinfo endpoint, if the roles come from there.
pub(crate) async fn collect_statement(
    http: &HttpClient,
    endpoints: &Endpoints,
    tokens: &TokenSet,
    from: RolesFrom,
) -> Result<Option<ProviderStatement>, SyncError> {
    let Some(id_token) = &tokens.id_token else { return Ok(None) };
    let roles_token = match from {
        RolesFrom::IdToken => None,
        // EXPOSE: the access token is part of the statement, which is verified, and sealed where it is stored.
        RolesFrom::AccessToken => Some(tokens.access.expose().clone()),
        RolesFrom::Userinfo => fetch_userinfo(http, endpoints, &tokens.access).await?,
    };
    // EXPOSE: the token is read to be verified.
    Ok(Some(ProviderStatement { id_token: id_token.expose().clone(), roles_token }))
}

/// The signed response of the userinfo endpoint; `None` where there is none.
async fn fetch_userinfo(
    http: &HttpClient,
    endpoints: &Endpoints,
    access: &Secret<String>,
) -> Result<Option<String>, SyncError> {
    let Some(address) = &endpoints.userinfo else { return Ok(None) };
    let mut request = HttpRequest::new(Method::GET, address, MAX_USERINFO);
    request.timeout = SMALL_TIMEOUT;
    request.headers.push((ACCEPT, String::from(JWT)));
    request.bearer = Some(access);
    let response = http.send(request).await?;
    if !response.is_success() {
        return Err(response.failure());
    }
    let is_signed = response.header(&CONTENT_TYPE).is_some_and(|kind| kind.trim_start().starts_with(JWT));
    if !is_signed {
        return Err(SyncError::Token(TokenError::Roles(RolesTokenFault::NotSigned)));
    }
    response.text().map(|text| Some(text.trim().to_owned()))
}

#[cfg(test)]
mod tests;
