//! The server of this workstation, and the session's credentials for it.

use crate::dto::failure::FieldReasonDto;
use crate::error::SessionError;
use crate::state::acquire;
use crate::state::unlocked::Unlocked;
use crate::trusted_clock::TrustedClock;
use crate::workstation::Workstation;
use keep_audit::Opener;
use keep_domain::{ErrorCode, Secret, UserId};
use keep_sync::{
    AuthorIdentity, Credentials, LocalStore, PersistRefreshToken, PushForOthers, Server, ServerSettings, SyncStore,
    USER_SYSTEM,
};
use std::sync::Arc;

impl Workstation {
    /// The configured server; nothing is sent yet.
    ///
    /// With an `issuer`, tokens go only to the endpoints in that issuer's own discovery document.
    pub(crate) fn open_server(&self, issuer: Option<&str>) -> Result<Server, SessionError> {
        Ok(Server::open(self.server_settings(issuer)?, Arc::new(TrustedClock(self.clone())))?)
    }

    fn server_settings(&self, issuer: Option<&str>) -> Result<ServerSettings, SessionError> {
        let own = self.settings().clone();
        let base =
            url::Url::parse(&own.server).map_err(|_| SessionError::field("server", FieldReasonDto::NotAnAddress))?;
        let mut settings = ServerSettings::for_base(base);
        settings.client_id.clone_from(&own.client_id);
        settings.demo = own.demo;
        settings.issuer = issuer.map(str::to_owned);
        settings.extra_ca_pem = self.sealed_authorities()?;
        self.sign_in_settings()?.apply(&mut settings);
        Ok(settings)
    }

    /// The session's credentials: the refresh token of its key ring; a rotated one is stored before it is used.
    ///
    /// They serve the whole session, so that a save is sent on an open connection with the token that is still valid.
    pub(crate) fn credentials(&self, unlocked: &Unlocked) -> Result<Credentials, SessionError> {
        let ring = acquire(&unlocked.keys.ring);
        let lease = ring.lease().ok_or(ErrorCode::SignInNeeded)?;
        let token = ring.refresh_token().ok_or(ErrorCode::SignInNeeded)?;
        let settings = self.server_settings(Some(&lease.issuer))?;
        let mut known = acquire(&unlocked.memory.credentials);
        if let Some(known) = known.as_ref().filter(|k| k.holds(token) && *k.settings() == settings) {
            return Ok(known.clone());
        }
        // EXPOSE: the token moves into the only type that sends it.
        let token = Secret::new(token.expose().clone());
        let server = Server::open(settings, Arc::new(TrustedClock(self.clone())))?;
        let opened = Credentials::new(&server, &lease.subject, token, self.persist());
        Ok(known.insert(opened.observed_by(self.observe_claims())).clone())
    }

    /// The users of this workstation as the sync names them to the server: the signed-in one by the provider's subject.
    pub(crate) fn authors(&self, unlocked: &Unlocked) -> Vec<AuthorIdentity> {
        let mut names = self.names();
        names.insert(unlocked.user, unlocked.name.clone());
        let own = acquire(&unlocked.keys.ring).lease().map(|lease| (lease.issuer.clone(), lease.subject.clone()));
        let of = |(user, name): (UserId, String)| {
            let (system, value) = match &own {
                Some(own) if user == unlocked.user => own.clone(),
                _ => (USER_SYSTEM.to_owned(), user.to_string()),
            };
            AuthorIdentity { user, system, value, name }
        };
        names.into_iter().map(of).collect()
    }

    /// The session's store for the sync; it records the event of the run before its first read.
    pub(crate) fn sync_store(&self, unlocked: &Unlocked) -> Result<Arc<dyn SyncStore>, SessionError> {
        let store = unlocked.store.clone().ok_or(ErrorCode::WaitingForGrant)?;
        let opener = unlocked.keys.audit_opener.clone().map(|o| o as Arc<dyn Opener>);
        let others = PushForOthers::SameRank;
        Ok(Arc::new(LocalStore::new(store, unlocked.actor(), others, opener, Arc::clone(&self.0.device.clock))))
    }

    /// Stores a rotated refresh token under the user's key, if they are still signed in.
    fn persist(&self) -> PersistRefreshToken {
        let workstation = self.clone();
        Arc::new(move |token| {
            let kept = workstation.with_session(|unlocked| {
                let mut ring = acquire(&unlocked.keys.ring);
                // EXPOSE: sealed under the user's key before it is used.
                ring.replace_refresh_token(Some(Secret::new(token.expose().clone())));
                Ok(ring.save(&workstation.0.device.slots, &unlocked.keys.user)?)
            });
            kept.is_ok()
        })
    }
}
