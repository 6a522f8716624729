//! Worklists and check-in.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::{vitals as cases, worklist};
use crate::dto::chart::allergies::SafetyDto;
use crate::dto::worklist::{CheckInDto, VitalsTodayDto, WorkReasonDto, WorklistAskDto, WorklistNameDto as L};
use crate::testing::{TestPerson, dr_jonas, import, leila_at_the_desk, nurse_amara};
use keep_audit::{EntryBody, EventClass, Opener, seal_info};
use keep_domain::{ErrorCode, Role};
use keep_store::HeaderFilter;
use std::time::Duration;

fn ask(list: L) -> WorklistAskDto {
    WorklistAskDto { list, offset: 0, limit: 50 }
}

/// Substance, manifestations and severity of the first allergy, and whether there may be others.
type Allergy = (String, String, String, bool);

fn known(safety: Option<&SafetyDto>) -> Option<Allergy> {
    let Some(SafetyDto::Known { substance, reaction, incomplete, .. }) = safety else { return None };
    let severity = reaction.severity.clone().unwrap_or_default();
    Some((substance.clone()?, reaction.manifestations.join(", "), severity, *incomplete))
}

fn penicillin(incomplete: bool) -> Option<Allergy> {
    Some(("Penicillin".to_owned(), "anaphylaxis".to_owned(), "severe".to_owned(), incomplete))
}

fn check_in(arrived: bool) -> CheckInDto {
    CheckInDto { appointment: String::from("ap1"), arrived }
}

const ARRIVED: &str = r#"{"resourceType":"Appointment","id":"ap2","meta":{"versionId":"1"},"status":"arrived","start":"2026-11-22T11:30:00Z","reasonCode":[{"text":"Cough"}],"participant":[{"actor":{"reference":"Patient/maria"},"status":"accepted","period":{"start":"2026-11-22T11:12:00Z"}},{"actor":{"reference":"Practitioner/jonas-1"},"status":"accepted"}]}"#;

#[test]
fn leila_checks_maria_in_and_undoes_it() {
    let clinic = Clinic::with(leila_at_the_desk()).synced();
    let today = ok(worklist::worklist(&clinic.workstation, ask(L::Today)));
    assert_eq!((today.total, today.rows[0].status.as_deref(), today.downloading), (1, Some("booked"), false));
    assert!(today.rows[0].reason.is_none() && today.rows[0].safety.is_none());
    ok(worklist::check_in(&clinic.workstation, check_in(true)));
    clinic.clock.advance(Duration::from_secs(600));
    let today = ok(worklist::worklist(&clinic.workstation, ask(L::Today)));
    assert_eq!((today.rows[0].status.as_deref(), today.rows[0].waiting_minutes), (Some("arrived"), Some(10)));
    assert_eq!(today.rows[0].with, ["Dr Jonas Mbeki"]);
    assert_eq!(code_of(worklist::check_in(&clinic.workstation, check_in(true))), ErrorCode::Stale);
    ok(worklist::check_in(&clinic.workstation, check_in(false)));
    assert_eq!(ok(worklist::worklist(&clinic.workstation, ask(L::Today))).rows[0].status.as_deref(), Some("booked"));
    assert_eq!(code_of(worklist::worklist(&clinic.workstation, ask(L::Dispensing))), ErrorCode::Refused);
    assert!(serde_json::from_str::<L>("\"lunch\"").is_err());
}

#[test]
fn the_queue_of_nurse_amara_shows_who_needs_vitals() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(import(&clinic.workstation, vec![ARRIVED.to_owned()]));
    let due = ok(worklist::worklist(&clinic.workstation, ask(L::VitalsDue)));
    assert_eq!((due.total, due.rows[0].waiting_minutes), (1, Some(48)));
    assert!(due.rows[0].vitals == Some(VitalsTodayDto::Due));
    assert_eq!(known(due.rows[0].safety.as_ref()), penicillin(false));
    ok(cases::save_vitals(&clinic.workstation, vitals()));
    let queue = ok(worklist::worklist(&clinic.workstation, ask(L::Queue)));
    let Some(VitalsTodayDto::Taken { at }) = &queue.rows[0].vitals else { panic!("taken") };
    assert_eq!((queue.total, at.starts_with("2026-11-22T12:00")), (1, true));
    let count = |name: L| queue.counts.iter().find(|c| c.list == name).map(|c| c.count);
    assert_eq!((count(L::Queue), count(L::VitalsDue), count(L::Drafts)), (Some(1), Some(0), Some(0)));
    assert_eq!(code_of(worklist::check_in(&clinic.workstation, check_in(true))), ErrorCode::Refused);
}

const FALLS: &str = r#"{"resourceType":"Flag","id":"f1","meta":{"versionId":"1"},"status":"active","category":[{"coding":[{"code":"safety"}]}],"code":{"text":"Falls risk"},"subject":{"reference":"Patient/maria"}}"#;

