//! Appointments of the day list.

use super::reader::{Reader, link, member_owned};
use super::{Concept, Link, When};
use crate::compose::quoted;
use crate::{FhirError, Raw};
use keep_domain::{Phi, ResourceId};

/// One participant.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// Who or where.
    pub actor: Link,
    /// `accepted`, `needs-action`, ...
    pub status: Option<String>,
}

/// An Appointment.
#[derive(Clone, PartialEq, Eq)]
pub struct AppointmentLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// `booked`, `arrived`, `checked-in`, ...
    pub status: Option<String>,
    /// From.
    pub start: Option<When>,
    /// To.
    pub end: Option<When>,
    /// What kind of service.
    pub service: Vec<Concept>,
    /// What kind of appointment: routine, follow-up, walk-in, ...
    pub kind: Option<Concept>,
    /// Why; missing from a [`booking_of`].
    pub reasons: Vec<Concept>,
    /// Words about it.
    pub description: Option<Phi<String>>,
    /// Who takes part.
    pub participants: Vec<Participant>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads an Appointment.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn appointment(raw: &Raw) -> Result<AppointmentLens, FhirError> {
    let mut r = Reader::open(raw, &["Appointment"])?;
    let participants = r.list("participant", |n| {
        // A participant may be only a role; that is no fault.
        Some(n.member("actor").and_then(link).map(|actor| Participant { actor, status: member_owned(n, "status") }))
    });
    Ok(AppointmentLens {
        id: r.id(),
        status: r.text("status"),
        start: r.when("start"),
        end: r.when("end"),
        service: r.concepts("serviceType"),
        kind: r.concept("appointmentType"),
        reasons: r.concepts("reasonCode"),
        description: r.text("description").map(Phi::new),
        participants: participants.into_iter().flatten().collect(),
        faults: r.into_faults(),
    })
}

/// The members of an Appointment that say who is booked for what, when and where. Everything else may say why:
/// reasons, descriptions, comments, instructions, references to findings, the narrative, what is contained, extensions.
pub const BOOKING: [&str; 17] = [
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "modifierExtension",
    "identifier",
    "status",
    "cancelationReason",
    "serviceType",
    "appointmentType",
    "start",
    "end",
    "minutesDuration",
    "slot",
    "created",
    "participant",
    "requestedPeriod",
];

/// An Appointment without what says why: for whoever books and may not know.
#[must_use]
pub fn booking_of(raw: &Raw) -> Raw {
    let kept = raw.node().members().filter(|(name, _)| BOOKING.contains(&name.as_ref()));
    let members: Vec<String> = kept.map(|(name, value)| format!("{}:{}", quoted(&name), value.raw())).collect();
    Raw::of_checked(format!("{{{}}}", members.join(",")))
}
