//! Small changes of existing resources, by span, so that nothing else of them moves.

use crate::compose::quoted;
use crate::{FhirError, Raw, remove, set, set_text};
use keep_domain::UtcMillis;

/// Strikes a record out as entered in error; it stays and stays readable.
///
/// # Errors
/// [`FhirError::WrongType`] where the type has no such state.
pub fn strike(raw: &Raw) -> Result<Raw, FhirError> {
    let system = match raw.resource_type().as_deref() {
        Some("Condition") => "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        Some("AllergyIntolerance") => "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
        _ if raw.node().member("status").is_some() => return set_text(raw, &["status".into()], "entered-in-error"),
        _ => return Err(FhirError::WrongType),
    };
    // Invariants con-5 and ait-2: no clinical status beside entered-in-error.
    let raw = remove(raw, &["clinicalStatus".into()])?;
    let concept = format!("{{\"coding\":[{{\"system\":{},\"code\":\"entered-in-error\"}}]}}", quoted(system));
    set(&raw, &["verificationStatus".into()], &concept)
}

/// Corrects the time of an observation and marks it as amended.
///
/// # Errors
/// [`FhirError::WrongType`] for anything but an Observation.
pub fn amend_time(raw: &Raw, effective: UtcMillis) -> Result<Raw, FhirError> {
    if raw.resource_type().as_deref() != Some("Observation") {
        return Err(FhirError::WrongType);
    }
    let mut raw = set_text(raw, &["status".into()], "amended")?;
    for other in ["effectivePeriod", "effectiveInstant", "effectiveTiming"] {
        raw = remove(&raw, &[other.into()])?;
    }
    set_text(&raw, &["effectiveDateTime".into()], &effective.to_rfc3339())
}

/// Where an appointment is on its day (R4, `valueset-appointmentstatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppointmentStatus {
    /// Planned.
    Booked,
    /// The patient is here.
    Arrived,
    /// The patient is here and the desk has done its part.
    CheckedIn,
    /// Done.
    Fulfilled,
    /// Cancelled.
    Cancelled,
    /// The patient did not come.
    NoShow,
}

impl AppointmentStatus {
    /// The FHIR code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Arrived => "arrived",
            Self::CheckedIn => "checked-in",
            Self::Fulfilled => "fulfilled",
            Self::Cancelled => "cancelled",
            Self::NoShow => "noshow",
        }
    }
}

/// The same appointment in another state.
///
/// # Errors
/// [`FhirError::WrongType`] for anything but an Appointment.
pub fn set_appointment_status(raw: &Raw, status: AppointmentStatus) -> Result<Raw, FhirError> {
    if raw.resource_type().as_deref() != Some("Appointment") {
        return Err(FhirError::WrongType);
    }
    set_text(raw, &["status".into()], status.code())
}
