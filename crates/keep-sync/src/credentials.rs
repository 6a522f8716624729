//! A user's tokens during a session: refreshed before they expire; a rotated refresh token is saved before it is used.

use crate::discovery::fetch_jwks;
use crate::error::SyncError;
use crate::id_token::{ExpectedClaims, VerifiedClaims};
use crate::server::Server;
use crate::settings::ServerSettings;
use crate::statement::{collect_statement, verify_statement};
use crate::token::{TokenEndpoint, TokenSet};
use keep_domain::{ProviderStatement, Secret};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Saves a refresh token under the clinician's own key; called on a thread that may block.
/// Returns true only when the token is durable.
pub type PersistRefreshToken = Arc<dyn Fn(&Secret<String>) -> bool + Send + Sync>;

/// Called with the verified claims and the signed text of each refreshed statement, on a thread that may block, before the
/// access token that came with it is used.
pub type ObserveClaims = Arc<dyn Fn(&VerifiedClaims, &ProviderStatement) + Send + Sync>;

/// An access token that expires within this time is renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(20);

/// One user's access to the server; cheap to clone. Refreshes run one at a time.
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

struct Inner {
    server: Server,
    subject: String,
    persist: PersistRefreshToken,
    observe: Option<ObserveClaims>,
    tokens: Arc<Mutex<Tokens>>,
}

#[derive(Default)]
struct Tokens {
    access: Option<Arc<Secret<String>>>,
    expires: Duration,
    refresh: Option<Arc<Secret<String>>>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// From the refresh token of a sign-in, or the one that `persist` saved last; `subject` is the lease record's.
    #[must_use]
    pub fn new(server: &Server, subject: &str, refresh: Secret<String>, persist: PersistRefreshToken) -> Self {
        let tokens = Arc::new(Mutex::new(Tokens { refresh: Some(Arc::new(refresh)), ..Tokens::default() }));
        Self(Arc::new(Inner { server: server.clone(), subject: subject.to_owned(), persist, observe: None, tokens }))
    }

    /// The same credentials, whose refreshed claims are also given to `observe`.
    #[must_use]
    pub fn observed_by(self, observe: ObserveClaims) -> Self {
        let Inner { server, subject, persist, tokens, .. } = &*self.0;
        let (server, subject, persist) = (server.clone(), subject.clone(), Arc::clone(persist));
        Self(Arc::new(Inner { server, subject, persist, observe: Some(observe), tokens: Arc::clone(tokens) }))
    }

    /// Whether these credentials hold that refresh token, so that they can serve another run with their connection;
    /// false while a refresh is under way.
    #[must_use]
    pub fn holds(&self, refresh: &Secret<String>) -> bool {
        let tokens = self.0.tokens.try_lock();
        // EXPOSE: compared only; both are secrets of this session.
        tokens.is_ok_and(|t| t.refresh.as_ref().is_some_and(|own| own.expose() == refresh.expose()))
    }

    /// The settings of the server that they are for.
    #[must_use]
    pub fn settings(&self) -> &ServerSettings {
        self.server().settings()
    }

    /// The subject of the tokens.
    pub(crate) fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The server of the tokens.
    pub(crate) fn server(&self) -> &Server {
        &self.0.server
    }

    /// A usable access token, refreshed where the current one is about to expire.
    pub(crate) async fn access_token(&self) -> Result<Arc<Secret<String>>, SyncError> {
        let tokens = Arc::clone(&self.0.tokens).lock_owned().await;
        let soon = self.0.server.http().clock().monotonic().saturating_add(RENEW_BEFORE);
        match &tokens.access {
            Some(token) if tokens.expires > soon => Ok(Arc::clone(token)),
            _ => self.renew(tokens).await,
        }
    }

