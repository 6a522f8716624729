//! The state of an enrolment, from the browser to the first code.

use super::browser::BrowserSignIn;
use keep_domain::{ErrorCode, Secret};
use keep_keys::Enrolment;
use keep_sync::{TokenSet, VerifiedClaims};
use std::time::Duration;

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
    Done(Enrolled),
    /// Failed.
    Failed(ErrorCode),
}

/// The result of an enrolment.
#[derive(Clone)]
pub(crate) struct Enrolled {
    /// The new user id.
    pub(crate) user: String,
    /// Whether a colleague has to grant first.
    pub(crate) waiting_for_grant: bool,
    /// The new names of the files of a damaged slot.
    pub(crate) set_aside: Vec<String>,
}

/// The time limit for the next step; after it the secrets are wiped.
pub(crate) const HALF_FINISHED: Duration = Duration::from_mins(5);

/// A user who signed in and has no slot yet.
pub(crate) struct Person {
    pub(crate) enrolment: Enrolment,
    /// The provider's statement about them.
    pub(crate) claims: VerifiedClaims,
    pub(crate) id_token: Option<Secret<String>>,
    pub(crate) refresh: Option<Secret<String>>,
    /// Monotonic time of the last step.
    pub(crate) since: Duration,
}

impl Person {
    /// A user who has just signed in.
    pub(crate) fn signed_in(enrolment: Enrolment, claims: VerifiedClaims, tokens: TokenSet, now: Duration) -> Self {
        let TokenSet { id_token, refresh, .. } = tokens;
        Self { enrolment, claims, id_token, refresh, since: now }
    }

    /// Notes that a step was taken.
    pub(crate) fn note_step(&mut self, now: Duration) {
        self.since = now;
    }

    /// Whether the next step is overdue.
    pub(crate) fn is_stale(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) >= HALF_FINISHED
    }
}
