//! Sign-ins in the user's browser: an enrolment, from the browser to the first code, and a repeated clinic sign-in.

use crate::dto::enrol::SignInProblemDto;
use keep_domain::{ErrorCode, ProviderStatement, Secret};
use keep_keys::{Enrolment, Renewal};
use keep_sync::{PendingSignIn, SignedIn, SyncError, VerifiedClaims};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// Tells the outcome of a cancelled sign-in from the one that is awaited.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A sign-in that is awaited.
pub(crate) struct BrowserSignIn {
    /// To be opened by hand if no browser starts.
    pub(crate) address: String,
    id: u64,
    stop: AbortHandle,
}

impl BrowserSignIn {
    /// Opens the browser and calls `ended` with this sign-in's id and outcome, on a thread that may block.
    pub(crate) fn start(
        runtime: &Handle,
        pending: PendingSignIn,
        ended: impl FnOnce(u64, Result<SignedIn, SyncError>) + Send + 'static,
    ) -> Self {
        let address = pending.address().to_string();
        // Where no browser starts the address is still on the screen.
        let _ = pending.open_browser();
        let id = NEXT.fetch_add(1, Ordering::SeqCst);
        let blocking = runtime.clone();
        let task = runtime.spawn(async move {
            let outcome = pending.finish().await;
            blocking.spawn_blocking(move || ended(id, outcome));
        });
        Self { address, id, stop: task.abort_handle() }
    }

    /// Whether this is the sign-in that ended.
    pub(crate) const fn is(&self, id: u64) -> bool {
        self.id == id
    }

    /// Stops waiting.
    pub(crate) fn cancel(self) {
        self.stop.abort();
    }
}

/// One enrolment at a time. Nothing is written to disk before it ends.
#[derive(Default)]
pub(crate) enum Enrolling {
    /// None is running.
    #[default]
    Idle,
    /// Waits for the browser.
    Browser(BrowserSignIn),
    /// Signed in; the password is next.
    Password(Box<Person>),
    /// Has the password; a code of the new seed is next.
    Code(Box<Person>, Secret<String>),
    /// Done.
    Done {
        /// The new user id.
        user: String,
        /// Whether a colleague has to grant first.
        waiting_for_grant: bool,
        /// The new names of the files of a damaged slot.
        set_aside: Vec<String>,
    },
    /// Failed.
    Failed(SignInFailure),
}

/// Why a sign-in in the browser failed.
#[derive(Debug, Clone)]
pub(crate) struct SignInFailure {
    pub(crate) code: ErrorCode,
    /// What came and what was expected, where IT can mend it.
    pub(crate) problem: Option<SignInProblemDto>,
}

impl From<ErrorCode> for SignInFailure {
    fn from(code: ErrorCode) -> Self {
        Self { code, problem: None }
    }
}

/// The time limit for the next step; after it the secrets are wiped.
pub(crate) const HALF_FINISHED: Duration = Duration::from_mins(5);

/// A user who signed in and has no slot yet.
pub(crate) struct Person {
    pub(crate) enrolment: Enrolment,
    /// What the provider says of them.
    pub(crate) claims: VerifiedClaims,
    /// The signed text of it.
    pub(crate) statement: ProviderStatement,
    pub(crate) refresh: Option<Secret<String>>,
    /// Monotonic time of the last step.
    pub(crate) since: Duration,
}

impl Person {
    /// A user who has just signed in.
    pub(crate) fn signed_in(enrolment: Enrolment, signed_in: SignedIn, now: Duration) -> Self {
        let SignedIn { claims, statement, tokens } = signed_in;
        Self { enrolment, claims, statement, refresh: tokens.refresh, since: now }
    }

    /// Whether the next step is overdue.
    pub(crate) fn is_stale(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) >= HALF_FINISHED
    }
}

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
    Failed(SignInFailure),
}
