//! Authorization code with PKCE in the person's own browser (RFC 8252; OpenID Connect Core 1.0, 3.1).

use crate::discovery::fetch_jwks;
use crate::error::SignInError;
use crate::id_token::{Expected, VerifiedClaims, verify_id_token};
use crate::loopback::{Loopback, Returned};
use crate::pkce::{Pkce, make_unguessable};
use crate::server::Server;
use crate::token::{TokenSet, exchange_code};
use crate::{SyncError, browser};
use std::time::Duration;
use url::Url;

/// How long a sign-in may take. A provider that refuses the redirect shows its own page and never comes back.
pub const SIGN_IN_LIMIT: Duration = Duration::from_mins(10);

/// How the person is to prove who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proof {
    /// Anew, whatever session the browser has: workstations are shared, and its session may be a colleague's.
    #[default]
    Anew,
    /// A session of the browser will do.
    SessionWillDo,
}

/// A sign-in that waits for the browser to come back. Dropping it closes the port.
#[derive(Debug)]
pub struct PendingSignIn {
    server: Server,
    loopback: Loopback,
    redirect_uri: String,
    address: Url,
    state: String,
    nonce: String,
    pkce: Pkce,
    proof: Proof,
}

/// A finished sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// What the identity provider says about the person, verified.
    pub claims: VerifiedClaims,
    /// The tokens; the ID token in it is the one that was verified.
    pub tokens: TokenSet,
}

impl Server {
    /// Opens the loopback port and makes the address for the browser. `nonce` is the caller's: a member record is bound to it.
    ///
    /// # Errors
    /// Those of discovery, or [`SyncError::SignIn`] where no port can be opened.
    pub async fn open_sign_in(&self, nonce: &str, proof: Proof) -> Result<PendingSignIn, SyncError> {
        let endpoints = self.endpoints().await?;
        let loopback = Loopback::open().await?;
        let redirect_uri = loopback.redirect_uri();
        let (pkce, state) = (Pkce::make_random(), make_unguessable());
        let settings = self.settings();
        let mut address = endpoints.authorization.clone();
        let mut scopes = vec!["openid"];
        scopes.extend(settings.scopes.iter().map(String::as_str).filter(|s| *s != "openid"));
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", &state)
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", &pkce.challenge())
            .append_pair("code_challenge_method", "S256")
            .append_pair("aud", settings.fhir_base.as_str());
        if !settings.acr.is_empty() {
            address.query_pairs_mut().append_pair("acr_values", &settings.acr.join(" "));
        }
        if proof == Proof::Anew {
            address.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        }
        Ok(PendingSignIn {
            server: self.clone(),
            loopback,
            redirect_uri,
            address,
            state,
            nonce: nonce.to_owned(),
            pkce,
            proof,
        })
    }
}

impl PendingSignIn {
    /// The address to open, by hand where no browser starts. It holds no secret, but belongs in no log.
    #[must_use]
    pub const fn address(&self) -> &Url {
        &self.address
    }

    /// Opens the address in `$BROWSER`, else in the system's default browser.
    ///
    /// # Errors
    /// [`SyncError::SignIn`] where no browser starts; the address can still be opened by hand.
    pub fn open_browser(&self) -> Result<(), SyncError> {
        browser::open_browser(&self.address)
    }

    /// Waits for the browser, at most [`SIGN_IN_LIMIT`], exchanges the code and verifies the ID token against keys
    /// fetched now. Dropping the future cancels.
    ///
    /// # Errors
    /// [`SyncError::SignIn`], [`SyncError::Token`], or those of the exchange.
    pub async fn finish(self) -> Result<SignedIn, SyncError> {
        let Self { server, loopback, redirect_uri, state, nonce, pkce, proof, .. } = self;
        let returned = tokio::time::timeout(SIGN_IN_LIMIT, loopback.wait(&state)).await;
        let Returned { code, issuer } = returned.map_err(|_| SyncError::SignIn(SignInError::TimedOut))??;
        let endpoints = server.endpoints().await?;
        // RFC 9207, 2.4: an answer that names another issuer was meant for another provider.
        if issuer.is_some_and(|named| named != endpoints.issuer) {
            return Err(SyncError::SignIn(SignInError::Refused));
        }
        let settings = server.settings();
        let exchanged =
            exchange_code(server.http(), endpoints, &settings.client_id, &code, pkce.verifier(), &redirect_uri).await;
        let tokens = exchanged
            .map_err(|e| if e == SyncError::SignInNeeded { SyncError::SignIn(SignInError::Refused) } else { e })?;
        let keys = fetch_jwks(server.http(), endpoints).await?;
        let id_token = tokens.id_token.as_ref().ok_or(SyncError::Garbled)?;
        let expected = Expected {
            issuer: &endpoints.issuer,
            client_id: &settings.client_id,
            nonce: Some(&nonce),
            subject: None,
            now: tokens.server_time.unwrap_or_else(|| server.http().clock().now()),
            acr: &settings.acr,
            amr: &settings.amr,
            max_age: (proof == Proof::Anew).then_some(600),
            roles_claim: &settings.roles_claim,
        };
        // EXPOSE: the token is read to be verified.
        let claims = verify_id_token(id_token.expose(), &keys, &expected)
            .map_err(|fault| TokenSet::fault(fault, tokens.disagrees))?;
        Ok(SignedIn { claims, tokens })
    }
}
