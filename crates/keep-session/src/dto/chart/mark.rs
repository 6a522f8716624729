//! What changes the meaning of a record and therefore stands beside its name, wherever the record is shown.

use serde::Serialize;
use ts_rs::TS;

/// One mark of a record. INVARIANT: every modifier element of R4 that says something out of the ordinary is a mark.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MarkDto {
    /// The status, where it is not the ordinary one of the type: `on-hold`, `preliminary`, `cancelled`, ...
    Status {
        /// The code, or what was recorded instead of one.
        code: String,
        /// The recorded reason.
        reason: Option<String>,
    },
    /// The intent, where it is no order: `plan`, `proposal`, `option`, ...
    Intent {
        /// The code as recorded.
        code: String,
    },
    /// The verification status, where it is not confirmed: `refuted`, `differential`, ...
    Verification {
        /// The code or the text as recorded.
        code: String,
    },
    /// The record asks that something is not done.
    DoNot,
    /// Entered in error.
    EnteredInError,
    /// Computed from a value that was entered in error.
    Unfounded,
    /// About somebody or something else than the patient (R4 `focus`), for example a fetus.
    Focus {
        /// Who or what, as recorded.
        whom: Option<String>,
    },
    /// Replaced by a later record.
    Superseded {
        /// The record that replaces it, as recorded.
        by: Option<String>,
        /// When that one was written, RFC 3339 or partial.
        at: Option<String>,
    },
    /// Its time is later than now.
    InFuture,
    /// R4 requires a status or intent, and there is none.
    Missing {
        /// The element: `status`, `intent`, ...
        element: String,
    },
    /// No longer in use (R4 `active` is false).
    Inactive,
    /// The patient has died.
    Deceased {
        /// When, RFC 3339 or partial, where that was recorded.
        at: Option<String>,
    },
    /// The dose of a vaccine was less than intended.
    Subpotent {
        /// The recorded reason.
        reason: Option<String>,
    },
    /// A patient record that has to do with another one.
    Linked {
        /// `replaces`, `refer` or `seealso`.
        code: Option<String>,
        /// The other record, as recorded.
        other: Option<String>,
    },
    /// A modifier element of a part of the record, or one without a mark of its own.
    Element {
        /// Its path: `activity.detail.doNotPerform`.
        element: String,
        /// What was recorded: words and codes.
        recorded: Vec<String>,
    },
    /// It has modifier elements that this program does not know.
    Unsafe {
        /// The names of these elements.
        elements: Vec<String>,
    },
}
