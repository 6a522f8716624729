//! What everyone who opens a chart should know: flags, and what must not be done.

use super::mark::MarkDto;
use serde::Serialize;
use ts_rs::TS;

/// A flag that is in force.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertDto {
    /// The text; `None` where it could not be read.
    pub text: Option<String>,
    /// The category that most needs attention.
    pub category: AlertCategoryDto,
    /// The categories as recorded.
    pub categories: Vec<String>,
    /// The last day or moment, RFC 3339 or partial.
    pub until: Option<String>,
    /// What changes the meaning.
    pub marks: Vec<MarkDto>,
}

/// The categories of R4, the one that most needs attention first.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, TS)]
#[serde(rename_all = "snake_case")]
pub enum AlertCategoryDto {
    /// The patient's will about treatment.
    AdvanceDirective,
    /// Safety of the patient or of others.
    Safety,
    /// Medicines.
    Drug,
    /// Behaviour.
    Behavioral,
    /// Infection; not a category of R4, but one that many systems have.
    Infection,
    /// Clinical.
    Clinical,
    /// Laboratory.
    Lab,
    /// Diet.
    Diet,
    /// Research.
    Research,
    /// Contact.
    Contact,
    /// Administration.
    Admin,
    /// None, or one that is not known.
    Other,
}

/// Something that must not be done.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoNotDto {
    /// Type/id of the record.
    pub reference: String,
    /// How it is said.
    pub kind: DoNotKindDto,
    /// The recorded words; `None` where they could not be read.
    pub text: Option<String>,
    /// When it was decided, RFC 3339 or partial.
    pub at: Option<String>,
    /// What changes the meaning.
    pub marks: Vec<MarkDto>,
}

/// How a record says that something must not be done.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum DoNotKindDto {
    /// The text names what must not be done.
    Perform,
    /// The text says that the patient is not to be resuscitated.
    Resuscitate,
}
