//! The server of this workstation, and the session's way into it.

use crate::app::{App, guard};
use crate::fault::Fault;
use crate::trusted_clock::TrustedClock;
use crate::unlocked::Unlocked;
use keep_audit::Opener;
use keep_domain::{ErrorCode, Secret};
use keep_sync::{Credentials, PersistRefreshToken, PushForOthers, Server, ServerSettings, StorePort, SyncPort};
use std::sync::Arc;

impl App {
    /// The configured server; nothing is sent yet.
    ///
    /// With an `issuer`, tokens go to what that issuer's own discovery names, whatever the FHIR server says.
    pub(crate) fn open_server(&self, issuer: Option<&str>) -> Result<Server, Fault> {
        let workstation = self.workstation().clone();
        let base =
            url::Url::parse(&workstation.server).map_err(|_| Fault::fields(vec![("server", "not_an_address")]))?;
        let mut settings = ServerSettings::for_base(base);
        settings.client_id.clone_from(&workstation.client_id);
        settings.demo = workstation.demo;
        settings.issuer = issuer.map(str::to_owned);
        settings.extra_ca_pem = self.sealed_authorities()?;
        Ok(Server::open(settings, Arc::new(TrustedClock(self.clone())))?)
    }

    /// The session's credentials: the refresh token of its key ring; a rotated one is kept before it is used.
    pub(crate) fn credentials(&self, unlocked: &Unlocked) -> Result<Credentials, Fault> {
        let ring = guard(&unlocked.ring);
        let lease = ring.lease().ok_or_else(|| Fault::of(ErrorCode::SignInNeeded))?;
        let token = ring.refresh_token().ok_or_else(|| Fault::of(ErrorCode::SignInNeeded))?;
        // EXPOSE: the token moves into the one place that sends it.
        let token = Secret::new(token.expose().clone());
        let server = self.open_server(Some(&lease.issuer))?;
        Ok(Credentials::of_refresh_token(&server, &lease.subject, token, self.persist()))
    }

    /// The session's store as the sync sees it; it writes the event that covers the run before its first read.
    pub(crate) fn sync_port(&self, unlocked: &Unlocked) -> Result<Arc<dyn SyncPort>, Fault> {
        let store = unlocked.store.clone().ok_or_else(|| Fault::of(ErrorCode::WaitingForGrant))?;
        let opener = unlocked.audit_opener.clone().map(|o| o as Arc<dyn Opener>);
        let others = PushForOthers::SameRank;
        Ok(Arc::new(StorePort::new(store, unlocked.actor(), others, opener, Arc::clone(&self.0.clock))))
    }

    /// Keeps a rotated refresh token under the clinician's key, if they are still signed in.
    fn persist(&self) -> PersistRefreshToken {
        let app = self.clone();
        Arc::new(move |token| {
            let kept = app.inside(|unlocked| {
                let mut ring = guard(&unlocked.ring);
                // EXPOSE: sealed under the clinician's key before it is used.
                ring.replace_refresh_token(Some(Secret::new(token.expose().clone())));
                Ok(ring.save(&app.0.slots, &unlocked.keys)?)
            });
            kept.is_ok()
        })
    }
}
