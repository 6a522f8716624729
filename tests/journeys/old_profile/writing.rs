//! Writes the profile of this version, once.

use super::{COMPLETE_AS_OF, FIRST_BOOT, MADE_AT, fixture};
use chartkeep_tests::{TestSession, ok};
use keep_domain::{Clock, ErrorCode, ManualClock, Policy};
use keep_keys::TIME_MARK_ITEM;
use keep_session::cases::{chart, drafts, notes, unlock, vitals};
use keep_session::dto::draft::{DraftKindDto, SaveDraftDto};
use keep_session::dto::lock::ReturnPointDto;
use keep_session::dto::visit::{NoteKindDto, SignNoteDto, VitalsDto};
use keep_session::testing::{TestPerson, complete, dr_jonas, import, leila_at_the_desk, nurse_amara};
use keep_session::{Profile, ProfileLock, Workstation, WorkstationSettings};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// What the workstation has downloaded.
pub(super) const COMPLETE_TYPES: [&str; 10] = [
    "Patient",
    "AllergyIntolerance",
    "Condition",
    "MedicationRequest",
    "Flag",
    "Observation",
    "DiagnosticReport",
    "DocumentReference",
    "Immunization",
    "Encounter",
];

/// A profile that is being written.
struct Writer {
    session: TestSession,
    clock: Arc<ManualClock>,
    runtime: tokio::runtime::Runtime,
}

impl Writer {
    /// One person unlocks, works and closes the program; the clock then moves past the code that was used last.
    fn shift(&self, person: TestPerson, work: impl FnOnce(&Workstation)) {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        let app = ok(self.session.open(person, self.runtime.handle().clone(), clock));
        work(&app);
        app.close();
        self.clock.advance(Duration::from_secs(61));
    }
}

/// Writes the fixture of this version: Amara has the keys that Jonas granted to her, Leila's wait for her next unlock.
pub(super) fn write() {
    let folder = fixture();
    let profile = folder.join("profile");
    // INVARIANT: a later build cannot write the profile of an earlier one, so no version's is ever replaced.
    assert!(!profile.exists(), "this version has its profile, which is never written again");
    set_up(&Profile::at(&profile));
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let clock = Arc::new(ManualClock::starting(MADE_AT));
    let writer = Writer { session: TestSession::at(&profile), clock, runtime };
    writer.shift(dr_jonas(), |app| {
        ok(import(app, records().iter().map(Value::to_string).collect()));
        ok(complete(app, &COMPLETE_TYPES));
    });
    writer.shift(nurse_amara(), |_| ());
    writer.shift(leila_at_the_desk(), |_| ());
    writer.shift(dr_jonas(), |app| {
        ok(chart::open_chart(app, "ada"));
        let (kind, text) = (NoteKindDto::Progress, String::from("Pressure better. Come back in four weeks."));
        ok(notes::sign_note(app, SignNoteDto { patient: String::from("ada"), kind, text, draft: None }));
    });
    writer.shift(nurse_amara(), |app| {
        // Her role may not read it: it waits for Jonas, sealed.
        ok(import(app, vec![sensitive("co-panic", "Panic disorder").to_string()]));
        ok(complete(app, &COMPLETE_TYPES));
        ok(chart::open_chart(app, "ada"));
        ok(vitals::save_vitals(app, measured_today()));
        let content = json!({"text": "Half a thought"}).to_string();
        let draft = SaveDraftDto { draft: None, kind: DraftKindDto::Note, patient: "ada".into(), content };
        let draft = ok(drafts::save_draft(app, draft)).draft;
        let (route, field) = (String::from("/chart/ada/notes"), Some(String::from("text")));
        ok(unlock::save_return_point(app, ReturnPointDto { route, draft: Some(draft), field, caret: 14 }));
    });
    leave_pending_fault(&writer);
    // As a complete sync leaves it; this profile has no server to sync with.
    let last_sync = json!({"version": 1, "complete_as_of": COMPLETE_AS_OF.0}).to_string();
    std::fs::write(profile.join("last-sync.json"), last_sync).expect("last sync");
    forget_this_machine(&folder);
}

/// The settings of an organisation. A short lease also makes the tables of code offsets small.
fn set_up(profile: &Profile) {
    profile.make_folders().expect("folders");
    let policy =
        Policy { lock_minutes: 3, resume_minutes: 45, lease_days: 1, lease_grace_days: 1, ..Policy::default() };
    let settings = WorkstationSettings {
        site: String::from("Kisumu North Health Centre"),
        policy,
        ..WorkstationSettings::make_new()
    };
    settings.save(profile).expect("settings");
}

/// A second program finds the profile in use and leaves a note for the first.
fn leave_pending_fault(writer: &Writer) {
    let held = ProfileLock::take(writer.session.profile()).expect("free");
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&writer.clock);
    let refused = writer.session.open(nurse_amara(), writer.runtime.handle().clone(), clock);
    assert_eq!(refused.map_err(|f| f.code).err(), Some(ErrorCode::ProfileInUse));
    drop(held);
}

