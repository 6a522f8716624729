//! What a record is, in a few words.

use crate::dto::chart::allergies::AbsenceDto;
use serde::Serialize;
use ts_rs::TS;

/// The title of a record.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum RecordTitleDto {
    /// As recorded.
    Recorded {
        /// The text.
        text: String,
    },
    /// An allergy record that says that there is none, without words of its own.
    NoAllergy {
        /// What it is about.
        absence: AbsenceDto,
    },
    /// A visit without a recorded type.
    Visit,
    /// Vital signs of one moment.
    VitalSigns,
    /// Observations of one moment that are not known vital signs.
    Observations,
    /// An appointment.
    Appointment,
    /// A record that says nothing of itself.
    Untitled {
        /// The FHIR type.
        resource_type: String,
    },
}
