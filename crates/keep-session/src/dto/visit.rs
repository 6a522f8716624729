//! Recording a visit: vitals and notes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Vitals as typed. Values are text, so that what was entered is what is stored; empty = not taken.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalsDto {
    /// The Patient id.
    pub patient: String,
    /// When taken, RFC 3339; empty = now.
    pub taken: String,
    /// mmHg.
    pub systolic: String,
    /// mmHg.
    pub diastolic: String,
    /// Per minute.
    pub pulse: String,
    /// Degrees Celsius.
    pub temperature: String,
    /// Per minute.
    pub respiration: String,
    /// Per cent.
    pub spo2: String,
    /// kg.
    pub weight: String,
    /// cm.
    pub height: String,
    /// On supplemental oxygen (NEWS2).
    pub oxygen: bool,
    /// Hypercapnic scale 2 (NEWS2).
    pub scale2: bool,
    /// `alert`, `confusion`, `voice`, `pain`, `unresponsive`, or empty.
    pub consciousness: String,
    /// The user has confirmed improbable values.
    pub confirmed: bool,
    /// The draft that this ends, if any.
    pub draft: Option<String>,
}

/// `check_vitals`: what the values mean so far.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalsCheckDto {
    /// Per field: what is wrong or unusual.
    pub findings: Vec<VitalFindingDto>,
    /// NEWS2 total, once all parts are there.
    pub news2: Option<u32>,
    /// `low`, `low_medium`, `medium`, `high`; empty without a total.
    pub news2_risk: String,
    /// Field names that NEWS2 still needs.
    pub news2_missing: Vec<String>,
    /// BMI as text with unit, or empty.
    pub bmi: String,
}

/// One finding.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalFindingDto {
    /// The field.
    pub field: String,
    /// `impossible` blocks, `improbable` wants confirmation, `abnormal` informs, `not_a_number` blocks.
    pub grade: String,
    /// Lowest acceptable or normal value, as text.
    pub low: String,
    /// Highest acceptable or normal value, as text.
    pub high: String,
}

/// What was saved.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedDto {
    /// The change set's sequence, the acknowledgement.
    #[ts(type = "number")]
    pub change_set: u64,
    /// The resources, as Type/id.
    pub resources: Vec<String>,
    /// Whether a visit was opened for it.
    pub visit_started: bool,
}

/// `save_draft`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveDraftDto {
    /// The draft id; empty makes one.
    pub draft: String,
    /// `vitals` or `note`.
    pub kind: String,
    /// The Patient id.
    pub patient: String,
    /// The form's content, a JSON object owned by the interface; at most 64 kB.
    pub content: String,
}

/// What was kept.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftKeptDto {
    /// The draft id.
    pub draft: String,
    /// When, RFC 3339.
    pub kept: String,
}

/// `sign_note`: signs a note and saves it.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignNoteDto {
    /// The Patient id.
    pub patient: String,
    /// The kind, for example `progress`, `nursing`.
    pub kind: String,
    /// The text.
    pub text: String,
    /// The draft that this ends, if any.
    pub draft: Option<String>,
}

/// `mark_entered_in_error`: marks a record as entered in error.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MarkEnteredInErrorDto {
    /// Type/id.
    pub reference: String,
    /// The Patient id.
    pub patient: String,
    /// Why, in words.
    pub reason: String,
}
