//! Opening and closing a visit.

use super::resource;
use crate::compose::{Composer, reference};
use crate::{FhirError, Raw, set, set_text};
use keep_domain::{PatientId, ResourceId, ResourceKey, UtcMillis};

/// What is known when a visit is opened.
#[derive(Debug, Clone)]
pub struct EncounterStart {
    /// Whose visit.
    pub patient: PatientId,
    /// Who opened it.
    pub practitioner: ResourceKey,
    /// When.
    pub start: UtcMillis,
    /// The appointment that it came from.
    pub appointment: Option<ResourceKey>,
    /// Where.
    pub location: Option<ResourceKey>,
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
        .list("appointment", facts.appointment.as_ref().map(reference))
        .object("period", Composer::default().text("start", &facts.start.to_rfc3339()))
        .list("location", facts.location.as_ref().map(|l| Composer::default().object("location", reference(l))))
        .into_raw()
}

/// The same visit, finished at `end`.
///
/// # Errors
/// [`FhirError::WrongType`] for anything but an Encounter.
pub fn finish_encounter(raw: &Raw, end: UtcMillis) -> Result<Raw, FhirError> {
    if raw.resource_type().as_deref() != Some("Encounter") {
        return Err(FhirError::WrongType);
    }
    let raw = set_text(raw, &["status".into()], "finished")?;
    set(&raw, &["period".into(), "end".into()], &crate::compose::quoted(&end.to_rfc3339()))
}
