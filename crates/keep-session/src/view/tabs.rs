//! The tab in which a clinician looks for a record.

use super::sign::is_vital;
use super::visible_record::VisibleRecord;
use crate::dto::chart::{ChartTabDto as Tab, TabCountDto};
use keep_access::Group;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The tabs after the summary, and the groups of which a role must see one.
pub(crate) const TABS: [(Tab, &[Group]); 16] = [
    (Tab::Timeline, &[Group::Encounter, Group::Problem, Group::Laboratory]),
    (Tab::Notes, &[Group::Note]),
    (Tab::Results, &[Group::Laboratory, Group::Renal]),
    (Tab::Vitals, &[Group::Vitals, Group::Weight]),
    (Tab::Medicines, &[Group::MedicineOrder]),
    (Tab::Problems, &[Group::Problem]),
    (Tab::Allergies, &[Group::Allergy]),
    (Tab::Immunisations, &[Group::Immunization]),
    (Tab::Visits, &[Group::Encounter]),
    (Tab::Reports, &[Group::Laboratory, Group::Note]),
    (Tab::Orders, &[Group::Order]),
    (Tab::Procedures, &[Group::Procedure]),
    (Tab::CarePlans, &[Group::CarePlan]),
    (Tab::Devices, &[Group::Other]),
    (Tab::FamilyHistory, &[Group::Other]),
    (Tab::Other, &[Group::Other]),
];

/// The tab of a record. INVARIANT: every record has one, also one of an unknown type.
pub(crate) fn tab_of(entry: &VisibleRecord) -> Tab {
    if is_vital(entry) { Tab::Vitals } else { tab_of_type(entry.kind()) }
}

/// The tab of a record of this type that is no vital sign.
fn tab_of_type(resource_type: &str) -> Tab {
    match resource_type {
        "Observation" => Tab::Results,
        "MedicationRequest"
        | "MedicationStatement"
        | "MedicationAdministration"
        | "MedicationDispense"
        | "Medication" => Tab::Medicines,
        "Condition" => Tab::Problems,
        "AllergyIntolerance" => Tab::Allergies,
        "Immunization" => Tab::Immunisations,
        "DocumentReference"
        | "DocumentManifest"
        | "Composition"
        | "ClinicalImpression"
        | "QuestionnaireResponse"
        | "Media"
        | "Binary" => Tab::Notes,
        "Encounter" | "EpisodeOfCare" | "Appointment" | "AppointmentResponse" => Tab::Visits,
        "DiagnosticReport" | "ImagingStudy" | "Specimen" | "MolecularSequence" | "ImmunizationEvaluation" => {
            Tab::Reports
        }
        "ServiceRequest"
        | "DeviceRequest"
        | "NutritionOrder"
        | "CommunicationRequest"
        | "RequestGroup"
        | "SupplyRequest"
        | "VisionPrescription"
        | "Task" => Tab::Orders,
        "Procedure" => Tab::Procedures,
        "CarePlan" | "CareTeam" | "Goal" | "ImmunizationRecommendation" => Tab::CarePlans,
        "DeviceUseStatement" | "Device" | "DeviceMetric" | "SupplyDelivery" => Tab::Devices,
        "FamilyMemberHistory" => Tab::FamilyHistory,
        _ => Tab::Other,
    }
}

/// Whether records of this type have a tab of their kind.
pub(crate) fn has_tab(resource_type: &str) -> bool {
    tab_of_type(resource_type) != Tab::Other
}

