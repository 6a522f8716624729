//! Appointments of the day list.

use super::reader::{Reader, link, member_owned};
use super::{Concept, Link, When};
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
    /// Why; the front desk's view masks it where policy says so.
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
        reasons: r.concepts("reasonCode"),
        description: r.text("description").map(Phi::new),
        participants: participants.into_iter().flatten().collect(),
        faults: r.into_faults(),
    })
}
