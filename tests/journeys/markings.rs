//! A record marked as entered in error reaches a colleague's workstation with who marked it, when and why.

use crate::clinic::Clinic;
use crate::people::{patient, vitals_form};
use chartkeep_tests::ok;
use keep_domain::SystemClock;
use keep_keys::FakeKeychain;
use keep_session::Workstation;
use keep_session::cases::{chart, entered_in_error, sync, vitals};
use keep_session::dto::chart::correction::CorrectionDto;
use keep_session::dto::chart::vitals::SignDto;
use keep_session::dto::visit::MarkEnteredInErrorDto;
use keep_session::testing::{TestDevice, TestPerson, dr_jonas, nurse_amara};
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Runtime;

const REASON: &str = "taken at the wrong arm";

fn workstation(clinic: &Clinic, folder: &Path, runtime: &Runtime, person: TestPerson) -> Workstation {
    let device = TestDevice {
        profile: folder.join(person.subject),
        runtime: runtime.handle().clone(),
        clock: Arc::new(SystemClock),
        keychain: Arc::new(FakeKeychain::default()),
    };
    ok(device.enrol(person, Some(&clinic.site(person.subject)))).0
}

/// The pulses of p1: those that count, and the markings of the others.
fn pulses(app: &Workstation) -> (Vec<String>, Vec<CorrectionDto>) {
    let series = ok(chart::open_chart(app, "p1")).vitals.into_iter().find(|s| s.key == SignDto::Pulse);
    let series = series.expect("a pulse");
    let marked = series.entered_in_error.into_iter().map(|e| e.corrected).collect();
    (series.points.into_iter().map(|p| p.id).collect(), marked)
}

#[test]
fn a_marking_reaches_a_colleague_with_who_when_and_why() {
    let folder = tempfile::tempdir().expect("folder");
    let records = folder.path().join("records.ndjson");
    let staff = r#"{"resourceType":"Practitioner","id":"amara-1","name":[{"text":"Amara Okafor","family":"Okafor","given":["Amara"]}]}"#;
    std::fs::write(&records, [staff, &patient("p1", "González", "Ada")].join("\n")).expect("written");
    let records = records.to_str().expect("a path");
    let arguments = ["--listen", "127.0.0.1:0", "--load", records];
    let Some(clinic) = Clinic::start_with(folder.path(), &arguments) else { return };
    let runtime = Runtime::new().expect("runtime");
    let nurse = workstation(&clinic, folder.path(), &runtime, nurse_amara());
    ok(sync::run_to_end(&nurse));
    ok(vitals::save_vitals(&nurse, serde_json::from_value(vitals_form("p1", "71")).expect("form")));
    ok(sync::run_to_end(&nurse));
    // The colleague has the value before it is marked.
    let physician = workstation(&clinic, folder.path(), &runtime, dr_jonas());
    ok(sync::run_to_end(&physician));
    let (counted, marked) = pulses(&physician);
    assert_eq!((counted.len(), marked.len()), (1, 0));
    let reference = format!("Observation/{}", counted[0]);
    let mark = MarkEnteredInErrorDto { reference, patient: String::from("p1"), reason: REASON.to_owned() };
    ok(entered_in_error::mark_entered_in_error(&nurse, mark));
    ok(sync::run_to_end(&nurse));
    ok(sync::run_to_end(&physician));
    for app in [&nurse, &physician] {
        let (counted, marked) = pulses(app);
        let [marking] = marked.as_slice() else { panic!("one marking, {} values", counted.len()) };
        assert!(counted.is_empty() && marking.when.is_some() && !marking.may_undo);
        assert!(marking.who.as_deref().is_some_and(|who| who.contains("Amara")), "{:?}", marking.who);
        assert_eq!(marking.why.as_deref(), Some(REASON));
    }
}
