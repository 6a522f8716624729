//! Problems and diagnoses.

use super::allergies::AbsenceDto;
use super::mark::MarkDto;
use super::record_state::RecordStateDto;
use super::value::ValueDto;
use serde::Serialize;
use ts_rs::TS;

/// One problem, or one statement that there is none.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProblemDto {
    /// The resource id.
    pub id: String,
    /// Text; `None` where it could not be read.
    pub text: Option<String>,
    /// Where it is listed.
    pub group: ProblemGroupDto,
    /// The statement that there is none; `None` for a problem.
    pub absence: Option<AbsenceDto>,
    /// What changes the meaning.
    pub marks: Vec<MarkDto>,
    /// The clinical status: R4's code, or else as recorded; `None` where none is recorded.
    pub status: Option<String>,
    /// Onset.
    pub onset: Option<ValueDto>,
    /// End.
    pub abatement: Option<ValueDto>,
    /// Recorded, RFC 3339 or partial.
    pub recorded: Option<String>,
    /// Severity.
    pub severity: Option<String>,
    /// Parts of the body.
    pub body_sites: Vec<String>,
    /// Stages and grades.
    pub stages: Vec<StageDto>,
    /// Symptoms and findings that support it.
    pub evidence: Vec<String>,
    /// Categories as recorded: `problem-list-item`, `encounter-diagnosis`, ...
    pub categories: Vec<String>,
    /// Notes as recorded.
    pub notes: Vec<String>,
    /// The recorded narrative, where it says more.
    pub narrative: Option<String>,
    /// Sync state.
    pub record: RecordStateDto,
}

/// Where a problem is listed.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProblemGroupDto {
    /// Current; also where the status is not understood.
    Active,
    /// Current, but suspected, provisional or one of several possible diagnoses.
    Unconfirmed,
    /// A statement that there is none, or no information.
    Statement,
    /// Inactive, in remission or resolved.
    Past,
    /// Refuted or entered in error.
    Void,
}

/// A stage or grade.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StageDto {
    /// The stage.
    pub summary: Option<String>,
    /// What kind of staging.
    pub kind: Option<String>,
}
