//! Everything in order of time.

use super::allergies::ReactionDto;
use super::correction::CorrectionDto;
use super::detail::DetailDto;
use super::dosage::DosageDto;
use super::mark::MarkDto;
use super::record_state::RecordStateDto;
use crate::dto::record_title::RecordTitleDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One window of the timeline.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineDto {
    /// Rows, newest first.
    pub rows: Vec<TimelineRowDto>,
    /// Number of lines.
    pub total: u32,
}

/// One line of the timeline.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineRowDto {
    /// Type/id.
    pub reference: String,
    /// The other records of a line of several, Type/id.
    pub others: Vec<String>,
    /// Kind of entry.
    pub kind: TimelineKindDto,
    /// When, RFC 3339 or partial.
    pub at: Option<String>,
    /// What it is.
    pub title: RecordTitleDto,
    /// What it says.
    pub detail: Option<TimelineDetailDto>,
    /// The values of the detail as recorded, where these differ from what is shown.
    pub recorded: Option<String>,
    /// Whether the record could not be read.
    pub unreadable: bool,
    /// What changes its meaning.
    pub marks: Vec<MarkDto>,
    /// Whether the user may mark it as entered in error; a line of several records is not marked as one.
    pub may_mark_entered_in_error: bool,
    /// Of a record entered in error: who marked it, when and why.
    pub corrected: Option<CorrectionDto>,
    /// Sync state.
    pub record: RecordStateDto,
}

/// `chart_record`: one record in full.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordRequestDto {
    /// The Patient id.
    pub patient: String,
    /// Type/id.
    pub reference: String,
    /// Which part of its elements, from 0.
    pub part: u32,
}

/// One record in full.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordDto {
    /// Its line.
    pub row: TimelineRowDto,
    /// The elements of the part that was requested; empty where the record could not be read or is masked.
    pub details: Vec<DetailDto>,
    /// The number of parts that its elements come in; more than one where it is too long for one reply.
    pub parts: u32,
}

/// Kind of a line.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKindDto {
    /// Visit.
    Encounter,
    /// Note or document.
    Note,
    /// Laboratory result.
    Result,
    /// Vital signs.
    Vitals,
    /// Medicine.
    Medicine,
    /// Problem.
    Problem,
    /// Allergy.
    Allergy,
    /// Procedure.
    Procedure,
    /// Immunisation.
    Immunisation,
    /// Diagnostic report.
    Report,
    /// Anything else.
    Other,
}

/// What a line says.
#[derive(Serialize, Clone, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimelineDetailDto {
    /// Recorded values, words or codes.
    Text {
        /// The text.
        text: String,
    },
    /// Reactions of an allergy.
    Reaction {
        /// The reactions.
        reaction: ReactionDto,
    },
    /// Instructions of a medicine.
    Dosages {
        /// The instructions.
        dosages: Vec<DosageDto>,
    },
    /// Number of results of a report.
    Results {
        /// The number.
        count: u32,
    },
}
