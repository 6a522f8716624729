//! Allergies and intolerances.

use super::record_state::RecordStateDto;
use serde::Serialize;
use ts_rs::TS;

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
    /// Recorded that there are none.
    NoneKnown {
        /// When, RFC 3339 or partial.
        recorded: Option<String>,
    },
    /// Nothing was recorded.
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
    /// Substance; `None` where it could not be read.
    pub substance: Option<String>,
    /// What happens, and how badly.
    pub reaction: ReactionDto,
    /// Whether it is of high criticality or severe.
    pub severe: bool,
    /// Recorded, RFC 3339 or partial.
    pub recorded: Option<String>,
    /// Sync state.
    pub record: RecordStateDto,
}

/// Reactions to one substance.
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
    /// Nothing was recorded.
    NotRecorded,
    /// Not downloaded or not readable.
    Unavailable,
}
