//! How far an enrolment is: the state between the browser and the first code.

use keep_domain::{ErrorCode, Secret};
use keep_keys::Enrolment;
use keep_sync::SignedIn;

/// One enrolment at a time. Nothing is on disk before it ends.
#[derive(Default)]
pub(crate) enum Enrolling {
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
    /// Signed in; wants the password.
    Password(Box<Person>),
    /// Has the password; wants a code of the new seed.
    Code(Box<Person>, Secret<String>),
    /// Done.
    Done {
        /// The new user id.
        user: String,
        /// Whether a colleague has to grant first.
        waiting_for_grant: bool,
    },
    /// Failed.
    Failed(ErrorCode),
}

/// A person who signed in and has no slot yet.
pub(crate) struct Person {
    pub(crate) enrolment: Enrolment,
    pub(crate) signed_in: SignedIn,
}

impl std::fmt::Debug for Enrolling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle => "Idle",
            Self::Browser { .. } => "Browser",
            Self::Password(_) => "Password",
            Self::Code(..) => "Code",
            Self::Done { .. } => "Done",
            Self::Failed(_) => "Failed",
        })
    }
}
