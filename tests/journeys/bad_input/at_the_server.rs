//! What a server can do wrong, one row each: what `chartkeep sync` says of it, that nothing is lost, that it is in the
//! ledger, and that the next good sync sends what waits, once.

use crate::clinic::{Clinic, Colleague};
use crate::people::{patient, vitals_form};
use crate::terminal::check;
use crate::workstation::TestWorkstation;
use keep_audit::EventClass as E;
use keep_audit::Outcome::{MinorFailure as Minor, SeriousFailure as Serious};
use keep_session::cases::{chart, vitals};
use keep_session::dto::visit::VitalsDto;
use serde_json::{Value, json};

/// A fault that hits every request until it is cleared.
fn always(kind: &str) -> Value {
    json!({"kind": kind, "times": 10_000, "retry_after": 3600})
}

#[test]
fn every_answer_of_the_server_is_reported_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(mut clinic) = Clinic::start(folder.path()) else { return };
    let mut site = clinic.site("jonas");
    let trusted = folder.path().join("trusted.pem");
    std::fs::copy(&clinic.backend.ca, &trusted).expect("authority");
    site.ca = Some(trusted.clone());
    let w = TestWorkstation::at(&site);
    let amara = clinic.colleague("amara");
    amara.put(&patient("p1", "González", "Ada"));
    check("a good day", &w.sync(), "ok", 0);

    let answers = ["garbage", "html", "xml", "half_body", "503", "500"];
    let codes =
        ["server_garbled", "server_garbled", "server_garbled", "server_garbled", "server_failed", "server_failed"];
    for (kind, code) in answers.into_iter().zip(codes) {
        let saved = save_offline(&w, &clinic);
        let before = w.recorded().len();
        clinic.fault(&always(kind));
        check(kind, &w.sync(), code, 5);
        clinic.calm();
        assert!(w.recorded()[before..].contains(&(E::SyncFailed, Minor)), "{kind}: an event");
        arrives_once(kind, &w, &amara, &saved);
    }

    let saved = save_offline(&w, &clinic);
    let before = w.recorded().len();
    clinic.backend.stop();
    check("down", &w.sync(), "server_unreachable", 5);
    clinic.start_again();
    assert!(w.recorded()[before..].contains(&(E::SyncFailed, Minor)), "down: an event");
    arrives_once("down", &w, &amara, &saved);

    let saved = save_offline(&w, &clinic);
    let before = w.recorded().len();
    let whole = std::fs::read(&trusted).expect("authority");
    let other = tempfile::tempdir().expect("folder");
    let stranger = Clinic::start(other.path()).expect("another server");
    std::fs::copy(&stranger.backend.ca, &trusted).expect("authority");
    check("swapped authority", &w.sync(), "authority_file_changed", 1);
    std::fs::write(&trusted, whole).expect("authority");
    assert!(w.recorded()[before..].contains(&(E::IntegrityFinding, Serious)), "swapped authority: an event");
    arrives_once("swapped authority", &w, &amara, &saved);

    let mut site = clinic.site("jonas");
    site.ca = Some(stranger.backend.ca.clone());
    let other = TestWorkstation::at(&site);
    check("certificate", &other.sync(), "server_untrusted", 5);
    assert!(other.recorded().contains(&(E::ServerUntrusted, Serious)), "certificate: an event");
}

#[test]
fn a_malformed_record_is_kept_flagged_and_shown() {
    let folder = tempfile::tempdir().expect("folder");
    let Some(clinic) = Clinic::start(folder.path()) else { return };
    let amara = clinic.colleague("amara");
    amara.put(&patient("p1", "González", "Ada"));
    let malformed = r#"{"resourceType":"Observation","id":"m1","status":7,"code":17,"subject":{"reference":"Patient/p1"},"effectiveDateTime":"yesterday"}"#;
    amara.put(malformed);
    let w = TestWorkstation::at(&clinic.site("jonas"));
    check("malformed", &w.sync(), "ok", 0);
    w.later();
    let app = w.unlocked().expect("unlocked");
    let shown = chart::open_chart(&app, "p1").map_err(|f| f.code).expect("a chart");
    app.close();
    let shown = serde_json::to_value(&shown.unreadable).expect("json");
    assert_eq!((&shown[0]["resourceType"], &shown[0]["count"]), (&json!("Observation"), &json!(1)), "{shown}");
    assert!(w.recorded().contains(&(E::Sync, Minor)), "an event");
}

/// Saves vitals while no request gets through; answers what was acknowledged.
fn save_offline(w: &TestWorkstation, clinic: &Clinic) -> Vec<String> {
    clinic.fault(&always("cut"));
    w.later();
    let app = w.unlocked().expect("unlocked");
    let form: VitalsDto = serde_json::from_value(vitals_form("p1", "71")).expect("form");
    let saved = vitals::save_vitals(&app, form).map_err(|f| f.code).expect("saved");
    app.close();
    clinic.calm();
    saved.resources
}

/// The next good sync sends what waits, and each record is there once.
fn arrives_once(what: &str, w: &TestWorkstation, colleague: &Colleague, saved: &[String]) {
    let answer = w.sync();
    check(what, &answer, "ok", 0);
    assert_eq!((&answer.body["pending"], &answer.body["failed"]), (&json!(0), &json!(0)), "{what}");
    for key in saved {
        let record = colleague.read(key).unwrap_or_else(|| panic!("{what}: {key} is lost"));
        assert_eq!(record["meta"]["versionId"], "1", "{what}: {key}");
    }
}
