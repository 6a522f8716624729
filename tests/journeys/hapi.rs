//! One visit at a real HAPI FHIR server: written at one workstation, read at another. `make hapi` runs it.

use crate::clinic::Clinic;
use crate::people::{patient, result, vitals_form};
use chartkeep_tests::{TestSession, ok};
use keep_domain::SystemClock;
use keep_session::Workstation;
use keep_session::cases::sync::SyncReport;
use keep_session::cases::{chart, entered_in_error, notes, sync, vitals};
use keep_session::dto::visit::{MarkEnteredInErrorDto, SavedDto};
use keep_session::testing::{TestPerson, dr_jonas, nurse_amara};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// What the nurse writes.
const NOTE: &str = "Walked to the toilet alone; no pain.";

/// A workstation with one person unlocked at it.
struct SyncedWorkstation {
    app: Workstation,
    name: &'static str,
}

impl SyncedWorkstation {
    fn open(clinic: &Clinic, runtime: &Runtime, folder: &Path, person: TestPerson) -> Self {
        let session = TestSession::at(&folder.join(format!("workstation-of-{}", person.subject)));
        session.set_site(&clinic.site(person.subject)).expect("the site is written");
        let app = session.open(person, runtime.handle().clone(), Arc::new(SystemClock));
        Self { app: ok(app), name: person.name }
    }

    fn sync(&self) -> SyncReport {
        let end = ok(sync::run_to_end(&self.app));
        println!(
            "  {}: pushed {}, pulled {}, pending {}, failed {}, conflicts {}, {} bytes up, {} bytes down",
            self.name, end.pushed, end.pulled, end.pending, end.rejected, end.conflicts, end.bytes_up, end.bytes_down
        );
        assert_eq!((end.pending, end.rejected), (0, 0));
        end
    }

    fn chart(&self) -> String {
        serde_json::to_string(&ok(chart::open_chart(&self.app, "p1"))).expect("json")
    }
}

#[test]
fn a_visit_goes_through_a_real_hapi_server() {
    let (Ok(hapi), Ok(front)) = (std::env::var("CHARTKEEP_HAPI"), std::env::var("CHARTKEEP_HAPI_FRONT")) else {
        println!("skipped: no HAPI FHIR server here; `make hapi` starts one");
        return;
    };
    let folder = tempfile::tempdir().expect("folder");
    let runtime = Runtime::new().expect("runtime");
    let clinic = Clinic::start_with(folder.path(), &["--listen", &front, "--upstream", &hapi]).expect("keep-backend");
    let registry = clinic.colleague("grace");
    println!("{} at {}", registry.software(), clinic.backend.fhir);
    registry.put(&patient("p1", "González", "Ada"));
    registry.put(&result("x1", "p1", "4.20"));

    println!("The nurse writes a visit");
    let nurse = SyncedWorkstation::open(&clinic, &runtime, folder.path(), nurse_amara());
    assert!(nurse.sync().pulled >= 2);
    let saved = ok(vitals::save_vitals(&nurse.app, serde_json::from_value(vitals_form("p1", "71")).expect("form")));
    let note = json!({"patient": "p1", "kind": "nursing", "text": NOTE, "draft": null});
    let note = ok(notes::sign_note(&nurse.app, serde_json::from_value(note).expect("form")));
    nurse.sync();
    let keys: Vec<&String> = saved.resources.iter().chain(&note.resources).collect();
    for key in &keys {
        let there = registry.read(key).unwrap_or_else(|| panic!("{key} is not there"));
        println!("  {key} version {}", there["meta"]["versionId"]);
        assert_eq!(there["meta"]["versionId"], "1", "{key} is there once");
    }

    println!("The physician reads it at another workstation");
    let physician = SyncedWorkstation::open(&clinic, &runtime, folder.path(), dr_jonas());
    physician.sync();
    let shown = physician.chart();
    for expected in ["\"128\"", "\"82\"", "\"71\"", NOTE, "4.20 mg/dL"] {
        assert!(shown.contains(expected), "{expected} is not shown: {shown}");
    }
    println!("  pressure, pulse, result and note are shown");

    println!("The nurse marks a value as entered in error, which changes a record on the server");
    let pulse = pulse_of(&registry, &saved);
    let reason = String::from("taken at the wrong arm");
    ok(entered_in_error::mark_entered_in_error(
        &nurse.app,
        MarkEnteredInErrorDto { reference: pulse.clone(), patient: String::from("p1"), reason },
    ));
    nurse.sync();
    let there = registry.read(&pulse).expect("the pulse");
    println!("  {pulse} version {}, {}", there["meta"]["versionId"], there["status"]);
    assert_eq!((&there["meta"]["versionId"], &there["status"]), (&json!("2"), &json!("entered-in-error")));
    assert!(physician.sync().pulled >= 1);

    println!("Both change the same record");
    let pressure = saved.resources.iter().find(|k| k.starts_with("Observation/") && **k != pulse).expect("a pressure");
    let mut theirs = registry.read(pressure).expect("the pressure");
    theirs["note"] = json!([{"text": "Cuff was large."}]);
    registry.put(&theirs.to_string());
    let reason = String::from("belongs to another patient");
    ok(entered_in_error::mark_entered_in_error(
        &nurse.app,
        MarkEnteredInErrorDto { reference: pressure.clone(), patient: String::from("p1"), reason },
    ));
    let end = ok(sync::run_to_end(&nurse.app));
    let there = registry.read(pressure).expect("the pressure");
    println!(
        "  conflicts {}; at the server: version {}, {}",
        end.conflicts, there["meta"]["versionId"], there["status"]
    );
    assert!(end.conflicts == 1 || there["status"] == "entered-in-error", "merged, or shown to a person: {there}");
    assert_eq!(there["note"][0]["text"], "Cuff was large.", "the other side's change is not overwritten");

    println!("A record is deleted at the server");
    registry.put(&result("x2", "p1", "9.99"));
    physician.sync();
    assert!(physician.chart().contains("9.99"));
    registry.delete("Observation/x2");
    physician.sync();
    assert!(!physician.chart().contains("9.99"), "the deletion arrived");
    println!("  it is gone from the physician's chart");

    println!("Nothing new");
    physician.sync();
    let idle = physician.sync();
    assert_eq!((idle.pushed, idle.pulled), (0, 0));
    nurse.app.close();
    physician.app.close();
}

/// The heart rate (LOINC 8867-4) among what was saved.
fn pulse_of(registry: &crate::clinic::Colleague, saved: &SavedDto) -> String {
    let is_pulse = |key: &&String| registry.read(key).is_some_and(|r| r["code"]["coding"][0]["code"] == "8867-4");
    saved.resources.iter().find(is_pulse).expect("a pulse").clone()
}
