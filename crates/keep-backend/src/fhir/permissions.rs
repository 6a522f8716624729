//! What each role may do on the server, by resource type: a coarse version of the client's segments.
//!
//! Security labels are ignored, so that a client receives records above its user's rank, as it would from HAPI FHIR.

use keep_domain::{Role, Segment};

/// Kind of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// Whether `role` permits `access` to resources of type `kind`.
pub(crate) fn role_permits(role: Role, kind: &str, access: Access) -> bool {
    match (kind, access) {
        // Every user's device uploads its audit log; only these roles read it.
        ("AuditEvent", Access::Write) => true,
        ("AuditEvent", Access::Read) => matches!(role, Role::PrivacyOfficer | Role::ItAdministrator),
        // A user who may save a record also records its author.
        ("Provenance", Access::Write) => role.rank().top().is_some() && role != Role::PrivacyOfficer,
        (_, Access::Write) if role == Role::PrivacyOfficer => false,
        _ => role.rank().holds(lowest_segment_of(kind)),
    }
}

/// The lowest segment that can contain a resource of this type.
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
    fn the_front_desk_has_no_access_to_clinical_records() {
        assert!(role_permits(Role::FrontDesk, "Appointment", Access::Write));
        for kind in ["Observation", "Condition", "Encounter", "DocumentReference", "AuditEvent"] {
            assert!(!role_permits(Role::FrontDesk, kind, Access::Read), "{kind}");
        }
    }

    #[test]
    fn the_privacy_officer_only_reads_and_the_it_administrator_reads_no_patient() {
        assert!(!role_permits(Role::PrivacyOfficer, "Patient", Access::Write));
        assert!(!role_permits(Role::ItAdministrator, "Patient", Access::Read));
        assert!(Role::ALL.into_iter().all(|r| role_permits(r, "AuditEvent", Access::Write)));
    }
}
