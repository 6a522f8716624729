//! New resources and the few changes that the client makes, as raw text.

mod appointment;
mod encounter;
mod entered_in_error;
mod note;
mod provenance;
mod vitals;

pub use appointment::{AppointmentStatus, set_appointment_status, set_arrival};
pub use encounter::{EncounterStart, start_encounter};
pub use entered_in_error::mark_entered_in_error;
pub use note::{NoteDraft, note};
pub use provenance::{Activity, ProvenanceFacts, provenance};
pub use vitals::{
    BloodPressure, News2Score, blood_pressure, consciousness, news2_score, supplemental_oxygen, vital_sign,
};

use crate::compose::{Composer, reference};
use keep_domain::{PatientId, ResourceId, ResourceKey, UtcMillis};

/// Who recorded what about whom, when and where: the part that all new clinical resources share.
#[derive(Debug, Clone)]
pub struct EntryContext {
    /// Whose record.
    pub patient: PatientId,
    /// The visit, where there is one.
    pub encounter: Option<ResourceKey>,
    /// Who recorded it, as a rule a Practitioner.
    pub author: ResourceKey,
    /// When it was true of the patient.
    pub effective: UtcMillis,
    /// When it was entered.
    pub recorded: UtcMillis,
}

impl EntryContext {
    fn subject(&self) -> Composer {
        reference(&ResourceKey::new("Patient", self.patient.clone()))
    }

    fn visit(&self) -> Option<Composer> {
        self.encounter.as_ref().map(reference)
    }
}

fn resource(resource_type: &str, id: &ResourceId) -> Composer {
    Composer::resource(resource_type, id.as_str())
}

#[cfg(test)]
mod tests;
