//! What another role sees of the same chart.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::{chart, notes, search, vitals as cases};
use crate::dto::chart::allergies::AllergyStateDto;
use crate::dto::chart::timeline::TimelineDetailDto;
use crate::dto::lock::PermissionDto as P;
use crate::dto::search::SearchDto;
use crate::dto::visit::SignNoteDto;
use crate::dto::worklist::WorklistNameDto as L;
use crate::testing::{TestPerson, import, leila_at_the_desk, nurse_amara};
use keep_domain::{ErrorCode, Role};

fn ask(query: &str) -> SearchDto {
    SearchDto { query: query.to_owned(), offset: 0, limit: 20 }
}

#[test]
fn the_front_desk_identifies_patients_and_sees_nothing_clinical() {
    let clinic = Clinic::with(leila_at_the_desk()).synced();
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    assert_eq!(shown.banner.number.as_deref(), Some("CH-004471"));
    assert_eq!(shown.allergies.state, AllergyStateDto::Unavailable);
    assert!(shown.banner.allergies.is_none() && shown.allergies.current.is_empty());
    assert!(
        shown.problems.is_empty() && shown.medicines.is_empty() && shown.vitals.is_empty() && shown.results.is_empty()
    );
    assert_eq!(shown.tabs, [crate::dto::chart::ChartTabDto::Summary]);
    let may = ok(crate::cases::unlock::session(&clinic.workstation)).permissions;
    assert!([P::MarkEnteredInError, P::SignNote, P::RecordVitals].iter().all(|name| !may.contains(name)), "{may:?}");
    assert_eq!(code_of(cases::save_vitals(&clinic.workstation, vitals())), ErrorCode::Refused);
    let note = SignNoteDto {
        patient: String::from("maria"),
        kind: crate::dto::visit::NoteKindDto::Progress,
        text: String::from("x"),
        draft: None,
    };
    assert_eq!(code_of(notes::sign_note(&clinic.workstation, note)), ErrorCode::Refused);
}

#[test]
fn a_found_patient_shows_whether_the_chart_is_downloaded() {
    let clinic = Clinic::with(nurse_amara());
    let page = ok(search::search_patients(&clinic.workstation, ask("gonz fern")));
    assert_eq!((page.total, page.rows[0].family.as_deref(), page.rows[0].ready), (1, Some("GONZÁLEZ"), false));
    assert!(!page.rows[0].opened_today);
    let clinic = clinic.synced();
    ok(chart::open_chart(&clinic.workstation, "maria"));
    let page = ok(search::search_patients(&clinic.workstation, ask("CH-004471")));
    assert!(page.rows[0].ready && page.rows[0].opened_today);
    assert_eq!(ok(search::search_patients(&clinic.workstation, ask("zzz"))).total, 0);
}

#[test]
fn every_command_is_refused_while_locked() {
    let clinic = Clinic::with(nurse_amara());
    crate::cases::lock::lock_session(&clinic.workstation, "user");
    assert_eq!(code_of(chart::open_chart(&clinic.workstation, "maria")), ErrorCode::Locked);
    assert_eq!(code_of(search::search_patients(&clinic.workstation, ask("gonz"))), ErrorCode::Locked);
    assert_eq!(code_of(cases::save_vitals(&clinic.workstation, vitals())), ErrorCode::Locked);
}

/// The word with which every clinical record of the test says something, in every text field of FHIR.
const WORD: &str = "zymosan";

