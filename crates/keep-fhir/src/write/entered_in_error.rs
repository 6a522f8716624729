//! Marking a record as entered in error.

use crate::compose::quoted;
use crate::{FhirError, Raw, remove, set, set_text};

/// Marks a record as entered in error; nothing else of it changes.
///
/// # Errors
/// [`FhirError::WrongType`] where the type has no such status.
pub fn mark_entered_in_error(raw: &Raw) -> Result<Raw, FhirError> {
    let system = match raw.resource_type().as_deref() {
        Some("Condition") => "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        Some("AllergyIntolerance") => "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
        _ if raw.node().member("status").is_some() => return set_text(raw, &["status".into()], "entered-in-error"),
        _ => return Err(FhirError::WrongType),
    };
    // FHIR invariants con-5 and ait-2: no clinical status with entered-in-error.
    let raw = remove(raw, &["clinicalStatus".into()])?;
    let concept = format!("{{\"coding\":[{{\"system\":{},\"code\":\"entered-in-error\"}}]}}", quoted(system));
    set(&raw, &["verificationStatus".into()], &concept)
}