/// The number of records in each of these tabs; tabs without any are left out, and so are Provenances that were not read.
pub(crate) fn counts(
    entries: &[VisibleRecord],
    other_types: &BTreeMap<Cow<'static, str>, u32>,
    tabs: &[Tab],
) -> Vec<TabCountDto> {
    let mut counts: BTreeMap<Tab, u32> = BTreeMap::new();
    let read = entries.iter().map(|entry| (tab_of(entry), 1));
    // Most say who saved a record, and are shown with that.
    let others =
        other_types.iter().filter(|(name, _)| *name != "Provenance").map(|(name, count)| (tab_of_type(name), *count));
    for (tab, more) in read.chain(others).filter(|(tab, _)| tabs.contains(tab)) {
        let count = counts.entry(tab).or_default();
        *count = count.saturating_add(more);
    }
    counts.into_iter().map(|(tab, count)| TabCountDto { tab, count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::nurse_amara_sees;
    use crate::view::timeline::Window;
    use keep_domain::R4_TYPES;

    fn of_type(name: &str) -> String {
        format!(r#"{{"resourceType":"{name}","id":"x","status":"active","subject":{{"reference":"Patient/maria"}}}}"#)
    }

    /// The tabs in which each of these records is, in the order of the texts.
    fn tabs_of(texts: &[String]) -> Vec<(String, Vec<Tab>)> {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let entries = nurse_amara_sees(&texts);
        let rows = |tab| Window::of(&entries, Some(tab), (0, usize::MAX)).rows_at_noon().rows;
        let listed: Vec<(Tab, Vec<String>)> =
            TABS.iter().map(|(tab, _)| (*tab, rows(*tab).into_iter().map(|r| r.reference).collect())).collect();
        let of = |key: String| {
            let tabs = listed.iter().filter(|(_, keys)| keys.contains(&key)).map(|(tab, _)| *tab).collect();
            (key, tabs)
        };
        entries.iter().map(|e| of(e.record.key.to_string())).collect()
    }

    #[test]
    fn a_record_of_every_type_is_in_exactly_one_tab() {
        let texts: Vec<String> = R4_TYPES.into_iter().chain(["NewType"]).map(of_type).collect();
        let found = tabs_of(&texts);
        assert!(found.len() > 100, "a nurse sees {} of the types", found.len());
        for (key, tabs) in found {
            assert!(matches!(tabs.as_slice(), [tab] if *tab != Tab::Timeline), "{key} is in {tabs:?}");
        }
    }

    /// The other tabs are plain lists of everything that belongs to them.
    #[test]
    fn a_tab_with_a_reply_of_its_own_has_only_types_that_this_shows() {
        for name in R4_TYPES {
            let shown: &[&str] = match tab_of_type(name) {
                Tab::Results => &["Observation"],
                // A Medication belongs to no patient; the lines name it.
                Tab::Medicines => &[
                    "MedicationRequest",
                    "MedicationStatement",
                    "MedicationDispense",
                    "MedicationAdministration",
                    "Medication",
                ],
                Tab::Problems => &["Condition"],
                Tab::Allergies => &["AllergyIntolerance"],
                Tab::Immunisations => &["Immunization"],
                Tab::Notes => &crate::view::notes::TYPES,
                _ => continue,
            };
            assert!(shown.contains(&name), "{name}");
        }
    }

    #[test]
    fn an_observation_is_a_vital_sign_by_its_category_and_otherwise_a_result() {
        let categories =
            ["laboratory", "imaging", "procedure", "survey", "exam", "therapy", "activity", "social-history"];
        let coded = |(at, code): (usize, &&str)| {
            let with = format!(r#""id":"x{at}","category":[{{"coding":[{{"code":"{code}"}}]}}]"#);
            of_type("Observation").replace(r#""id":"x""#, &with)
        };
        let mut texts: Vec<String> = ["vital-signs"].iter().chain(&categories).enumerate().map(coded).collect();
        texts.push(
            of_type("Observation").replace(r#""id":"x""#, r#""id":"words","category":[{"text":"Point of care"}]"#),
        );
        texts.push(of_type("Observation"));
        let found = tabs_of(&texts);
        assert_eq!(found.len(), texts.len());
        for (at, (key, tabs)) in found.into_iter().enumerate() {
            let expected = if at == 0 { Tab::Vitals } else { Tab::Results };
            assert_eq!(tabs, [expected], "{key}");
        }
    }
}
