//! Exchange, refresh and revocation of tokens (RFC 6749, 4.1.3 and 6; RFC 7009).

use crate::SyncError;
use crate::answer_time::not_ahead;
use crate::discovery::Endpoints;
use crate::http::{HttpClient, HttpRequest, HttpResponse, SMALL_LIMIT};
use crate::id_token::TokenError;
use keep_domain::{Secret, UtcMillis};
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;

/// Largest answer of a token endpoint, bytes.
const TOKEN_LIMIT: usize = 256 * 1024;

/// What a token endpoint gave. Nothing in it can be copied or printed.
#[derive(Debug)]
pub struct TokenSet {
    /// For the `Authorization` header.
    pub access: Secret<String>,
    /// When the access token ends, by this device's monotonic clock.
    pub(crate) ends: std::time::Duration,
    /// For the next refresh, where given; a rotated one replaces the old.
    pub refresh: Option<Secret<String>>,
    /// The identity provider's signed statement, where given.
    pub id_token: Option<Secret<String>>,
    /// Time by the provider's `Date` header, unless it is ahead of trusted time.
    pub server_time: Option<UtcMillis>,
    /// Whether it was ahead.
    pub(crate) disagrees: bool,
}

impl TokenSet {
    /// What a token fault means: where the clocks disagree, one of time says nothing of the token.
    pub(crate) const fn fault(fault: TokenError, disagrees: bool) -> SyncError {
        match fault {
            TokenError::Expired | TokenError::IssuedAt | TokenError::AuthTime if disagrees => SyncError::ClocksDisagree,
            other => SyncError::Token(other),
        }
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenRefusal {
    error: String,
}

/// Lifetime that is assumed where none is given, seconds.
const UNSAID_LIFETIME: u64 = 60;
/// A lifetime that is longer is not believed, seconds.
const LONGEST_LIFETIME: u64 = 24 * 3600;

/// Trades an authorization code for tokens.
pub(crate) async fn exchange_code(
    http: &HttpClient,
    endpoints: &Endpoints,
    client_id: &str,
    code: &Secret<String>,
    verifier: &Secret<String>,
    redirect_uri: &str,
) -> Result<TokenSet, SyncError> {
    let form = make_form(&[
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        // EXPOSE: code and verifier go to the token endpoint over TLS, once.
        ("code", code.expose()),
        // EXPOSE: as above.
        ("code_verifier", verifier.expose()),
        ("redirect_uri", redirect_uri),
    ]);
    read_tokens(http, post(http, &endpoints.token, form).await?)
}

/// Trades a refresh token for new tokens. The caller must keep a rotated one before it uses the access token.
pub(crate) async fn refresh(
    http: &HttpClient,
    endpoints: &Endpoints,
    client_id: &str,
    token: &Secret<String>,
) -> Result<TokenSet, SyncError> {
    // EXPOSE: the refresh token goes to the provider that gave it, over TLS.
    let text = token.expose();
    let form = make_form(&[("grant_type", "refresh_token"), ("client_id", client_id), ("refresh_token", text)]);
    read_tokens(http, post(http, &endpoints.token, form).await?)
}

/// Asks the provider to forget a refresh token; a provider without that endpoint is left alone.
pub(crate) async fn revoke(
    http: &HttpClient,
    endpoints: &Endpoints,
    client_id: &str,
    token: &Secret<String>,
) -> Result<(), SyncError> {
    let Some(address) = &endpoints.revocation else { return Ok(()) };
    // EXPOSE: the refresh token goes back to the provider that gave it, over TLS.
    let form = make_form(&[("client_id", client_id), ("token_type_hint", "refresh_token"), ("token", token.expose())]);
    let answer = post(http, address, form).await?;
    if answer.is_success() { Ok(()) } else { Err(answer.failure()) }
}

fn make_form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn post(http: &HttpClient, url: &Url, form: String) -> Result<HttpResponse, SyncError> {
    let mut ask = HttpRequest::of(Method::POST, url, TOKEN_LIMIT);
    ask.within = SMALL_LIMIT;
    ask.headers.push((ACCEPT, String::from("application/json")));
    ask.content_type = "application/x-www-form-urlencoded";
    ask.body = Some(form.into_bytes());
    http.send(ask).await
}

fn read_tokens(http: &HttpClient, answer: HttpResponse) -> Result<TokenSet, SyncError> {
    if !answer.is_success() {
        return Err(refusal(&answer));
    }
    let given: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|_| SyncError::Garbled)?;
    if !given.token_type.eq_ignore_ascii_case("bearer") || given.access_token.is_empty() {
        return Err(SyncError::Garbled);
    }
    let lifetime = std::time::Duration::from_secs(given.expires_in.unwrap_or(UNSAID_LIFETIME).min(LONGEST_LIFETIME));
    Ok(TokenSet {
        access: Secret::new(given.access_token),
        ends: http.clock().monotonic().saturating_add(lifetime),
        refresh: given.refresh_token.map(Secret::new),
        id_token: given.id_token.map(Secret::new),
        server_time: not_ahead(http.clock().now(), answer.server_time),
        disagrees: answer.server_time != not_ahead(http.clock().now(), answer.server_time),
    })
}

/// `invalid_grant` has many reasons, some of which pass: it never means more than "sign in again".
fn refusal(answer: &HttpResponse) -> SyncError {
    if answer.status >= 500 || answer.status == 429 {
        return answer.failure();
    }
    match serde_json::from_slice::<TokenRefusal>(&answer.body) {
        Ok(refused) => match refused.error.as_str() {
            "temporarily_unavailable" | "server_error" | "slow_down" => answer.failure(),
            _ => SyncError::SignInNeeded,
        },
        Err(_) => answer.failure(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            server_time: None,
            took: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn a_refused_grant_means_sign_in_and_nothing_more() {
        assert_eq!(refusal(&answer(400, r#"{"error":"invalid_grant"}"#)), SyncError::SignInNeeded);
        assert_eq!(refusal(&answer(401, r#"{"error":"invalid_client"}"#)), SyncError::SignInNeeded);
        assert_eq!(
            refusal(&answer(400, r#"{"error":"temporarily_unavailable"}"#)),
            SyncError::Failed { status: 400, retry_after: None }
        );
        assert_eq!(
            refusal(&answer(503, r#"{"error":"invalid_grant"}"#)),
            SyncError::Failed { status: 503, retry_after: None }
        );
        assert_eq!(refusal(&answer(404, "<html>")), SyncError::Failed { status: 404, retry_after: None });
    }

    #[test]
    fn a_fault_of_time_names_the_clocks_where_they_disagree() {
        for fault in [TokenError::Expired, TokenError::IssuedAt, TokenError::AuthTime] {
            assert_eq!(TokenSet::fault(fault, true), SyncError::ClocksDisagree);
            assert_eq!(TokenSet::fault(fault, false), SyncError::Token(fault));
        }
        assert_eq!(TokenSet::fault(TokenError::Signature, true), SyncError::Token(TokenError::Signature));
    }

    #[test]
    fn tokens_are_not_printed() {
        let set = TokenSet {
            access: Secret::new(String::from("canary-token")),
            ends: std::time::Duration::ZERO,
            refresh: Some(Secret::new(String::from("canary-token"))),
            id_token: None,
            server_time: None,
            disagrees: false,
        };
        assert!(!format!("{set:?}").contains("canary"));
    }
}
