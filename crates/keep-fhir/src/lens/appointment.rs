//! Appointments of the day list.

use super::parts::{Concept, Reference, When};
use super::reader::{Reader, member_owned, reference};
use crate::compose::quoted;
use crate::{FhirDate, FhirError, Node, Raw};
use keep_domain::{PatientId, Phi, ResourceId, UtcMillis};

/// One participant.
#[derive(Clone, PartialEq, Eq)]
pub struct Participant {
    /// A person, place or device.
    pub actor: Reference,
    /// `accepted`, `needs-action`, ...
    pub status: Option<String>,
}

/// An Appointment.
#[derive(Clone, PartialEq, Eq)]
pub struct AppointmentLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `booked`, `arrived`, `checked-in`, ...
    pub status: Option<String>,
    /// Start.
    pub start: Option<When>,
    /// End.
    pub end: Option<When>,
    /// The types of service.
    pub service: Vec<Concept>,
    /// The type of appointment: routine, follow-up, walk-in, ...
    pub kind: Option<Concept>,
    /// Reasons; empty in a [`booking_of`].
    pub reasons: Vec<Concept>,
    /// The description.
    pub description: Option<Phi<String>>,
    /// Participants.
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
        // A participant may be only a role; that is not a fault.
        Some(
            n.member("actor").and_then(reference).map(|actor| Participant { actor, status: member_owned(n, "status") }),
        )
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

/// When the patient arrived: the start of their own participation.
#[must_use]
pub fn arrival(raw: &Raw, patient: &PatientId) -> Option<UtcMillis> {
    let own = format!("Patient/{patient}");
    let mut participants = raw
        .node()
        .member("participant")?
        .items()
        .filter(|p| p.at(&["actor", "reference"]).and_then(Node::text).is_some_and(|r| r == own));
    let start = participants.find_map(|p| p.at(&["period", "start"]).and_then(Node::text))?;
    FhirDate::parse(&start).map(|d| d.start)
}

/// The members of an Appointment that tell who is booked for what, when and where. Everything else may tell why:
/// reasons, descriptions, comments, instructions, references, the narrative, contained resources, extensions.
const BOOKING: [&str; 17] = [
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

/// Whether a field of an Appointment, by its path in a conflict, is part of the booking.
#[must_use]
pub fn is_booking_field(path: &str) -> bool {
    path.split(['.', '[']).next().is_some_and(|name| BOOKING.contains(&name))
}

/// An Appointment without the members that may tell why, for users who may book but not know the reason.
#[must_use]
pub fn booking_of(raw: &Raw) -> Raw {
    let booking = raw.node().members().filter(|(name, _)| BOOKING.contains(&name.as_ref()));
    let members: Vec<String> = booking.map(|(name, value)| format!("{}:{}", quoted(&name), value.raw())).collect();
    Raw::from_checked(format!("{{{}}}", members.join(",")))
}
