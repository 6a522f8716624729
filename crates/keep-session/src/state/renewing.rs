//! The state of a repeated clinic sign-in.

use super::browser::BrowserSignIn;
use keep_domain::ErrorCode;
use keep_keys::Renewal;
use std::time::Duration;

/// How long a finished sign-in waits for its owner's unlock; then its tokens are wiped.
pub(crate) const RENEWAL_WAITS: Duration = Duration::from_mins(5);

/// One repeated sign-in at a time. Nothing is written to disk before its owner's slot is open.
#[derive(Default)]
pub(crate) enum Renewing {
    /// None is running.
    #[default]
    Idle,
    /// Waits for the browser.
    Browser(BrowserSignIn),
    /// Signed in while locked: the owner's unlock accepts it, since only that opens the keys to store it.
    Waiting {
        /// Lease and refresh token.
        renewal: Box<Renewal>,
        /// Monotonic time of the sign-in.
        since: Duration,
    },
    /// Done; the open session has stored it.
    Done,
    /// Failed.
    Failed(ErrorCode),
}
