//! A patient's chart, as the role may see it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `open_chart`: banner and summary. Longer lists come by window.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChartDto {
    /// Who.
    pub banner: BannerDto,
    /// Tabs that this role may open, in order: summary, timeline, notes, results, vitals, medicines, problems, allergies, immunisations.
    pub tabs: Vec<String>,
    /// Exactly one of the four allergy states.
    pub allergies: AllergiesDto,
    /// Problems, active first.
    pub problems: Vec<ProblemDto>,
    /// Medicines, current first.
    pub medicines: Vec<MedicineDto>,
    /// One row per vital sign with its series.
    pub vitals: Vec<VitalSeriesDto>,
    /// The most recent results worth knowing.
    pub results: Vec<ResultDto>,
    /// The latest signed note.
    pub last_note: Option<NoteDto>,
    /// Immunisations.
    pub immunisations: Vec<ImmunisationDto>,
    /// What is complete as of when.
    pub completeness: CompletenessDto,
    /// Records that could not be read, by type.
    pub unreadable: Vec<UnreadableDto>,
    /// This user's draft of this patient, if any.
    pub drafts: Vec<DraftDto>,
}

/// Patient identification (NHS CUI): shown on every patient screen and form.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct BannerDto {
    /// The Patient id.
    pub patient: String,
    /// FAMILY in capitals.
    pub family: String,
    /// Given names.
    pub given: String,
    /// Preferred name, if another.
    pub preferred: String,
    /// Initials.
    pub initials: String,
    /// Birth date, ISO, possibly partial; empty when unknown.
    pub birth_date: String,
    /// Age as text.
    pub age: String,
    /// `female`, `male`, `other`, `unknown`.
    pub sex: String,
    /// What kind of number, for example "Clinic no.".
    pub number_label: String,
    /// The number.
    pub number: String,
    /// Phone.
    pub phone: String,
    /// Language and interpreter, or empty.
    pub language: String,
    /// Date of death, if known to have died.
    pub deceased: Option<String>,
    /// What flags say that this role may read.
    pub flags: Vec<String>,
    /// Whether there is an alert whose text this role does not see.
    pub alert: bool,
    /// Address in one line.
    pub address: String,
}

/// Where a record stands with the server.
#[derive(Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordStateDto {
    /// As the server has it.
    Synced,
    /// Not on the server yet.
    Pending,
    /// The server has another version; needs a decision.
    Conflict,
    /// The server refused it.
    Rejected,
}

/// The allergy box: one state, never blank.
#[derive(Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AllergiesDto {
    /// Listed.
    Known {
        /// The list, most severe first.
        list: Vec<AllergyDto>,
        /// Whether there may be others that cannot be shown here.
        incomplete: bool,
    },
    /// Somebody recorded that there are none.
    NoneKnown {
        /// When, RFC 3339 or empty.
        recorded: String,
    },
    /// Nobody recorded anything.
    NotRecorded,
    /// Not downloaded, or not visible to this role.
    Unavailable,
}

