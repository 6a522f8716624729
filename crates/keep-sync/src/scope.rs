//! Which types a session pulls, and in which order.

use crate::fhir_client::Abilities;
use keep_domain::{Rank, Role, Segment};

/// The order of a pull: what a chart cannot be opened without comes first, claims last.
const ORDER: &[(&str, Segment)] = &[
    ("Patient", Segment::Directory),
    ("AllergyIntolerance", Segment::Clinical),
    ("Condition", Segment::Encounters),
    ("MedicationRequest", Segment::Clinical),
    ("MedicationStatement", Segment::Clinical),
    ("MedicationAdministration", Segment::Clinical),
    ("MedicationDispense", Segment::Clinical),
    ("Medication", Segment::Clinical),
    ("Flag", Segment::Directory),
    ("Appointment", Segment::Directory),
    ("Encounter", Segment::Encounters),
    ("Practitioner", Segment::Directory),
    ("PractitionerRole", Segment::Directory),
    ("Organization", Segment::Directory),
    ("Location", Segment::Directory),
    ("RelatedPerson", Segment::Directory),
    ("Coverage", Segment::Directory),
    ("Observation", Segment::Clinical),
    ("DiagnosticReport", Segment::Clinical),
    ("DocumentReference", Segment::Clinical),
    ("Composition", Segment::Clinical),
    ("Immunization", Segment::Clinical),
    ("Procedure", Segment::Encounters),
    ("CarePlan", Segment::Clinical),
    ("CareTeam", Segment::Clinical),
    ("Goal", Segment::Clinical),
    ("ServiceRequest", Segment::Clinical),
    ("Specimen", Segment::Clinical),
    ("ImagingStudy", Segment::Clinical),
    ("Provenance", Segment::Clinical),
];

/// Half of all bytes, and only billing reads them.
const BILLING: &[&str] = &["Claim", "ExplanationOfBenefit"];

/// The types that a chart cannot be opened without.
pub const CHART_TYPES: &[&str] = &["Patient", "AllergyIntolerance", "Condition", "MedicationRequest", "Flag"];

/// The types to pull, in order: those whose segment the session holds and which the server serves.
///
/// A type that lies in two segments (Condition, Flag) is asked for by whoever holds the lower one; a record that belongs
/// above the session's rank goes to that segment's inbox.
#[must_use]
pub fn plan_types(rank: Rank, roles: &[Role], abilities: &Abilities) -> Vec<&'static str> {
    let general = ORDER.iter().filter(|(_, segment)| rank.holds(*segment)).map(|(name, _)| *name);
    let billing = BILLING.iter().copied().filter(|_| roles.contains(&Role::Billing) && rank.holds(Segment::Encounters));
    general.chain(billing).filter(|name| abilities.serves(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::UtcMillis;
    use std::collections::BTreeSet;

    fn abilities(types: &[&str]) -> Abilities {
        Abilities {
            base: "https://ehr.example/fhir".parse().unwrap(),
            software: String::new(),
            checked_at: UtcMillis(0),
            types: types.iter().map(|t| String::from(*t)).collect(),
            update_create: BTreeSet::new(),
            type_history: BTreeSet::new(),
            transaction: true,
            gzip_requests: false,
        }
    }

    #[test]
    fn a_clerk_never_asks_for_clinical_types() {
        let types = plan_types(Role::FrontDesk.rank(), &[Role::FrontDesk], &abilities(&[]));
        assert_eq!(types.first(), Some(&"Patient"));
        for name in ["AllergyIntolerance", "Condition", "Observation", "Encounter", "Claim", "Provenance"] {
            assert!(!types.contains(&name), "{name}");
        }
        assert!(types.contains(&"Appointment") && types.contains(&"Flag"));
    }

    #[test]
    fn a_nurse_gets_what_a_chart_needs_first_and_no_claims() {
        let types = plan_types(Role::Nurse.rank(), &[Role::Nurse], &abilities(&[]));
        assert_eq!(
            types.iter().take(4).copied().collect::<Vec<_>>(),
            ["Patient", "AllergyIntolerance", "Condition", "MedicationRequest"]
        );
        assert!(!types.contains(&"Claim"));
        let place = |name| types.iter().position(|t| *t == name).unwrap();
        assert!(
            place("Flag") < place("Appointment")
                && place("Appointment") < place("Encounter")
                && place("Encounter") < place("Observation")
        );
    }

    #[test]
    fn billing_gets_claims_and_no_observations() {
        let types = plan_types(Role::Billing.rank(), &[Role::Billing], &abilities(&[]));
        assert_eq!(types.last(), Some(&"ExplanationOfBenefit"));
        assert!(!types.contains(&"Observation") && types.contains(&"Procedure"));
    }

    #[test]
    fn the_administrator_pulls_nothing_and_nobody_asks_for_what_is_not_served() {
        assert!(plan_types(Role::ItAdministrator.rank(), &[Role::ItAdministrator], &abilities(&[])).is_empty());
        assert_eq!(plan_types(Role::Nurse.rank(), &[Role::Nurse], &abilities(&["Patient", "Basic"])), ["Patient"]);
    }
}
