//! A patient's chart, as the role may see it.

pub mod alerts;
pub mod allergies;
pub mod banner;
pub mod correction;
pub mod detail;
pub mod document;
pub mod dosage;
pub mod flag;
pub mod immunisations;
pub mod mark;
pub mod medicines;
pub mod notes;
pub mod problems;
pub mod record_state;
pub mod results;
pub mod timeline;
pub mod value;
pub mod vitals;

use crate::dto::draft::DraftDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `open_chart`: banner and summary. Longer lists come by window.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChartDto {
    /// Patient identification.
    pub banner: banner::BannerDto,
    /// Tabs that this role may open, in order.
    pub tabs: Vec<ChartTabDto>,
    /// The number of records in each tab that has any, of all that this role may open and that carry no security label.
    pub counts: Vec<TabCountDto>,
    /// Exactly one of the five allergy states.
    pub allergies: allergies::AllergiesDto,
    /// Problems by group.
    pub problems: Vec<problems::ProblemDto>,
    /// Medicines, current first.
    pub medicines: Vec<medicines::MedicineDto>,
    /// One row per vital sign with its series.
    pub vitals: Vec<vitals::VitalSeriesDto>,
    /// Recent and abnormal results.
    pub results: Vec<results::ResultDto>,
    /// The latest signed note.
    pub last_note: Option<notes::NoteDto>,
    /// Immunisations.
    pub immunisations: Vec<immunisations::ImmunisationDto>,
    /// Those of the allergies, problems, medicines and immunisations that the user may correct or that were corrected.
    pub correctable: Vec<correction::CorrectableDto>,
    /// The lists of this reply that are longer than what is shown of them.
    pub cut: Vec<CutListDto>,
    /// What was completely downloaded, and when.
    pub completeness: DownloadCompletenessDto,
    /// Records that could not be read, by type.
    pub unreadable: Vec<UnreadableDto>,
    /// This user's drafts of this patient.
    pub drafts: Vec<DraftDto>,
}

/// The tabs of a chart, in order.
#[derive(Debug, Serialize, Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChartTabDto {
    /// Always there.
    Summary,
    /// Everything in order of time.
    Timeline,
    /// Notes.
    Notes,
    /// Laboratory results.
    Results,
    /// Vital signs.
    Vitals,
    /// Medicines.
    Medicines,
    /// Problems.
    Problems,
    /// Allergies.
    Allergies,
    /// Immunisations.
    Immunisations,
    /// Visits, stays and appointments.
    Visits,
    /// Diagnostic reports, images and specimens.
    Reports,
    /// Orders and requests.
    Orders,
    /// Procedures.
    Procedures,
    /// Care plans, goals and care teams.
    CarePlans,
    /// Devices and their use.
    Devices,
    /// Family history.
    FamilyHistory,
    /// Every other record of the patient.
    Other,
}

/// A list that is longer than what is shown of it; all its records are in the timeline.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct CutListDto {
    /// The tab of the list.
    pub tab: ChartTabDto,
    /// Number of rows shown.
    pub shown: u32,
    /// Number of rows.
    pub total: u32,
}

/// The number of records in a tab.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TabCountDto {
    /// The tab.
    pub tab: ChartTabDto,
    /// The number.
    pub count: u32,
}

/// `chart_timeline`: the records of one tab, or of the whole timeline, by window.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineWindowDto {
    /// The tab; `None` for the timeline.
    pub tab: Option<ChartTabDto>,
    /// Whose records, and which rows.
    #[serde(flatten)]
    pub window: WindowDto,
}

/// `chart_results`, `chart_notes`: one tab's list by window.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WindowDto {
    /// The Patient id.
    pub patient: String,
    /// First row.
    pub offset: u32,
    /// Rows, at most 200.
    pub limit: u32,
}

/// What was completely downloaded, and when.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DownloadCompletenessDto {
    /// The oldest "complete as of" of the types shown, RFC 3339.
    pub as_of: Option<String>,
    /// Types whose first download has not finished.
    pub missing: Vec<String>,
    /// Types that cannot be had: the server does not have them or refuses them to this user.
    pub unavailable: Vec<String>,
    /// Types that the server could not deliver so far, though it should.
    pub failed: Vec<String>,
    /// Whether a part of the records is damaged, older than it should be or being downloaded again, so that no list
    /// may say that there is nothing more.
    pub partial: bool,
}

/// Records that could not be read.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnreadableDto {
    /// The FHIR type, where that much could be read.
    pub resource_type: Option<String>,
    /// Number of records.
    pub count: u32,
}
