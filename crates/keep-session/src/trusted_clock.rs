//! Trusted time as a clock, for connections to a server.

use crate::error::SessionError;
use crate::workstation::Workstation;
use keep_domain::{Clock, UtcMillis};
use keep_keys::TrustedTime;
use std::time::Duration;

/// The best estimate of the time on this device.
#[derive(Debug, Clone)]
pub(crate) struct TrustedClock(pub(crate) Workstation);

impl Clock for TrustedClock {
    fn now(&self) -> UtcMillis {
        // Before the first enrolment, and while the keychain does not answer, only the clock is left.
        self.0.with_time(|time| time.estimate()).unwrap_or_else(|_| self.0.0.device.clock.now())
    }

    fn monotonic(&self) -> Duration {
        self.0.0.device.clock.monotonic()
    }
}

impl Workstation {
    /// The time for clinical entries; it never goes back with the clock.
    pub(crate) fn trusted_now(&self) -> Result<UtcMillis, SessionError> {
        self.with_time(|time| time.now())
    }

    /// Accepts the time that a server sent over TLS, and stores the mark at once so that a crash does not lose it.
    pub(crate) fn take_server_time(&self, server_time: UtcMillis) {
        let take = |time: &mut TrustedTime| time.accept_from_server(server_time).then(|| time.mark());
        let kept = match self.with_time(take) {
            // Outside the lock: the keychain may be slow, and readers of the time must not wait for it.
            Ok(Some(mark)) => mark.save(&*self.0.device.keychain).is_ok(),
            Ok(None) => {
                tracing::warn!("the server's clock disagrees with trusted time; its time is not used");
                true
            }
            Err(_) => false,
        };
        if !kept {
            tracing::debug!("the time mark could not be kept");
        }
    }
}
