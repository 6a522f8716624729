//! How far a repeated clinic sign-in is, and what one that came back waits for.

use crate::workstation::{Workstation, lock};
use keep_domain::{ErrorCode, UserId};
use keep_keys::Renewal;
use std::time::Duration;

/// How long a finished sign-in waits for its owner's unlock; then its tokens are wiped.
pub(crate) const WAITS: Duration = Duration::from_mins(5);

/// One repeated sign-in at a time. Nothing of it is on disk before its owner's slot is open.
#[derive(Default)]
pub(crate) enum SigningIn {
    /// None is running.
    #[default]
    Idle,
    /// Waits for the browser.
    Browser {
        /// The address, to be opened by hand if no browser starts.
        address: String,
        /// Tells an answer that comes too late from the present one.
        turn: u64,
        /// Ends the wait.
        stop: tokio::task::AbortHandle,
    },
    /// Signed in while locked: the owner's unlock takes it over, since only that opens what it is sealed under.
    Waiting {
        /// Lease and refresh token.
        renewal: Box<Renewal>,
        /// Monotonic time of the sign-in.
        since: Duration,
    },
    /// Done; the open session has it.
    Done,
    /// Failed.
    Failed(ErrorCode),
}

impl std::fmt::Debug for SigningIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle => "Idle",
            Self::Browser { .. } => "Browser",
            Self::Waiting { .. } => "Waiting",
            Self::Done => "Done",
            Self::Failed(_) => "Failed",
        })
    }
}

impl Workstation {
    /// Hands over the sign-in that waits for `user`. Whoever else begins a session ends the wait: the tokens of one
    /// person do not outlive another's unlock.
    pub(crate) fn take_renewal(&self, user: UserId) -> Option<Renewal> {
        self.expire_renewal();
        let mut held = lock(&self.0.signing_in);
        match std::mem::take(&mut *held) {
            SigningIn::Waiting { renewal, .. } => {
                let mine = renewal.user() == user;
                *held = if mine { SigningIn::Done } else { SigningIn::Idle };
                mine.then_some(*renewal)
            }
            other => {
                *held = other;
                None
            }
        }
    }

    /// Wipes a sign-in that has waited too long.
    pub(crate) fn expire_renewal(&self) {
        let now = self.0.clock.monotonic();
        let mut held = lock(&self.0.signing_in);
        if matches!(&*held, SigningIn::Waiting { since, .. } if now.saturating_sub(*since) >= WAITS) {
            *held = SigningIn::Failed(ErrorCode::SignInNeeded);
        }
    }
}
