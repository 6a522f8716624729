//! Results: observations that are no vital signs, and reports.

use super::correction::CorrectionDto;
use super::flag::FlagDto;
use super::mark::MarkDto;
use super::record_state::RecordStateDto;
use super::value::{QuantityDto, ValueDto};
use serde::Serialize;
use ts_rs::TS;

/// One result.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultDto {
    /// The id of the Observation or DiagnosticReport.
    pub id: String,
    /// Whether it is a report, not a single result.
    pub is_report: bool,
    /// Test or report name; `None` where it could not be read.
    pub name: Option<String>,
    /// The value, as precise as recorded up to four decimals; `None` where there is none or none that counts.
    pub value: Option<ValueDto>,
    /// Flag.
    pub flag: Option<FlagDto>,
    /// Interpretations as recorded, where the flag does not say them.
    pub interpretation: Vec<String>,
    /// Reference ranges.
    pub ranges: Vec<RangeDto>,
    /// The parts of a panel.
    pub parts: Vec<ResultPartDto>,
    /// When, RFC 3339 or partial.
    #[serde(rename = "taken")]
    pub measured_at: Option<String>,
    /// The end of the period, RFC 3339 or partial.
    pub until: Option<String>,
    /// The report or panel it belongs to.
    pub panel: Option<String>,
    /// Ids of other Observations of the same measurement, which have no row of their own.
    pub same: Vec<String>,
    /// What else the record says.
    pub details: Vec<ResultDetailDto>,
    /// What changes its meaning.
    pub marks: Vec<MarkDto>,
    /// Whether the user may mark it as entered in error; `false` in the summary.
    pub may_mark_entered_in_error: bool,
    /// Of a record entered in error: who marked it, when and why.
    pub corrected: Option<CorrectionDto>,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One part of a panel.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultPartDto {
    /// Its name; `None` where it could not be read.
    pub name: Option<String>,
    /// The value.
    pub value: Option<ValueDto>,
    /// Flag.
    pub flag: Option<FlagDto>,
    /// Interpretations as recorded, where the flag does not say them.
    pub interpretation: Vec<String>,
    /// Reference ranges.
    pub ranges: Vec<RangeDto>,
}

/// One reference range.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct RangeDto {
    /// Lower limit.
    pub low: Option<QuantityDto>,
    /// Upper limit.
    pub high: Option<QuantityDto>,
    /// Its text.
    pub text: Option<String>,
    /// What it is a range of, where that is not the normal one: `treatment`, `recommended`, ...
    pub meaning: Option<String>,
    /// The populations that it applies to.
    pub applies_to: Vec<String>,
    /// The lowest age.
    pub age_from: Option<QuantityDto>,
    /// The highest age.
    pub age_to: Option<QuantityDto>,
}

/// Something else that a result or a report says.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultDetailDto {
    /// What it is.
    pub kind: ResultDetailKindDto,
    /// As recorded.
    pub text: String,
}

keep_domain::named_enum! {
    /// What a detail of a result is.
    #[derive(TS)]
    pub enum ResultDetailKindDto {
        /// The conclusion of a report.
        Conclusion = "conclusion",
        /// A coded conclusion.
        ConclusionCode = "conclusion_code",
        /// The text of a report.
        Text = "text",
        /// A file that is not shown here: its title or its type.
        File = "file",
        /// The narrative of the record.
        Narrative = "narrative",
        /// A comment.
        Note = "note",
        /// A comment on an image.
        Image = "image",
        /// Why there is no value.
        Absent = "absent",
        /// How it was measured.
        Method = "method",
        /// Where on the body.
        BodySite = "body_site",
        /// The specimen.
        Specimen = "specimen",
        /// The device.
        Device = "device",
        /// A member of a panel.
        Member = "member",
        /// Who interpreted the results.
        Interpreter = "interpreter",
    }
}

/// One window of results.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultsDto {
    /// Rows, newest first; fewer than requested where their texts are long.
    pub rows: Vec<ResultDto>,
    /// Number of results.
    pub total: u32,
}