#[test]
fn leila_sees_only_that_there_is_an_alert() {
    let clinic = Clinic::with(leila_at_the_desk()).synced();
    let alert = || ok(worklist::worklist(&clinic.workstation, ask(L::Today))).rows[0].patient.alert;
    assert!(!alert());
    ok(import(&clinic.workstation, vec![FALLS.to_owned()]));
    assert!(alert());
    ok(import(&clinic.workstation, vec![FALLS.replace("\"active\"", "\"inactive\"").replace("\"1\"", "\"2\"")]));
    assert!(!alert());
}

const SEALED: &str = r#"{"resourceType":"AllergyIntolerance","id":"a9","meta":{"versionId":"1","security":[{"code":"PSY"}]},"code":{"text":"Lithium"},"patient":{"reference":"Patient/maria"}}"#;

#[test]
fn nurse_amara_learns_that_allergies_may_be_missing() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(import(&clinic.workstation, vec![ARRIVED.to_owned(), SEALED.to_owned()]));
    let queue = ok(worklist::worklist(&clinic.workstation, ask(L::Queue)));
    assert_eq!(known(queue.rows[0].safety.as_ref()), penicillin(true));
    let chart = ok(crate::cases::chart::open_chart(&clinic.workstation, "maria"));
    assert!(!chart.allergies.current.is_empty() && chart.allergies.incomplete);
}

#[test]
fn the_queue_is_one_event_that_names_every_patient_on_it() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let ada = r#"{"resourceType":"Patient","id":"ada","meta":{"versionId":"1"},"name":[{"family":"Njoroge","given":["Ada"]}]}"#;
    let hers = ARRIVED.replace("Patient/maria", "Patient/ada").replace("ap2", "ap3");
    assert_ne!(hers, ARRIVED);
    ok(import(&clinic.workstation, vec![ada.to_owned(), ARRIVED.to_owned(), hers]));
    let before = clinic.events(EventClass::ChartRead);
    let queue = ok(worklist::worklist(&clinic.workstation, ask(L::Queue)));
    assert_eq!(queue.total, 2);
    assert_eq!(clinic.events(EventClass::ChartRead), before + 1);
    let device = clinic.workstation.enrolled_device().expect("device");
    let filter = HeaderFilter { class: Some(EventClass::ChartRead), ..HeaderFilter::default() };
    let last = device.ledger.headers(&filter, 500).expect("headers").headers.iter().map(|h| h.sequence).max();
    let entry = device.ledger.entry(last.expect("an event")).expect("read").expect("an event");
    let EntryBody::Sealed(sealed) = &entry.body else { panic!("a body that names patients is sealed") };
    let log = device.ledger.state().expect("state").log();
    let info = seal_info(log, entry.header.sequence, entry.header.event);
    let opener =
        clinic.workstation.try_session(|u| u.keys.audit_opener.clone()).flatten().expect("a nurse holds the audit key");
    let text = String::from_utf8(opener.open(&info, sealed).expect("opened")).expect("text");
    assert!(text.contains("Patient/maria") && text.contains("Patient/ada"));
}

#[test]
fn the_pharmacist_and_the_laboratory_see_orders_and_not_the_schedule() {
    let asked = r#"{"resourceType":"ServiceRequest","id":"sr1","meta":{"versionId":"1"},"status":"active","intent":"order","code":{"text":"Potassium"},"subject":{"reference":"Patient/maria"},"authoredOn":"2026-11-22T10:00:00Z"}"#;
    let works = |role: Role, list: L, safety: Option<Allergy>| {
        let clinic = Clinic::with(TestPerson { subject: "wanjiru", name: "Wanjiru Kamau", role }).synced();
        ok(import(&clinic.workstation, vec![asked.to_owned()]));
        let found = ok(worklist::worklist(&clinic.workstation, ask(list)));
        assert_eq!(code_of(worklist::worklist(&clinic.workstation, ask(L::Today))), ErrorCode::Refused);
        assert_eq!(known(found.rows[0].safety.as_ref()), safety);
        (found.total, found.rows[0].patient.family.clone(), found.rows[0].reason.clone(), found.rows[0].with.clone())
    };
    let row = |reason: WorkReasonDto| (1, Some(String::from("GONZÁLEZ")), Some(reason), Vec::new());
    let dispense = WorkReasonDto::ToDispense { count: 1 };
    assert!(works(Role::Pharmacist, L::Dispensing, penicillin(false)) == row(dispense));
    let draw = WorkReasonDto::Recorded { text: String::from("Potassium") };
    assert!(works(Role::Laboratory, L::Specimens, None) == row(draw));
}

#[test]
fn dr_jonas_sees_the_patients_booked_with_him() {
    let clinic = Clinic::with(dr_jonas()).synced();
    let mine = ok(worklist::worklist(&clinic.workstation, ask(L::MyPatients)));
    assert_eq!((mine.total, mine.rows[0].patient.family.as_deref()), (1, Some("GONZÁLEZ")));
    assert_eq!(known(mine.rows[0].safety.as_ref()), penicillin(false));
}
