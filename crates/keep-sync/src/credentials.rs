//! A person's tokens during a session: refreshed before they end, a rotated refresh token kept before it is used.

use crate::SyncError;
use crate::discovery::fetch_jwks;
use crate::id_token::{Expected, VerifiedClaims, verify_id_token};
use crate::server::Server;
use crate::sign_in::SignedIn;
use crate::token::{self, TokenSet};
use keep_domain::{Secret, UtcMillis};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Keeps a refresh token under the clinician's own key; called on a thread that may block.
/// It returns only when the token is durable, and false where it could not be kept.
pub type PersistRefreshToken = Arc<dyn Fn(&Secret<String>) -> bool + Send + Sync>;

/// An access token is renewed when it has less than this left.
const RENEW_BEFORE: Duration = Duration::from_secs(20);

/// One person's way into the server; cheap to clone. Refreshes happen one at a time.
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

struct Inner {
    server: Server,
    subject: String,
    persist: PersistRefreshToken,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    access: Option<Arc<Secret<String>>>,
    ends: Duration,
    refresh: Option<Arc<Secret<String>>>,
    claims: Option<VerifiedClaims>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// After a sign-in: the first refresh token is kept before anything else is done.
    ///
    /// # Errors
    /// [`SyncError::NotPersisted`].
    pub async fn of_sign_in(
        server: &Server,
        signed_in: SignedIn,
        persist: PersistRefreshToken,
    ) -> Result<Self, SyncError> {
        let SignedIn { claims, tokens } = signed_in;
        let all = Self::with(server, &claims.subject, persist, State::default());
        all.0.take(&mut *all.0.state.lock().await, tokens, Some(claims)).await?;
        Ok(all)
    }

    /// After an unlock: `refresh` is what `persist` kept last, `subject` is the lease record's.
    #[must_use]
    pub fn of_refresh_token(
        server: &Server,
        subject: &str,
        refresh: Secret<String>,
        persist: PersistRefreshToken,
    ) -> Self {
        Self::with(server, subject, persist, State { refresh: Some(Arc::new(refresh)), ..State::default() })
    }

    fn with(server: &Server, subject: &str, persist: PersistRefreshToken, state: State) -> Self {
        let state = Arc::new(Mutex::new(state));
        Self(Arc::new(Inner { server: server.clone(), subject: subject.to_owned(), persist, state }))
    }

    /// The subject whose tokens these are.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The server that they are for.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.0.server
    }

    /// What the newest verified ID token of this session says; roles may have changed since the sign-in.
    pub async fn claims(&self) -> Option<VerifiedClaims> {
        self.0.state.lock().await.claims.clone()
    }

    /// A usable access token, refreshed where the present one is about to end.
    pub(crate) async fn access(&self) -> Result<Arc<Secret<String>>, SyncError> {
        let state = Arc::clone(&self.0.state).lock_owned().await;
        let soon = self.0.server.http().clock().monotonic().saturating_add(RENEW_BEFORE);
        match &state.access {
            Some(token) if state.ends > soon => Ok(Arc::clone(token)),
            _ => self.renew(state).await,
        }
    }

    /// After a 401 for `refused`: a new token, unless another request has brought one already.
    pub(crate) async fn after_refusal(&self, refused: &Arc<Secret<String>>) -> Result<Arc<Secret<String>>, SyncError> {
        let state = Arc::clone(&self.0.state).lock_owned().await;
        match &state.access {
            Some(token) if !Arc::ptr_eq(token, refused) => Ok(Arc::clone(token)),
            _ => self.renew(state).await,
        }
    }

    /// Tells the provider to forget the refresh token, and forgets all tokens here.
    ///
    /// # Errors
    /// Those of the request; the tokens are forgotten here in any case.
    pub async fn revoke(&self) -> Result<(), SyncError> {
        let mut state = self.0.state.lock().await;
        state.access = None;
        let Some(token) = state.refresh.take() else { return Ok(()) };
        let server = &self.0.server;
        token::revoke(server.http(), server.endpoints().await?, &server.settings().client_id, &token).await
    }

    async fn renew(&self, mut state: OwnedMutexGuard<State>) -> Result<Arc<Secret<String>>, SyncError> {
        let inner = Arc::clone(&self.0);
        // A task of its own: whoever asked may be cancelled, but an answer that has rotated the refresh token
        // must not be lost with it, since that would cost the person the sign-in.
        let task = tokio::spawn(async move { inner.renew(&mut state).await });
        task.await.unwrap_or(Err(SyncError::Internal("refresh task")))
    }
}

impl Inner {
    async fn renew(&self, state: &mut State) -> Result<Arc<Secret<String>>, SyncError> {
        let refresh = state.refresh.clone().ok_or(SyncError::SignInNeeded)?;
        let endpoints = self.server.endpoints().await?;
        let tokens = token::refresh(self.server.http(), endpoints, &self.server.settings().client_id, &refresh).await;
        if matches!(tokens, Err(SyncError::SignInNeeded)) {
            // The provider has refused it; asking again and again would look like an attack.
            (state.refresh, state.access) = (None, None);
        }
        self.take(state, tokens?, None).await
    }

    async fn take(
        &self,
        state: &mut State,
        tokens: TokenSet,
        claims: Option<VerifiedClaims>,
    ) -> Result<Arc<Secret<String>>, SyncError> {
        let TokenSet { access, ends, refresh, id_token, server_time, disagrees } = tokens;
        if let Some(rotated) = refresh.map(Arc::new) {
            // INVARIANT: a rotated refresh token is durable before the access token that came with it is used.
            // The old one is dead at the provider by now, so the new one is held in memory even if keeping it fails.
            state.refresh = Some(Arc::clone(&rotated));
            let persist = Arc::clone(&self.persist);
            let kept = tokio::task::spawn_blocking(move || persist(&rotated)).await.unwrap_or(false);
            if !kept {
                return Err(SyncError::NotPersisted);
            }
        }
        state.claims = match (claims, id_token) {
            (Some(verified), _) => Some(verified),
            (None, Some(token)) => Some(self.verify_refreshed(&token, server_time, disagrees).await?),
            (None, None) => state.claims.take(),
        };
        let access = Arc::new(access);
        (state.access, state.ends) = (Some(Arc::clone(&access)), ends);
        Ok(access)
    }

    async fn verify_refreshed(
        &self,
        token: &Secret<String>,
        at: Option<UtcMillis>,
        disagrees: bool,
    ) -> Result<VerifiedClaims, SyncError> {
        let (endpoints, settings) = (self.server.endpoints().await?, self.server.settings());
        let keys = fetch_jwks(self.server.http(), endpoints).await?;
        let expected = Expected {
            issuer: &endpoints.issuer,
            client_id: &settings.client_id,
            nonce: None,
            subject: Some(&self.subject),
            now: at.unwrap_or_else(|| self.server.http().clock().now()),
            acr: &settings.acr,
            // A provider lets `amr` run empty while the session goes on, so it is asked for at the sign-in only.
            amr: &[],
            max_age: None,
            roles_claim: &settings.roles_claim,
        };
        // EXPOSE: the token is read to be verified.
        verify_id_token(token.expose(), &keys, &expected).map_err(|fault| TokenSet::fault(fault, disagrees))
    }
}

#[cfg(test)]
mod tests;
