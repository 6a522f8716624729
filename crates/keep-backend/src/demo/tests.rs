use super::*;
use keep_domain::UtcMillis;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

fn clinic() -> Vec<Value> {
    let today = Today::of(UtcMillis::from_rfc3339("2026-11-22T11:07:00Z").expect("a time"));
    let text = make_clinic(1, &today).expect("a clinic");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn of<'a>(clinic: &'a [Value], kind: &str) -> Vec<&'a Value> {
    clinic.iter().filter(|r| r["resourceType"] == kind).collect()
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("reference") {
                found.push(reference.clone());
            }
            members.values().for_each(|v| references(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

#[test]
fn the_same_moment_makes_the_same_clinic() {
    let today = Today::of(UtcMillis(1_795_338_000_000));
    assert_eq!(make_clinic(1, &today).expect("first"), make_clinic(1, &today).expect("second"));
    assert_ne!(make_clinic(1, &today).expect("first"), make_clinic(2, &today).expect("another"));
}

#[test]
fn references_point_only_to_earlier_resources() {
    let mut known = HashSet::new();
    for resource in clinic() {
        let mut referenced = Vec::new();
        references(&resource, &mut referenced);
        let name =
            format!("{}/{}", resource["resourceType"].as_str().expect("type"), resource["id"].as_str().expect("id"));
        assert!(referenced.iter().all(|r| known.contains(r)), "{name}");
        assert!(known.insert(name));
    }
}

#[test]
fn three_hundred_patients_cover_all_allergy_states() {
    let clinic = clinic();
    // And sixteen whose names are of other scripts and other rules of capitals.
    assert_eq!(of(&clinic, "Patient").len(), 316);
    let mut states: HashMap<String, bool> = HashMap::new();
    for allergy in of(&clinic, "AllergyIntolerance") {
        let none = allergy["code"]["coding"][0]["code"] == "716186003";
        states.insert(allergy["patient"]["reference"].as_str().expect("patient").to_owned(), none);
    }
    let none_known = states.values().filter(|none| **none).count();
    assert!(none_known > 50 && states.len() - none_known > 30 && states.len() < 280);
}

#[test]
fn maria_gonzalez_matches_the_design_screens() {
    let clinic = clinic();
    let patients = of(&clinic, "Patient");
    let maria = patients.iter().find(|p| p["identifier"][0]["value"] == "CH-004471").expect("María");
    assert_eq!(
        (&maria["birthDate"], &maria["name"][0]["family"]),
        (&Value::from("1961-02-03"), &Value::from("González"))
    );
    let about_maria =
        |r: &&Value| r["subject"]["reference"] == format!("Patient/{}", maria["id"].as_str().expect("id"));
    let hba1c = of(&clinic, "Observation")
        .into_iter()
        .filter(about_maria)
        .find(|o| o["code"]["text"] == "HbA1c")
        .expect("HbA1c")
        .clone();
    assert_eq!(hba1c["valueQuantity"]["value"].to_string(), "8.2");
    assert_eq!(hba1c["interpretation"][0]["coding"][0]["code"], "H");
    assert_eq!(hba1c["effectiveDateTime"], "2026-11-11T15:05:00+03:00");
    assert_eq!(of(&clinic, "MedicationRequest").into_iter().filter(about_maria).count(), 3);
    assert_eq!(
        of(&clinic, "DocumentReference").into_iter().find(about_maria).expect("a note")["date"],
        "2026-10-24T10:32:00+03:00"
    );
}

#[test]
fn patients_are_waiting_today() {
    let clinic = clinic();
    let appointments = of(&clinic, "Appointment");
    let count = |status: &str| {
        let today = |a: &&&Value| a["start"].as_str().is_some_and(|s| s.starts_with("2026-11-22"));
        appointments.iter().filter(today).filter(|a| a["status"] == status).count()
    };
    assert_eq!(count("arrived"), 7);
    assert!(count("booked") > 5 && count("fulfilled") > 5);
}

#[test]
fn the_pharmacy_and_the_laboratory_have_open_orders() {
    let clinic = clinic();
    let reference = |r: &Value| r["subject"]["reference"].as_str().expect("patient").to_owned();
    let seen: HashSet<String> = of(&clinic, "Appointment")
        .into_iter()
        .filter(|a| a["start"].as_str().is_some_and(|s| s.starts_with("2026-11-22")) && a["status"] != "booked")
        .map(|a| a["participant"][0]["actor"]["reference"].as_str().expect("patient").to_owned())
        .collect();
    let open = |kind: &str| {
        let today = |r: &&Value| r["authoredOn"].as_str().is_some_and(|at| at.starts_with("2026-11-22"));
        let open = of(&clinic, kind).into_iter().filter(today).filter(|r| r["status"] == "active");
        open.map(reference).filter(|patient| seen.contains(patient)).collect::<HashSet<_>>().len()
    };
    assert!(open("MedicationRequest") >= 5 && open("ServiceRequest") >= 5);
    let specimens = of(&clinic, "Specimen");
    assert!(specimens.len() >= 2 && specimens.iter().all(|s| seen.contains(&reference(s))));
}

#[test]
fn children_have_growth_data_and_some_records_are_labelled() {
    let clinic = clinic();
    assert!(of(&clinic, "Immunization").len() > 200);
    for label in ["HIV", "PSY"] {
        let labelled =
            |r: &&Value| r["meta"]["security"].as_array().is_some_and(|s| s.iter().any(|c| c["code"] == label));
        assert!(clinic.iter().filter(labelled).count() > 3, "{label}");
    }
    let labelled = |r: &&&Value| r["meta"]["security"].is_array();
    assert_eq!(of(&clinic, "AllergyIntolerance").iter().filter(labelled).count(), 2);
    let weights = |r: &&&Value| r["code"]["coding"][0]["code"] == "29463-7";
    assert!(of(&clinic, "Observation").iter().filter(weights).count() > 500);
    assert!(!clinic.iter().any(|r| r.to_string().contains(":null")));
}

#[test]
fn every_role_has_a_staff_member() {
    for role in keep_domain::Role::ALL {
        assert!(STAFF.iter().any(|p| p.role == role), "{}", role.name());
    }
    let seeds: HashSet<String> = STAFF.iter().map(StaffMember::totp_seed).collect();
    assert_eq!(seeds.len(), STAFF.len());
}
