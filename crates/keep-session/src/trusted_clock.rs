//! Trusted time as a clock, for the connection to a server: what comes from there is measured by it.

use crate::error::SessionError;
use crate::workstation::Workstation;
use keep_domain::{Clock, UtcMillis};
use keep_keys::TrustedTime;
use std::time::Duration;

/// The clock of this device as far as it can be trusted.
#[derive(Debug, Clone)]
pub(crate) struct TrustedClock(pub(crate) Workstation);

impl Clock for TrustedClock {
    fn now(&self) -> UtcMillis {
        // Before the first enrolment, and where the keychain does not answer, there is nothing but the clock.
        self.0.with_time(|time| time.estimate()).unwrap_or_else(|_| self.0.0.device.clock.now())
    }

    fn monotonic(&self) -> Duration {
        self.0.0.device.clock.monotonic()
    }
}

impl Workstation {
    /// The time that clinical entries carry: never a clock that was set back.
    pub(crate) fn trusted_now(&self) -> Result<UtcMillis, SessionError> {
        self.with_time(|time| time.now())
    }

    /// Takes the time that a server told over TLS, and keeps the mark: a program that is killed later does not lose it.
    pub(crate) fn take_server_time(&self, told: UtcMillis) {
        let take = |time: &mut TrustedTime| time.accept_from_server(told).then(|| time.mark());
        let kept = match self.with_time(take) {
            // The keychain may take its time, and nothing that asks for the time has to wait for it.
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
