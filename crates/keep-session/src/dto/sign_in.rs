//! Signing in at the clinic again, for a slot that exists.

use crate::dto::enrol::SignInProblemDto;
use keep_domain::ErrorCode;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `sign_in_again`: who signs in.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInAgainDto {
    /// The user id of a tile of the lock screen; `None` = the unlocked user.
    pub user: Option<String>,
}

/// Progress of a repeated sign-in; polled by the page.
#[derive(Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SignInStateDto {
    /// None is running.
    Idle,
    /// Waits for the browser; the address can be opened by hand.
    Browser {
        /// The address that was opened.
        address: String,
    },
    /// Signed in. While locked: the slot is released, and the same person unlocks within five minutes to finish.
    /// While unlocked: finished, and a sync has been started.
    Done,
    /// Failed; can begin again. `refused` = a different person signed in.
    Failed {
        /// Why.
        code: ErrorCode,
        /// What came and what was expected, where IT can mend it.
        problem: Option<SignInProblemDto>,
    },
}
