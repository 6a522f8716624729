//! Exchange and refresh of tokens (RFC 6749, 4.1.3 and 6).

use crate::discovery::Endpoints;
use crate::error::{SyncError, TokenError};
use crate::http::{HttpClient, HttpRequest, HttpResponse, SMALL_TIMEOUT};
use crate::response_times::not_ahead;
use crate::server::Server;
use keep_domain::{Secret, UtcMillis};
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// Largest response of a token endpoint, bytes.
const MAX_TOKEN_BODY: usize = 256 * 1024;
/// Lifetime of an access token whose response gives none, seconds.
const DEFAULT_LIFETIME: u64 = 60;
/// Longest lifetime that is believed, seconds.
const MAX_LIFETIME: u64 = 24 * 3600;

/// The tokens of one response. They can be neither copied nor printed.
#[derive(Debug)]
pub struct TokenSet {
    /// For the `Authorization` header.
    pub(crate) access: Secret<String>,
    /// When the access token expires, by this device's monotonic clock.
    pub(crate) expires: Duration,
    /// For the next refresh, where given; a rotated token replaces the old one.
    pub refresh: Option<Secret<String>>,
    /// The identity provider's signed statement, where given.
    pub id_token: Option<Secret<String>>,
    /// Time by the provider's `Date` header, unless it is ahead of trusted time.
    pub(crate) server_time: Option<UtcMillis>,
    /// Whether it was ahead.
    pub(crate) provider_is_ahead: bool,
}

impl TokenSet {
    /// The error for a rejected token: where the clocks disagree, its times prove nothing.
    pub(crate) const fn rejection(error: TokenError, provider_is_ahead: bool) -> SyncError {
        match error {
            TokenError::Expired | TokenError::IssuedAt | TokenError::AuthTime if provider_is_ahead => {
                SyncError::ClocksDisagree
            }
            other => SyncError::Token(other),
        }
    }
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct TokenErrorResponse {
    error: String,
}

/// The provider's token endpoint.
pub(crate) struct TokenEndpoint<'a> {
    http: &'a HttpClient,
    endpoints: &'a Endpoints,
    client_id: &'a str,
}

impl<'a> TokenEndpoint<'a> {
    /// The token endpoint of `server`.
    ///
    /// # Errors
    /// Those of discovery.
    pub(crate) async fn of(server: &'a Server) -> Result<Self, SyncError> {
        let endpoints = server.endpoints().await?;
        Ok(Self { http: server.http(), endpoints, client_id: &server.settings().client_id })
    }

    /// Exchanges an authorization code for tokens.
    pub(crate) async fn exchange_code(
        &self,
        code: &Secret<String>,
        verifier: &Secret<String>,
        redirect_uri: &str,
    ) -> Result<TokenSet, SyncError> {
        self.request(&[
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id),
            // EXPOSE: code and verifier go to the token endpoint over TLS, once.
            ("code", code.expose()),
            // EXPOSE: as above.
            ("code_verifier", verifier.expose()),
            ("redirect_uri", redirect_uri),
        ])
        .await
    }

    /// Exchanges a refresh token for new tokens. The caller must save a rotated one before it uses the access token.
    pub(crate) async fn refresh(&self, token: &Secret<String>) -> Result<TokenSet, SyncError> {
        // EXPOSE: the refresh token goes to the provider that issued it, over TLS.
        let token = token.expose();
        self.request(&[("grant_type", "refresh_token"), ("client_id", self.client_id), ("refresh_token", token)]).await
    }

    async fn request(&self, form: &[(&str, &str)]) -> Result<TokenSet, SyncError> {
        let mut request = HttpRequest::new(Method::POST, &self.endpoints.token, MAX_TOKEN_BODY);
        request.timeout = SMALL_TIMEOUT;
        request.headers.push((ACCEPT, String::from("application/json")));
        request.content_type = "application/x-www-form-urlencoded";
        request.body = Some(Serializer::new(String::new()).extend_pairs(form).finish().into_bytes());
        let response = self.http.send(request).await?;
        if !response.is_success() {
            return Err(refusal(&response));
        }
        let given: TokenResponse = serde_json::from_slice(&response.body).map_err(|_| SyncError::InvalidResponse)?;
        if !given.token_type.eq_ignore_ascii_case("bearer") || given.access_token.is_empty() {
            return Err(SyncError::InvalidResponse);
        }
        let clock = self.http.clock();
        let lifetime = Duration::from_secs(given.expires_in.unwrap_or(DEFAULT_LIFETIME).min(MAX_LIFETIME));
        let server_time = not_ahead(clock.now(), response.server_time);
        Ok(TokenSet {
            access: Secret::new(given.access_token),
            expires: clock.monotonic().saturating_add(lifetime),
            refresh: given.refresh_token.map(Secret::new),
            id_token: given.id_token.map(Secret::new),
            server_time,
            provider_is_ahead: response.server_time != server_time,
        })
    }
}

/// `invalid_grant` has many reasons, some of which pass: it never means more than "sign in again".
fn refusal(response: &HttpResponse) -> SyncError {
    if response.status >= 500 || response.status == 429 {
        return response.failure();
    }
    match serde_json::from_slice::<TokenErrorResponse>(&response.body) {
        Ok(refused) => match refused.error.as_str() {
            "temporarily_unavailable" | "server_error" | "slow_down" => response.failure(),
            _ => SyncError::SignInNeeded,
        },
        Err(_) => response.failure(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn response(status: u16, body: &str) -> HttpResponse {
        HttpResponse {
            is_cut: false,
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
            server_time: None,
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn a_refused_grant_means_sign_in_and_nothing_more() {
        assert_eq!(refusal(&response(400, r#"{"error":"invalid_grant"}"#)), SyncError::SignInNeeded);
        assert_eq!(refusal(&response(401, r#"{"error":"invalid_client"}"#)), SyncError::SignInNeeded);
        assert_eq!(
            refusal(&response(400, r#"{"error":"temporarily_unavailable"}"#)),
            SyncError::Failed { status: 400, retry_after: None }
        );
        assert_eq!(
            refusal(&response(503, r#"{"error":"invalid_grant"}"#)),
            SyncError::Failed { status: 503, retry_after: None }
        );
        assert_eq!(refusal(&response(404, "<html>")), SyncError::Failed { status: 404, retry_after: None });
    }

    #[test]
    fn an_error_about_time_names_the_clocks_where_they_disagree() {
        for error in [TokenError::Expired, TokenError::IssuedAt, TokenError::AuthTime] {
            assert_eq!(TokenSet::rejection(error, true), SyncError::ClocksDisagree);
            assert_eq!(TokenSet::rejection(error, false), SyncError::Token(error));
        }
        assert_eq!(TokenSet::rejection(TokenError::Signature, true), SyncError::Token(TokenError::Signature));
    }

    #[test]
    fn tokens_are_not_printed() {
        let set = TokenSet {
            access: Secret::new(String::from("canary-token")),
            expires: Duration::ZERO,
            refresh: Some(Secret::new(String::from("canary-token"))),
            id_token: None,
            server_time: None,
            provider_is_ahead: false,
        };
        assert!(!format!("{set:?}").contains("canary"));
    }
}