    /// After a 401 for `rejected`: a new token, unless another request has already obtained one.
    pub(crate) async fn renew_rejected(
        &self,
        rejected: &Arc<Secret<String>>,
    ) -> Result<Arc<Secret<String>>, SyncError> {
        let tokens = Arc::clone(&self.0.tokens).lock_owned().await;
        match &tokens.access {
            Some(token) if !Arc::ptr_eq(token, rejected) => Ok(Arc::clone(token)),
            _ => self.renew(tokens).await,
        }
    }

    async fn renew(&self, mut tokens: OwnedMutexGuard<Tokens>) -> Result<Arc<Secret<String>>, SyncError> {
        let inner = Arc::clone(&self.0);
        // A separate task: the caller may be cancelled, but losing a response that has rotated the refresh token would
        // cost the user the sign-in.
        let task = tokio::spawn(async move { inner.renew(&mut tokens).await });
        task.await.unwrap_or(Err(SyncError::Internal("refresh task")))
    }
}

impl Inner {
    async fn renew(&self, tokens: &mut Tokens) -> Result<Arc<Secret<String>>, SyncError> {
        let refresh = tokens.refresh.clone().ok_or(SyncError::SignInNeeded)?;
        let renewed = TokenEndpoint::of(&self.server).await?.refresh(&refresh).await;
        if matches!(renewed, Err(SyncError::SignInNeeded)) {
            // The provider has rejected it; repeated attempts would look like an attack.
            (tokens.refresh, tokens.access) = (None, None);
        }
        self.accept(tokens, renewed?).await
    }

    async fn accept(&self, tokens: &mut Tokens, mut received: TokenSet) -> Result<Arc<Secret<String>>, SyncError> {
        if let Some(rotated) = received.refresh.take().map(Arc::new) {
            // INVARIANT: a rotated refresh token is durable before the access token that came with it is used.
            // The provider no longer accepts the old one, so the new one stays in memory even if saving it fails.
            tokens.refresh = Some(Arc::clone(&rotated));
            let persist = Arc::clone(&self.persist);
            let saved = tokio::task::spawn_blocking(move || persist(&rotated)).await.unwrap_or(false);
            if !saved {
                return Err(SyncError::NotPersisted);
            }
        }
        self.observe_refreshed(&received).await?;
        let access = Arc::new(received.access);
        (tokens.access, tokens.expires) = (Some(Arc::clone(&access)), received.expires);
        Ok(access)
    }

    /// Reads what the provider says now about the user, where it says anything.
    async fn observe_refreshed(&self, received: &TokenSet) -> Result<(), SyncError> {
        let endpoints = self.server.endpoints().await?;
        let settings = self.server.settings();
        let collected = collect_statement(self.server.http(), endpoints, received, settings.roles.from).await;
        let statement = match collected {
            Ok(Some(statement)) => statement,
            Ok(None) => return Ok(()),
            // Without userinfo nothing is said of roles; the next refresh looks again.
            Err(error) => match &received.id_token {
                // EXPOSE: the token is read to be verified.
                Some(id_token) => ProviderStatement::of_id_token(id_token.expose().clone()),
                None => return Err(error),
            },
        };
        let keys = fetch_jwks(self.server.http(), endpoints).await?;
        let expected = ExpectedClaims {
            issuer: &endpoints.issuer,
            client_id: &settings.client_id,
            nonce: None,
            subject: Some(&self.subject),
            now: received.server_time.unwrap_or_else(|| self.server.http().clock().now()),
            acr: &settings.acr,
            // A provider may drop `amr` during a session, so it is only required at the sign-in.
            amr: &[],
            max_age: None,
            second_factor: false,
            roles: &settings.roles,
        };
        let claims = match verify_statement(&statement, &keys, &expected) {
            Ok(claims) => claims,
            Err(error) if error.says_nothing_of_roles() => return Ok(()),
            Err(error) => return Err(TokenSet::rejection(error, received.provider_is_ahead)),
        };
        if let Some(observe) = self.observe.clone() {
            let observed = tokio::task::spawn_blocking(move || observe(&claims, &statement)).await;
            observed.map_err(|_| SyncError::Internal("observing claims"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
