//! What each role may do on the server, coarsely: the rank table of the client's segments by resource type.
//!
//! Finer rules are the client's; a real server's are its own. Labels are not looked at here,
//! so that a client meets records above its rank, as it would on HAPI FHIR.

use keep_domain::{Role, Segment};

/// Reading or writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Read,
    Write,
}

/// Whether `role` may.
pub(crate) fn may(role: Role, kind: &str, wish: Wish) -> bool {
    match (kind, wish) {
        // Everyone's device delivers its audit log; only these read it.
        ("AuditEvent", Wish::Write) => true,
        ("AuditEvent", Wish::Read) => matches!(role, Role::PrivacyOfficer | Role::ItAdministrator),
        // Whoever may save a record also says who wrote it.
        ("Provenance", Wish::Write) => role.rank().top().is_some() && role != Role::PrivacyOfficer,
        (_, Wish::Write) if role == Role::PrivacyOfficer => false,
        _ => role.rank().holds(lowest_segment_of(kind)),
    }
}

/// The lowest segment that a resource of this type can lie in.
fn lowest_segment_of(kind: &str) -> Segment {
    match kind {
        "Patient" | "RelatedPerson" | "Practitioner" | "PractitionerRole" | "Organization" | "Location"
        | "Schedule" | "Slot" | "Appointment" | "Coverage" | "Account" | "Consent" | "Flag" | "Device" => {
            Segment::Directory
        }
        "Encounter" | "Claim" | "ChargeItem" | "Procedure" | "Condition" => Segment::Encounters,
        _ => Segment::Clinical,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_desk_sees_who_and_when_only() {
        assert!(may(Role::FrontDesk, "Appointment", Wish::Write));
        for kind in ["Observation", "Condition", "Encounter", "DocumentReference", "AuditEvent"] {
            assert!(!may(Role::FrontDesk, kind, Wish::Read), "{kind}");
        }
    }

    #[test]
    fn the_privacy_officer_reads_and_it_sees_no_patient() {
        assert!(!may(Role::PrivacyOfficer, "Patient", Wish::Write));
        assert!(!may(Role::ItAdministrator, "Patient", Wish::Read));
        assert!(Role::ALL.into_iter().all(|r| may(r, "AuditEvent", Wish::Write)));
    }
}
