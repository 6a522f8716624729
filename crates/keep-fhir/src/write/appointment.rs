//! A patient who comes without an appointment gets one on arrival.

use super::resource;
use crate::Raw;
use crate::compose::{Composer, reference};
use keep_domain::{PatientId, ResourceId, ResourceKey, UtcMillis};

/// What the front desk knows of a walk-in.
#[derive(Debug, Clone)]
pub struct WalkIn {
    /// Who came.
    pub patient: PatientId,
    /// Whom they are to see, where that is decided.
    pub practitioner: Option<ResourceKey>,
    /// Where.
    pub location: Option<ResourceKey>,
    /// When they came.
    pub start: UtcMillis,
    /// When the slot ends.
    pub end: UtcMillis,
}

/// An Appointment of type walk-in whose patient has arrived (HL7 v2 table 0276, R4 `appointment.html`).
#[must_use]
pub fn walk_in(id: &ResourceId, facts: &WalkIn) -> Raw {
    let kind = crate::compose::concept(
        "http://terminology.hl7.org/CodeSystem/v2-0276",
        "WALKIN",
        "A previously unscheduled walk-in visit",
    );
    let patient = ResourceKey::new("Patient", facts.patient.clone());
    let actors = [Some(&patient), facts.practitioner.as_ref(), facts.location.as_ref()];
    let participants = actors
        .into_iter()
        .flatten()
        .map(|a| Composer::default().object("actor", reference(a)).text("status", "accepted"));
    resource("Appointment", id)
        .text("status", "arrived")
        .object("appointmentType", kind)
        .text("start", &facts.start.to_rfc3339())
        .text("end", &facts.end.to_rfc3339())
        .list("participant", participants)
        .into_raw()
}