/// The records of a patient with that word in every text; Flags also where an earlier version stored them.
fn clinical_records() -> Vec<String> {
    let of_maria = |id: &str, kind: &str, rest: &str| {
        format!(
            r#"{{"resourceType":"{kind}","id":"{id}","meta":{{"versionId":"1"}},"text":{{"div":"zymosan"}},"extension":[{{"url":"x","valueString":"zymosan"}}],{rest}"subject":{{"reference":"Patient/maria"}}}}"#
        )
    };
    let appointment = r#"{"resourceType":"Appointment","id":"zap","meta":{"versionId":"1"},"text":{"div":"zymosan"},"contained":[{"resourceType":"Condition","code":{"text":"zymosan"}}],"status":"arrived","start":"2026-11-22T10:00:00Z","appointmentType":{"text":"Follow-up visit"},"reasonCode":[{"text":"zymosan"}],"reasonReference":[{"display":"zymosan"}],"description":"zymosan","comment":"zymosan","patientInstruction":"zymosan","supportingInformation":[{"display":"zymosan"}],"participant":[{"actor":{"reference":"Patient/maria"},"status":"accepted"}]}"#;
    let mut records =
        vec![appointment.to_owned(), of_maria("z0", "Flag", r#""status":"active","code":{"text":"zymosan"},"#)];
    for category in ["safety", "drug", "clinical", "behavioral", "not-yet-invented"] {
        let rest = format!(
            r#""status":"active","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/flag-category","code":"{category}"}}]}}],"code":{{"text":"zymosan"}},"#
        );
        records.push(of_maria(&format!("z-{category}"), "Flag", &rest));
    }
    for kind in ["Observation", "Condition", "Procedure", "Encounter", "CarePlan", "ServiceRequest", "Basic"] {
        let coded = r#""status":"active","code":{"text":"zymosan"},"reasonCode":[{"text":"zymosan"}],"note":[{"text":"zymosan"}],"#;
        records.push(of_maria(&format!("z-{kind}"), kind, coded));
    }
    records
}

/// The replies of all commands that a role without the clinical segment can call, as the page receives them.
fn answers(clinic: &Clinic) -> Vec<(&'static str, String)> {
    let json = |name, value: serde_json::Value| (name, value.to_string());
    let of = |name, reply: Result<serde_json::Value, crate::dto::failure::FailureDto>| {
        json(name, reply.unwrap_or_else(|f| serde_json::json!(f.code.name())))
    };
    fn value<T: serde::Serialize>(
        reply: Result<T, crate::dto::failure::FailureDto>,
    ) -> Result<serde_json::Value, crate::dto::failure::FailureDto> {
        reply.map(|r| serde_json::to_value(r).expect("json"))
    }
    let window = || crate::dto::chart::WindowDto { patient: String::from("maria"), offset: 0, limit: 200 };
    let mut found = vec![
        of("open_chart", value(chart::open_chart(&clinic.workstation, "maria"))),
        of(
            "chart_timeline",
            value(chart::chart_timeline(
                &clinic.workstation,
                crate::dto::chart::TimelineWindowDto { tab: None, window: window() },
            )),
        ),
        of("chart_results", value(chart::chart_results(&clinic.workstation, window()))),
        of("chart_notes", value(chart::chart_notes(&clinic.workstation, window()))),
        of("search_patients", value(search::search_patients(&clinic.workstation, ask("")))),
        of("sync_page", value(crate::cases::sync::sync_page(&clinic.workstation))),
        of("session", value(crate::cases::unlock::session(&clinic.workstation))),
    ];
    let lists = [L::Queue, L::VitalsDue, L::MyPatients, L::Today, L::Charges, L::Dispensing, L::Specimens, L::Drafts];
    for list in lists {
        let ask = crate::dto::worklist::WorklistAskDto { list, offset: 0, limit: 200 };
        found.push(of("worklist", value(crate::cases::worklist::worklist(&clinic.workstation, ask))));
    }
    found
}

/// A fault that was found: the clerk's lists and timeline showed the reasons of appointments, her directory the text
/// of alerts.
#[test]
fn no_command_shows_clinical_content_to_a_role_without_the_clinical_segment() {
    for role in [Role::FrontDesk, Role::Billing, Role::PrivacyOfficer] {
        let clinic = Clinic::with(TestPerson { subject: "leila", name: "Leila Patel", role }).synced();
        ok(import(&clinic.workstation, clinical_records()));
        for (command, answer) in answers(&clinic) {
            assert!(!answer.contains(WORD), "{} reads through {command}: {answer}", role.name());
        }
    }
    let nurse = Clinic::with(nurse_amara()).synced();
    ok(import(&nurse.workstation, clinical_records()));
    let count = answers(&nurse).into_iter().filter(|(_, answer)| answer.contains(WORD)).count();
    assert!(count >= 4, "a nurse reads it in {count} replies, so the records contain the word");
}

#[test]
fn leila_sees_the_booking_and_that_there_is_an_alert() {
    let clinic = Clinic::with(leila_at_the_desk()).synced();
    ok(import(&clinic.workstation, clinical_records()));
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    assert_eq!((shown.banner.flags.len(), shown.banner.alert), (0, true));
    let ask = crate::dto::worklist::WorklistAskDto {
        list: crate::dto::worklist::WorklistNameDto::Today,
        offset: 0,
        limit: 50,
    };
    let today = ok(crate::cases::worklist::worklist(&clinic.workstation, ask));
    let row = today.rows.iter().find(|r| r.appointment.as_deref() == Some("zap")).expect("booked");
    let reason = crate::dto::worklist::WorkReasonDto::Recorded { text: String::from("Follow-up visit") };
    assert!(row.reason.as_ref() == Some(&reason));
    assert_eq!((row.status.as_deref(), row.patient.alert), (Some("arrived"), true));
    let window = crate::dto::chart::WindowDto { patient: String::from("maria"), offset: 0, limit: 50 };
    let timeline =
        ok(chart::chart_timeline(&clinic.workstation, crate::dto::chart::TimelineWindowDto { tab: None, window }));
    assert!(timeline.rows.iter().any(|r| {
        matches!(&r.detail, Some(TimelineDetailDto::Text { text }) if text == "Follow-up visit · arrived")
    }));
}
