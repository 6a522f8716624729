//! Recording a visit: vitals and notes.

use keep_domain::{Consciousness, News2Parameter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Vitals as typed. Values are text, so that what was entered is what is stored; an empty field was not taken.
#[derive(Default, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalsDto {
    /// The Patient id.
    pub patient: String,
    /// When taken, RFC 3339; `None` = now.
    #[serde(rename = "taken")]
    pub measured_at: Option<String>,
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
    /// On supplemental oxygen (NEWS2); `None` where that was not answered.
    pub oxygen: Option<bool>,
    /// Hypercapnic scale 2 (NEWS2).
    pub scale2: bool,
    /// Why scale 2 applies.
    pub scale2_reason: Option<String>,
    /// Whether the patient is pregnant; `None` where that was not answered.
    pub pregnant: Option<bool>,
    /// Level of consciousness, if assessed.
    pub consciousness: Option<Consciousness>,
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
    /// Clinical risk of the total.
    pub news2_risk: Option<News2RiskDto>,
    /// The scores of the parameters that were measured.
    pub news2_parts: Vec<News2PartDto>,
    /// The response that is asked for; of an incomplete set only where one is certain.
    pub news2_response: Option<News2ResponseDto>,
    /// Fields that NEWS2 still needs.
    pub news2_missing: Vec<News2Parameter>,
    /// Why there is no NEWS2 for this patient.
    pub news2_unavailable: Option<News2UnavailableDto>,
    /// BMI as text with unit.
    pub bmi: Option<String>,
}

/// One finding.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalFindingDto {
    /// The field.
    pub field: VitalsFieldDto,
    /// How serious it is.
    pub grade: FindingGradeDto,
    /// Lowest acceptable or normal value, as text.
    pub low: Option<String>,
    /// Highest acceptable or normal value, as text.
    pub high: Option<String>,
    /// Where a normal range comes from, where it is not that of adults.
    pub source: Option<String>,
}

keep_domain::named_enum! {
    /// The fields of the form that take a number.
    #[derive(TS)]
    pub enum VitalsFieldDto {
        /// mmHg.
        Systolic = "systolic",
        /// mmHg.
        Diastolic = "diastolic",
        /// Per minute.
        Pulse = "pulse",
        /// Degrees Celsius.
        Temperature = "temperature",
        /// Per minute.
        Respiration = "respiration",
        /// Per cent.
        Spo2 = "spo2",
        /// kg.
        Weight = "weight",
        /// cm.
        Height = "height",
    }
}

/// Grade of a finding.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum FindingGradeDto {
    /// Blocks saving.
    NotANumber,
    /// Blocks saving.
    Impossible,
    /// Needs confirmation.
    Improbable,
    /// Informs.
    Abnormal,
}

/// Clinical risk of a NEWS2 total (RCP 2017, chart 2).
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum News2RiskDto {
    /// 0 to 4.
    Low,
    /// 3 in a single parameter.
    LowMedium,
    /// 5 or 6.
    Medium,
    /// 7 and more.
    High,
}

/// The score of one parameter.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct News2PartDto {
    /// The parameter.
    pub field: News2Parameter,
    /// 0 to 3.
    pub score: u32,
}

/// The response that NEWS2 asks for (RCP 2017, chart 4).
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum News2ResponseDto {
    /// 0.
    Routine,
    /// 1 to 4.
    Assess,
    /// 3 in a single parameter.
    UrgentReview,
    /// 5 or 6.
    Urgent,
    /// 7 and more.
    Emergency,
}

/// Why there is no NEWS2.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum News2UnavailableDto {
    /// Below 16 years.
    Child,
    /// Without a birth date.
    AgeUnknown,
    /// In pregnancy.
    Pregnant,
    /// Scale 2 without a reason.
    Scale2Reason,
}

/// What was saved.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedDto {
    /// The change set's sequence, the acknowledgement.
    pub change_set: u64,
    /// The resources, as Type/id.
    pub resources: Vec<String>,
    /// Whether a visit was opened for it.
    pub visit_started: bool,
}

/// `sign_note`: signs a note and saves it.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignNoteDto {
    /// The Patient id.
    pub patient: String,
    /// The kind.
    pub kind: NoteKindDto,
    /// The text.
    pub text: String,
    /// The draft that this ends, if any.
    pub draft: Option<String>,
}

/// Kinds of note that can be written.
#[derive(Debug, Serialize, Deserialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteKindDto {
    /// Progress note.
    Progress,
    /// Nursing note.
    Nursing,
    /// Consult note.
    Consult,
    /// Discharge summary.
    Discharge,
    /// History and physical note.
    History,
}

/// `undo_entered_in_error`: undoes a marking that was not sent.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UndoEnteredInErrorDto {
    /// Type/id.
    pub reference: String,
    /// The Patient id.
    pub patient: String,
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
