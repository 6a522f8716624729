//! The status of an appointment and the arrival of its patient.

use crate::compose::Composer;
use crate::{FhirError, Node, Raw, Step, remove, set, set_text};
use keep_domain::{PatientId, UtcMillis};

/// Whether the patient of an appointment has arrived (R4, `valueset-appointmentstatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppointmentStatus {
    /// The patient is expected.
    Booked,
    /// The patient is here.
    Arrived,
}

impl AppointmentStatus {
    /// The FHIR code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Arrived => "arrived",
        }
    }
}

/// The same appointment with another status.
///
/// # Errors
/// [`FhirError::WrongType`] for anything but an Appointment.
pub fn set_appointment_status(raw: &Raw, status: AppointmentStatus) -> Result<Raw, FhirError> {
    if raw.resource_type().as_deref() != Some("Appointment") {
        return Err(FhirError::WrongType);
    }
    set_text(raw, &["status".into()], status.code())
}

/// Records when the patient arrived as the start of their own participation, or removes it.
///
/// # Errors
/// [`FhirError::NoSuchPath`] where the participant is not an object.
pub fn set_arrival(raw: &Raw, patient: &PatientId, at: Option<UtcMillis>) -> Result<Raw, FhirError> {
    let own = format!("Patient/{patient}");
    let mut participants = raw.node().member("participant").into_iter().flat_map(Node::items);
    let is_own = |p: Node<'_>| p.at(&["actor", "reference"]).and_then(Node::text).is_some_and(|r| r == own);
    let Some(item) = participants.position(is_own) else { return Ok(raw.clone()) };
    let path = [Step::Member("participant"), Step::Item(item), Step::Member("period")];
    match at {
        Some(at) => set(raw, &path, Composer::default().text("start", &at.to_rfc3339()).into_raw().as_str()),
        None => remove(raw, &path),
    }
}
