//! Authorization code with PKCE in the user's own browser (RFC 8252; OpenID Connect Core 1.0, 3.1).

use crate::browser::open_browser;
use crate::discovery::fetch_jwks;
use crate::error::{SignInError, SyncError};
use crate::id_token::{ExpectedClaims, VerifiedClaims};
use crate::loopback::{AuthorizationResponse, LoopbackListener};
use crate::pkce::{Pkce, make_nonce};
use crate::server::Server;
use crate::statement::{collect_statement, verify_statement};
use crate::token::{TokenEndpoint, TokenSet};
use keep_domain::ProviderStatement;
use std::time::Duration;
use url::Url;

/// How long a sign-in may take. A provider that refuses the redirect shows its own page and never returns.
const SIGN_IN_TIMEOUT: Duration = Duration::from_mins(10);
/// Longest accepted time since the user authenticated, seconds.
const MAX_AUTH_AGE: i64 = 600;

/// A sign-in that waits for the browser to return. Dropping it closes the port.
#[derive(Debug)]
pub struct PendingSignIn {
    server: Server,
    loopback: LoopbackListener,
    address: Url,
    state: String,
    nonce: String,
    pkce: Pkce,
}

/// A finished sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// The identity provider's verified claims about the user.
    pub claims: VerifiedClaims,
    /// The signed text of these claims.
    pub statement: ProviderStatement,
    /// The tokens.
    pub tokens: TokenSet,
}

impl Server {
    /// Opens the loopback port and builds the address for the browser. `nonce` is the caller's: a member record is
    /// bound to it.
    ///
    /// The user must always authenticate again (`prompt=login`): workstations are shared, and the browser's session may
    /// be a colleague's.
    ///
    /// # Errors
    /// Those of discovery, or [`SyncError::SignIn`] where no port can be opened.
    pub async fn open_sign_in(&self, nonce: &str) -> Result<PendingSignIn, SyncError> {
        let endpoints = self.endpoints().await?;
        let loopback = LoopbackListener::open().await?;
        let (pkce, state) = (Pkce::make_random(), make_nonce());
        let settings = self.settings();
        let mut address = endpoints.authorization.clone();
        let mut scopes = vec!["openid"];
        scopes.extend(settings.scopes.iter().map(String::as_str).filter(|s| *s != "openid"));
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &loopback.redirect_uri())
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", &pkce.challenge())
            .append_pair("code_challenge_method", "S256")
            .append_pair("aud", settings.audience.as_deref().unwrap_or(settings.fhir_base.as_str()));
        if !settings.acr.is_empty() {
            address.query_pairs_mut().append_pair("acr_values", &settings.acr.join(" "));
        }
        address.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        Ok(PendingSignIn { server: self.clone(), loopback, address, state, nonce: nonce.to_owned(), pkce })
    }
}

impl PendingSignIn {
    /// The address to open, by the user where no browser starts. It contains no secret, but must not be logged.
    #[must_use]
    pub const fn address(&self) -> &Url {
        &self.address
    }

    /// Opens the address in `$BROWSER`, else in the system's default browser.
    ///
    /// # Errors
    /// [`SyncError::SignIn`] where no browser starts; the user can still open the address.
    pub fn open_browser(&self) -> Result<(), SyncError> {
        open_browser(&self.address)
    }

    /// Waits at most ten minutes for the browser, exchanges the code and verifies the provider's statement against keys
    /// fetched now. Dropping the future cancels.
    ///
    /// # Errors
    /// [`SyncError::SignIn`], [`SyncError::Token`], or those of the exchange.
    pub async fn finish(self) -> Result<SignedIn, SyncError> {
        let Self { server, loopback, state, nonce, pkce, .. } = self;
        let redirect_uri = loopback.redirect_uri();
        let returned = tokio::time::timeout(SIGN_IN_TIMEOUT, loopback.wait(&state)).await;
        let AuthorizationResponse { code, issuer } =
            returned.map_err(|_| SyncError::SignIn(SignInError::TimedOut))??;
        let endpoints = server.endpoints().await?;
        // RFC 9207, 2.4: a response that names another issuer was meant for another provider.
        if issuer.is_some_and(|named| named != endpoints.issuer) {
            return Err(SyncError::SignIn(SignInError::Refused));
        }
        let exchanged = TokenEndpoint::of(&server).await?.exchange_code(&code, pkce.verifier(), &redirect_uri).await;
        let tokens = exchanged
            .map_err(|e| if e == SyncError::SignInNeeded { SyncError::SignIn(SignInError::Refused) } else { e })?;
        let keys = fetch_jwks(server.http(), endpoints).await?;
        let settings = server.settings();
        let collected = collect_statement(server.http(), endpoints, &tokens, settings.roles.from).await?;
        let statement = collected.ok_or(SyncError::InvalidResponse)?;
        let expected = ExpectedClaims {
            issuer: &endpoints.issuer,
            client_id: &settings.client_id,
            nonce: Some(&nonce),
            subject: None,
            now: tokens.server_time.unwrap_or_else(|| server.http().clock().now()),
            acr: &settings.acr,
            amr: &settings.amr,
            max_age: Some(MAX_AUTH_AGE),
            second_factor: !settings.without_second_factor,
            roles: &settings.roles,
        };
        let claims = verify_statement(&statement, &keys, &expected)
            .map_err(|error| TokenSet::rejection(error, tokens.provider_is_ahead))?;
        Ok(SignedIn { claims, statement, tokens })
    }
}