/// Replaces the id of this machine's boot by a made-up one: it does not belong in a repository.
fn forget_this_machine(folder: &Path) {
    let keychain = folder.join("profile.keychain");
    let rename = |path: PathBuf, at: &[&str]| {
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).expect("file")).expect("json");
        let boot = at.iter().fold(&mut file, |value, name| &mut value[*name]);
        assert!(boot["boot"].is_string(), "{}", path.display());
        *boot = json!({"boot": FIRST_BOOT, "millis": boot["millis"]});
        std::fs::write(path, file.to_string()).expect("written");
    };
    rename(keychain.join(hex::encode(TIME_MARK_ITEM)), &["boot"]);
    for person in [dr_jonas(), nurse_amara(), leila_at_the_desk()] {
        rename(keychain.join(format!("resume-{}", person.subject)), &["since", "boot"]);
    }
}

fn measured_today() -> VitalsDto {
    let form = json!({
        "patient": "ada", "taken": null, "systolic": "128", "diastolic": "82", "pulse": "88", "temperature": "36.8",
        "respiration": "16", "spo2": "97", "weight": "81.4", "height": "", "oxygen": false, "scale2": false,
        "consciousness": "alert", "confirmed": true,
    });
    serde_json::from_value(form).expect("form")
}

fn sensitive(id: &str, words: &str) -> Value {
    let label = json!([{"code": "R", "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"}]);
    json!({"resourceType": "Condition", "id": id, "meta": {"versionId": "1", "security": label},
        "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": words},
        "subject": {"reference": "Patient/ada"}, "onsetDateTime": "2021"})
}

/// What the server has of one made-up patient.
fn records() -> Vec<Value> {
    let ada = json!({"reference": "Patient/ada"});
    let active = json!({"coding": [{"code": "active"}]});
    let lab = |id: &str, code: &str, name: &str, value: f64, unit: &str, flag: &str| {
        json!({"resourceType": "Observation", "id": id, "meta": {"versionId": "1"}, "status": "final",
            "category": [{"coding": [{"code": "laboratory"}]}], "subject": ada,
            "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
            "effectiveDateTime": "2026-11-20T06:00:00Z", "valueQuantity": {"value": value, "unit": unit},
            "interpretation": [{"coding": [{"code": flag}]}]})
    };
    vec![
        json!({"resourceType": "Patient", "id": "ada", "meta": {"versionId": "1"}, "gender": "female",
            "name": [{"family": "González", "given": ["Ada"]}], "birthDate": "1958-03-14",
            "telecom": [{"system": "phone", "value": "+254 700 000 001"}]}),
        json!({"resourceType": "Practitioner", "id": "staff-amara", "name": [{"text": "Amara Okafor"}]}),
        json!({"resourceType": "Practitioner", "id": "staff-jonas", "name": [{"text": "Dr Jonas Mbeki"}]}),
        json!({"resourceType": "AllergyIntolerance", "id": "al-penicillin", "meta": {"versionId": "1"},
            "clinicalStatus": active, "criticality": "high", "code": {"text": "Penicillin"}, "patient": ada,
            "reaction": [{"manifestation": [{"text": "anaphylaxis"}], "severity": "severe"}]}),
        json!({"resourceType": "AllergyIntolerance", "id": "al-latex", "meta": {"versionId": "1"},
            "clinicalStatus": active, "criticality": "low", "code": {"text": "Latex"}, "patient": ada,
            "reaction": [{"manifestation": [{"text": "rash"}], "severity": "mild"}]}),
        json!({"resourceType": "Condition", "id": "co-pressure", "meta": {"versionId": "1"}, "clinicalStatus": active,
            "code": {"text": "Essential hypertension"}, "subject": ada, "onsetDateTime": "2014"}),
        sensitive("co-opioid", "Opioid dependence"),
        json!({"resourceType": "MedicationRequest", "id": "me-amlodipine", "meta": {"versionId": "1"},
            "status": "active", "intent": "order", "subject": ada, "authoredOn": "2026-11-01",
            "medicationCodeableConcept": {"text": "amlodipine 5 MG tablet"},
            "dosageInstruction": [{"text": "one tablet in the morning"}]}),
        lab("ob-sugar", "2345-7", "Glucose", 5.8, "mmol/L", "N"),
        lab("ob-hba1c", "4548-4", "HbA1c", 8.2, "%", "H"),
        json!({"resourceType": "Observation", "id": "ob-height", "meta": {"versionId": "1"}, "status": "final",
            "category": [{"coding": [{"code": "vital-signs"}]}], "subject": ada,
            "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]},
            "effectiveDateTime": "2026-01-10T08:00:00Z", "valueQuantity": {"value": 160, "unit": "cm", "code": "cm"}}),
        json!({"resourceType": "Appointment", "id": "ap-ada", "meta": {"versionId": "1"}, "status": "arrived",
            "start": "2026-11-22T09:00:00Z", "reasonCode": [{"text": "Follow-up"}],
            "participant": [{"actor": ada, "status": "accepted"},
                {"actor": {"reference": "Practitioner/staff-amara"}, "status": "accepted"}]}),
    ]
}
