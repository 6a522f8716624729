//! Allergies and intolerances.

use super::mark::MarkDto;
use super::record_state::RecordStateDto;
use super::value::ValueDto;
use serde::Serialize;
use ts_rs::TS;

/// The allergy box: one state, never blank.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AllergiesDto {
    /// The statement as a whole.
    pub state: AllergyStateDto,
    /// Known and current, most severe first.
    pub current: Vec<AllergyDto>,
    /// Current statements that there is none, by class, or that it is not known.
    pub statements: Vec<AllergyDto>,
    /// Inactive and resolved.
    pub past: Vec<AllergyDto>,
    /// Refuted and entered in error.
    pub void: Vec<AllergyDto>,
    /// Whether there may be others that cannot be shown here.
    pub incomplete: bool,
}

/// What is known of a patient's allergies.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum AllergyStateDto {
    /// Some are known.
    Known,
    /// Recorded that none is known.
    NoneKnown,
    /// Recorded that none of some kinds is known; nothing about others.
    PartlyNoneKnown,
    /// Nothing was recorded.
    NotRecorded,
    /// Not downloaded, not readable or not visible to this role.
    Unavailable,
}

/// What a statement of absence is about.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceClassDto {
    /// Everything of its kind.
    Any,
    /// Drugs.
    Drug,
    /// Food.
    Food,
    /// The environment.
    Environment,
    /// Latex.
    Latex,
    /// Insects.
    Insect,
    /// Animals.
    Animal,
    /// A reaction to the substance that the words name.
    Substance,
    /// What the recorded words say.
    Other,
    /// Nothing: it was not asked or is not known.
    NoInformation,
}

/// A statement of absence in a few words.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct AbsenceDto {
    /// What it is about.
    pub class: AbsenceClassDto,
    /// The recorded words, where they say something else than the class.
    pub words: Option<String>,
}

/// One allergy or intolerance, or one statement that there is none.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AllergyDto {
    /// The resource id.
    pub id: String,
    /// Substance, or the recorded words of a statement; `None` where it could not be read.
    pub substance: Option<String>,
    /// The statement that there is none; `None` for an allergy.
    pub absence: Option<AbsenceDto>,
    /// What changes the meaning.
    pub marks: Vec<MarkDto>,
    /// What happens, and how badly.
    pub reaction: ReactionDto,
    /// Each recorded reaction.
    pub reactions: Vec<ReactionPartsDto>,
    /// Whether it is of high criticality or severe.
    pub severe: bool,
    /// `low`, `high`, `unable-to-assess`, as recorded.
    pub criticality: Option<String>,
    /// `allergy` or `intolerance`, as recorded.
    pub kind: Option<String>,
    /// `food`, `medication`, ... as recorded.
    pub categories: Vec<String>,
    /// Onset.
    pub onset: Option<ValueDto>,
    /// The last known reaction, RFC 3339 or partial.
    pub last_occurrence: Option<String>,
    /// Recorded, RFC 3339 or partial.
    pub recorded: Option<String>,
    /// Notes as recorded.
    pub notes: Vec<String>,
    /// The recorded narrative, where it says more.
    pub narrative: Option<String>,
    /// Sync state.
    pub record: RecordStateDto,
}

/// Reactions to one substance in a few words.
#[derive(Serialize, Clone, Default, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReactionDto {
    /// Manifestations as recorded.
    pub manifestations: Vec<String>,
    /// The worst severity, a code of FHIR's reaction-event-severity as recorded.
    pub severity: Option<String>,
    /// Whether the criticality is high.
    pub high_risk: bool,
}

/// One recorded reaction.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReactionPartsDto {
    /// Its substance, where that is another than the allergy's.
    pub substance: Option<String>,
    /// Manifestations as recorded.
    pub manifestations: Vec<String>,
    /// The event in words.
    pub description: Option<String>,
    /// When it began, RFC 3339 or partial.
    pub onset: Option<String>,
    /// Severity, as recorded.
    pub severity: Option<String>,
    /// Route of exposure.
    pub route: Option<String>,
    /// Notes as recorded.
    pub notes: Vec<String>,
}

/// The allergies of one patient in a line of a list.
#[derive(Serialize, Clone, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SafetyDto {
    /// There are known allergies.
    Known {
        /// The most severe; `None` where its substance could not be read.
        substance: Option<String>,
        /// Its reactions.
        reaction: ReactionDto,
        /// Number of further known allergies.
        more: u32,
        /// Whether there may be others that cannot be shown here.
        incomplete: bool,
    },
    /// Recorded that there are none.
    NoneKnown,
    /// Recorded that there are none of some kinds.
    PartlyNoneKnown {
        /// Of which.
        none: Vec<AbsenceDto>,
    },
    /// Nothing was recorded.
    NotRecorded,
    /// Not downloaded or not readable.
    Unavailable,
}

/// The allergies of one patient in the banner: all of them.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct BannerAllergiesDto {
    /// The statement as a whole.
    pub state: AllergyStateDto,
    /// The known and current ones, most severe first.
    pub list: Vec<BannerAllergyDto>,
    /// What was recorded as absent.
    pub none: Vec<AbsenceDto>,
    /// Whether there may be others that cannot be shown here.
    pub incomplete: bool,
}

/// One allergy in the banner.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct BannerAllergyDto {
    /// Substance; `None` where it could not be read.
    pub substance: Option<String>,
    /// Whether it is of high criticality or severe.
    pub severe: bool,
    /// What changes the meaning.
    pub marks: Vec<MarkDto>,
}
