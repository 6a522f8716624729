//! Opening a visit.

use super::context::resource;
use crate::Raw;
use crate::compose::{Composer, reference};
use keep_domain::{PatientId, ResourceId, ResourceKey, UtcMillis};

/// A visit that is being opened.
#[derive(Debug, Clone)]
pub struct EncounterStart {
    /// The patient.
    pub patient: PatientId,
    /// The member of staff who opened it.
    pub practitioner: ResourceKey,
    /// The time of its start.
    pub start: UtcMillis,
}

/// An ambulatory visit in progress.
#[must_use]
pub fn start_encounter(id: &ResourceId, facts: &EncounterStart) -> Raw {
    let class = Composer::default()
        .text("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode")
        .text("code", "AMB")
        .text("display", "ambulatory");
    resource("Encounter", id)
        .text("status", "in-progress")
        .object("class", class)
        .object("subject", reference(&ResourceKey::new("Patient", facts.patient.clone())))
        .list("participant", [Composer::default().object("individual", reference(&facts.practitioner))])
        .object("period", Composer::default().text("start", &facts.start.to_rfc3339()))
        .into_raw()
}
