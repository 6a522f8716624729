//! Drafts of forms, saved while the user types.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

keep_domain::named_enum! {
    /// The form that a draft belongs to.
    #[derive(TS)]
    pub enum DraftKindDto {
        /// Vital signs.
        Vitals = "vitals",
        /// A note.
        Note = "note",
    }
}

/// `drafts`: one saved draft of this user.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftDto {
    /// The draft id.
    pub draft: String,
    /// The form.
    pub kind: DraftKindDto,
    /// The Patient id.
    pub patient: String,
    /// The patient's name, where it could be read.
    pub patient_name: Option<String>,
    /// The form's content, a JSON object owned by the page.
    pub content: String,
    /// Last saved, RFC 3339.
    pub saved: String,
}

/// `save_draft`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveDraftDto {
    /// The draft id; without one a new draft is made.
    pub draft: Option<String>,
    /// The form.
    pub kind: DraftKindDto,
    /// The Patient id.
    pub patient: String,
    /// The form's content, a JSON object owned by the page; at most 64 kB.
    pub content: String,
}

/// The draft that was saved.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftSavedDto {
    /// The draft id.
    pub draft: String,
    /// When, RFC 3339.
    pub saved: String,
}