/// One allergy or intolerance.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AllergyDto {
    /// The resource id.
    pub id: String,
    /// Substance.
    pub substance: String,
    /// Reaction and severity as text.
    pub reaction: String,
    /// Whether it is of high criticality or severe.
    pub severe: bool,
    /// Recorded, RFC 3339 or partial date.
    pub recorded: String,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One problem.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProblemDto {
    /// The resource id.
    pub id: String,
    /// Text.
    pub text: String,
    /// Active, or resolved and so on.
    pub active: bool,
    /// The clinical status code.
    pub status: String,
    /// Onset, partial ISO date or empty.
    pub since: String,
    /// End, partial ISO date or empty.
    pub until: String,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One medicine, formatted by the one formatter.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MedicineDto {
    /// The resource id.
    pub id: String,
    /// Generic name with Tall Man letters.
    pub name: String,
    /// Strength and form.
    pub product: String,
    /// Dose and route as text.
    pub dosage: String,
    /// Whether it is current.
    pub active: bool,
    /// The status code.
    pub status: String,
    /// Started, ISO.
    pub since: String,
    /// Its age as text.
    pub age: String,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One vital sign over time.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalSeriesDto {
    /// The catalogue's key, for example `systolic`.
    pub key: String,
    /// Label.
    pub label: String,
    /// Unit as displayed.
    pub unit: String,
    /// The latest value as text, rounded to what is worth reading.
    pub value: String,
    /// The latest value with its unit as recorded, where that is not what is shown; else empty.
    pub recorded: String,
    /// `""`, `L`, `H`, `LL`, `HH`.
    pub flag: String,
    /// When the latest was taken.
    pub taken: String,
    /// Its age as text, for example "today", "3 w".
    pub age: String,
    /// Reference range, lowest normal.
    pub low: Option<f64>,
    /// Reference range, highest normal.
    pub high: Option<f64>,
    /// The points, oldest first, at most 200.
    pub points: Vec<VitalPointDto>,
}

/// One point of a series.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VitalPointDto {
    /// The Observation's id.
    pub id: String,
    /// When, milliseconds since the epoch, UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// The value, for drawing only; never rounded.
    pub value: f64,
    /// The value as text, for reading; rounded to what is worth reading.
    pub text: String,
    /// The value with its unit as recorded, where that is not what is shown; else empty.
    pub recorded: String,
    /// Flag as above.
    pub flag: String,
    /// Whether the signed-in person may mark it as entered in error.
    pub may_mark_entered_in_error: bool,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One result.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultDto {
    /// The Observation's id.
    pub id: String,
    /// Test name.
    pub name: String,
    /// Value with unit as text, as precise as recorded up to four decimals.
    pub value: String,
    /// The value as recorded, where that is not what is shown; else empty.
    pub recorded: String,
    /// Flag.
    pub flag: String,
    /// Reference range as text.
    pub range: String,
    /// When, RFC 3339 or partial.
    pub taken: String,
    /// The report or panel it belongs to, or empty.
    pub panel: String,
    /// Status code.
    pub status: String,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One immunisation.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImmunisationDto {
    /// The resource id.
    pub id: String,
    /// Vaccine.
    pub vaccine: String,
    /// When.
    pub given: String,
    /// Status code.
    pub status: String,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One note.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteDto {
    /// The resource id.
    pub id: String,
    /// Kind, for example "Progress note".
    pub kind: String,
    /// Author's display name; empty where nothing names them.
    pub author: String,
    /// Signed or written, RFC 3339.
    pub written: String,
    /// `draft`, `signed`, `amended`, `entered_in_error`.
    pub status: String,
    /// The text.
    pub text: String,
    /// Whether the signed-in person may mark it as entered in error.
    pub may_mark_entered_in_error: bool,
    /// Sync state.
    pub record: RecordStateDto,
}

/// `chart_window`: one tab's list by window.
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

/// One window of the timeline.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineDto {
    /// Rows, newest first.
    pub rows: Vec<TimelineRowDto>,
    /// How many there are.
    pub total: u32,
}

/// One line of the timeline.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineRowDto {
    /// Type/id.
    pub reference: String,
    /// `encounter`, `note`, `result`, `vitals`, `medicine`, `problem`, `allergy`, `procedure`, `immunisation`, `report`, `other`.
    pub kind: String,
    /// When, RFC 3339 or partial.
    pub at: String,
    /// What.
    pub title: String,
    /// More, or empty.
    pub detail: String,
    /// The values of the detail as recorded, where that is not what is shown; else empty.
    pub recorded: String,
    /// Whether the record could not be read.
    pub unreadable: bool,
    /// Whether it was entered in error; shown crossed out.
    pub entered_in_error: bool,
    /// Sync state.
    pub record: RecordStateDto,
}

/// One window of results.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultsDto {
    /// Rows, newest first.
    pub rows: Vec<ResultDto>,
    /// How many there are.
    pub total: u32,
}

/// One window of notes.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NotesDto {
    /// Rows, newest first.
    pub rows: Vec<NoteDto>,
    /// How many there are.
    pub total: u32,
}

/// What was completely downloaded, and when.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompletenessDto {
    /// The oldest "complete as of" of the types shown, RFC 3339 or empty.
    pub as_of: String,
    /// Types whose first download has not finished.
    pub missing: Vec<String>,
    /// Whether a part of the records is damaged, older than it should be or being downloaded again, so that no list
    /// may say that there is nothing more.
    pub partial: bool,
}

/// Records that could not be read.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnreadableDto {
    /// The FHIR type, or "unknown".
    pub resource_type: String,
    /// How many.
    pub count: u32,
}

/// A draft kept for this user.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftDto {
    /// The draft id.
    pub draft: String,
    /// `vitals` or `note`.
    pub kind: String,
    /// The Patient id.
    pub patient: String,
    /// The patient's name, for lists.
    pub patient_name: String,
    /// The form's content, a JSON object owned by the interface.
    pub content: String,
    /// Last kept, RFC 3339.
    pub kept: String,
}
