//! A profile that version 0.1 wrote opens in this build, with every value that was put into it.
//!
//! tests/fixtures/profile-0.1/README.md says what is in it and how it was made.

mod answers;
mod writing;

use crate::files::copy_folder;
use crate::terminal::check;
use crate::workstation::TestWorkstation;
use answers::{list, number_and_unit, rows, values};
use chartkeep_tests::{TestSession, ok};
use keep_audit::Outcome;
use keep_domain::{Clock, Secret, UtcMillis};
use keep_keys::{BootClock, FakeKeychain, Keychain, SystemBootClock, phone_code};
use keep_session::Workstation;
use keep_session::cases::{chart, drafts, lock, search, sync, unlock};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::UnlockDto;
use keep_session::dto::search::SearchDto;
use keep_session::testing::{TestPerson, dr_jonas, leila_at_the_desk, nurse_amara, user_of};
use keep_store::{OpenMode, open_cipher, segment_path};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The clock when the first person enrolled: 2026-11-22T09:00:00Z.
const MADE_AT: UtcMillis = UtcMillis(1_795_338_000_000);
/// What `last-sync.json` says: a minute before.
const COMPLETE_AS_OF: UtcMillis = UtcMillis(1_795_337_940_000);
/// The clock when a test opens the profile: 2026-11-22T09:10:00Z, after the last code that was used.
const OPENED_AT: UtcMillis = UtcMillis(1_795_338_600_000);
/// What the profile calls the boot of the machine that wrote it.
const FIRST_BOOT: &str = "the boot in which this profile was made";
/// The password of each person in it.
const PASSWORD: &str = "correct horse battery";
/// The classes of the events in its ledger.
const EVENTS: &str = "log_start unlock lock unlock sync lock unlock lock unlock lock unlock lock unlock lock \
    unlock grant grant grant grant grant chart_read search note_signed lock \
    grant_received grant_received grant_received grant_received unlock sync search chart_read create draft_kept lock";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/profile-0.1")
}

fn session() -> TestSession {
    TestSession::at(&fixture().join("profile"))
}

/// A copy of the profile on a workstation with its keychain.
fn copied() -> TestWorkstation {
    let folder = tempfile::tempdir().expect("folder");
    copy_folder(&fixture().join("profile"), &folder.path().join("profile"));
    make_private(&folder.path().join("profile"));
    let phone = session().phone(dr_jonas()).expect("a phone");
    TestWorkstation::restored(folder, OPENED_AT, keychain(), phone, user_of(dr_jonas()))
}

/// Sets the modes that the profile had, of which git stores only whether a file is executable.
fn make_private(path: &Path) {
    let is_folder = path.is_dir();
    let mode = if is_folder { 0o700 } else { 0o600 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("mode");
    if is_folder {
        std::fs::read_dir(path).expect("folder").for_each(|e| make_private(&e.expect("entry").path()));
    }
}

/// The items of the keychain: the files whose name is an item's name in hexadecimal.
fn keychain() -> FakeKeychain {
    let (files, keychain) = (session().keychain(), FakeKeychain::default());
    for entry in std::fs::read_dir(fixture().join("profile.keychain")).expect("keychain") {
        let name = entry.expect("entry").file_name().into_string().expect("a name");
        let Some(item) = hex::decode(name).ok().and_then(|name| String::from_utf8(name).ok()) else { continue };
        let value = files.read(&item).expect("readable").expect("an item");
        // EXPOSE: the keychain of made-up people.
        keychain.write(&item, value.expose()).expect("written");
    }
    keychain
}

/// The secret that lets the password alone unlock. It is valid for one boot, so this machine's replaces the first.
fn resume_secret(person: TestPerson) -> Secret<Vec<u8>> {
    let secret = session().resume_secret(person).expect("a resume secret");
    // EXPOSE: the secret of a made-up person.
    let mut secret: Value = serde_json::from_slice(secret.expose()).expect("json");
    assert_eq!(secret["since"]["boot"]["boot"], FIRST_BOOT);
    if let Some(reading) = SystemBootClock.reading() {
        secret["since"]["boot"] = json!(reading);
    }
    Secret::new(secret.to_string().into_bytes())
}

/// `person` unlocks with the password, and with the code of their phone if they need one; answers the session.
fn unlock(w: &TestWorkstation, app: &Workstation, person: TestPerson, needs_code: bool) -> Value {
    let phone = session().phone(person).expect("a phone");
    // EXPOSE: a made-up person reads the phone.
    let code = needs_code.then(|| phone_code(&phone, w.clock.now()).expect("a code").expose().clone());
    let user = user_of(person).to_string();
    json_of(unlock::unlock(app, UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time: None }))
}

/// Opens the profile and unlocks with password and code.
fn unlocked(w: &TestWorkstation, person: TestPerson) -> (Workstation, Value) {
    let app = w.open().expect("opened");
    let session = unlock(w, &app, person, true);
    (app, session)
}

fn json_of<T: Serialize>(reply: Result<T, FailureDto>) -> Value {
    serde_json::to_value(ok(reply)).expect("json")
}

/// The chart that both clinicians read; each sees other problems.
fn shows_the_chart(app: &Workstation, problems: &Value) {
    let shown = json_of(chart::open_chart(app, "ada"));
    let banner = values(&shown["banner"], &["family", "given", "birthDate", "age", "sex", "phone"]);
    assert_eq!(banner, json!(["GONZÁLEZ", "Ada", "1958-03-14", "68 y", "female", "+254 700 000 001"]));
    let allergies = rows(&shown["allergies"]["current"], &["substance", "reaction", "severe"]);
    let reaction = |manifestation: &str, severity: &str, high_risk: bool| json!({"manifestations": [manifestation], "severity": severity, "highRisk": high_risk});
    let penicillin = json!(["Penicillin", reaction("anaphylaxis", "severe", true), true]);
    assert_eq!(allergies, json!([penicillin, ["Latex", reaction("rash", "mild", false), false]]));
    assert_eq!(shown["allergies"]["incomplete"], false);
    let began: Vec<Value> =
        shown["problems"].as_array().expect("a list").iter().map(|p| json!([p["text"], p["onset"]["at"]])).collect();
    assert_eq!(json!(began), *problems);
    let medicines = rows(&shown["medicines"], &["name", "product", "group", "status", "since"]);
    assert_eq!(medicines, json!([["amLODIPine", "5 mg tablet", "current", "active", "2026-11-01"]]));
    assert_eq!(shown["medicines"][0]["dosages"][0]["words"], "one tablet in the morning");
    let results: Vec<Value> = list(&shown["results"])
        .map(|r| json!([r["name"], number_and_unit(&r["value"]), r["flag"], r["taken"]]))
        .collect();
    let taken = "2026-11-20T06:00:00.000Z";
    assert_eq!(json!(results), json!([["HbA1c", "8.2 %", "H", taken], ["Glucose", "5.8 mmol/L", null, taken]]));
    // The latest values of each series, with the time of their measurement; consciousness and air are words.
    let latest = |series: &Value| -> Vec<Value> {
        let Some(point) = list(&series["points"]).last() else { return Vec::new() };
        list(&point["values"]).map(|v| json!([v["sign"], number_and_unit(&v["value"]), point["taken"]])).collect()
    };
    let vitals: Vec<Value> = list(&shown["vitals"]).flat_map(latest).collect();
    let taken = "2026-11-22T09:04:04.000Z";
    let expected = json!([
        ["systolic", "128 mmHg", taken],
        ["diastolic", "82 mmHg", taken],
        ["pulse", "88 /min", taken],
        ["respiration", "16 /min", taken],
        ["spo2", "97 %", taken],
        ["temperature", "36.8 °C", taken],
        ["news2", "0 score", taken],
        ["other", "", taken],
        ["other", "", taken],
        ["weight", "81.4 kg", taken],
        ["height", "160 cm", "2026-01-10T08:00:00.000Z"],
        ["bmi", "31.8 kg/m²", taken],
    ]);
    assert_eq!(json!(vitals), expected);
    assert_eq!(list(&shown["vitals"][0]["points"]).last().expect("a point")["record"], "pending");
    let note = values(&shown["lastNote"], &["kind", "author", "written", "status", "record"]);
    let text = "Pressure better. Come back in four weeks.";
    let written = "2026-11-22T09:03:03.000Z";
    assert_eq!(note, json!(["Progress note", "Dr Jonas Mbeki", written, "signed", "pending"]));
    assert_eq!(shown["lastNote"]["parts"][0]["body"]["pieces"], json!([{"kind": "text", "text": text}]));
    // Version 0.1 did not pull these; what it had pulled is complete.
    let missing: Vec<&str> =
        shown["completeness"]["missing"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(
        missing.contains(&"FamilyMemberHistory") && writing::COMPLETE_TYPES.iter().all(|t| !missing.contains(t)),
        "{missing:?}"
    );
    assert_eq!(shown["completeness"]["partial"], json!(false));
    assert_eq!(shown["unreadable"], json!([]));
}

/// Both saves of the day still wait to be sent.
fn has_the_queue(app: &Workstation) {
    let page = json_of(sync::sync_page(app));
    let queue = json!([
        [22, "pending", "Dr Jonas Mbeki", "2026-11-22T09:03:03.000Z", ["DocumentReference"]],
        [32, "pending", "Amara Okafor", "2026-11-22T09:04:04.000Z", ["Encounter", "Observation"]],
    ]);
    assert_eq!(rows(&page["items"], &["changeSet", "state", "author", "saved", "kinds"]), queue);
    let chip = values(&page["chip"], &["pending", "failed", "conflicts"]);
    assert_eq!((chip, &page["server"]), (json!([2, 0, 0]), &json!("fhir.example")));
}

/// The nurse's draft, and where she left off.
fn has_the_draft(app: &Workstation, session: &Value) {
    let found = json_of(drafts::drafts(app));
    let draft = json!([["note", "ada", "GONZÁLEZ, Ada", r#"{"text":"Half a thought"}"#, "2026-11-22T09:04:04.000Z"]]);
    assert_eq!(rows(&found, &["kind", "patient", "patientName", "content", "saved"]), draft);
    let place = json!({"route": "/chart/ada/notes", "draft": found[0]["draft"], "field": "text", "caret": 14});
    assert_eq!(session["resume"], place);
}

/// What is not marked as sensitive.
fn general_problems() -> Value {
    json!([["Essential hypertension", "2014"]])
}

#[test]
fn the_profile_of_this_version_is_written_when_asked() {
    if std::env::var("CHARTKEEP_OLD_PROFILE").is_ok_and(|v| v == "write") {
        writing::write();
    }
}

#[test]
fn an_old_profile_opens_for_the_nurse_with_password_and_code() {
    let w = copied();
    let (app, session) = unlocked(&w, nurse_amara());
    let expected = json!(["Amara Okafor", "nurse", "Kisumu North Health Centre", "Room 3 workstation", 180, []]);
    let shown = values(&session, &["name", "role", "site", "workstation", "lockSeconds", "notices"]);
    assert_eq!(shown, expected);
    shows_the_chart(&app, &general_problems());
    has_the_queue(&app);
    has_the_draft(&app, &session);
    app.close();
}

#[test]
fn an_old_profile_opens_with_the_password_alone() {
    for (person, name) in
        [(nurse_amara(), "Amara Okafor"), (dr_jonas(), "Dr Jonas Mbeki"), (leila_at_the_desk(), "Leila Patel")]
    {
        let w = copied();
        let app = w.open().expect("opened");
        app.adopt_resume(&resume_secret(person));
        let session = unlock(&w, &app, person, false);
        assert_eq!(session["name"], name);
        if name == "Amara Okafor" {
            shows_the_chart(&app, &general_problems());
            has_the_queue(&app);
            has_the_draft(&app, &session);
        }
        app.close();
    }
}

#[test]
fn an_old_profile_opens_for_the_physician_with_what_was_sealed_for_him() {
    let w = copied();
    let (app, session) = unlocked(&w, dr_jonas());
    assert_eq!((&session["role"], &session["notices"]), (&json!("physician"), &json!([])));
    let problems = [["Opioid dependence", "2021"], ["Panic disorder", "2021"], ["Essential hypertension", "2014"]];
    shows_the_chart(&app, &json!(problems));
    has_the_queue(&app);
    assert_eq!(json_of(drafts::drafts(&app)), json!([]), "the draft is the nurse's own");
    app.close();
}

#[test]
fn an_old_profile_opens_for_the_front_desk_with_the_key_that_waited_for_her() {
    let w = copied();
    let (app, session) = unlocked(&w, leila_at_the_desk());
    assert_eq!((&session["role"], &session["waitingForGrant"]), (&json!("front-desk"), &json!(false)));
    assert_eq!(session["notices"], json!([{"kind": "grant_received", "name": "Dr Jonas Mbeki"}]));
    let found = search::search_patients(&app, SearchDto { query: String::from("gonz"), offset: 0, limit: 20 });
    let found = rows(&json_of(found)["rows"], &["patient", "family", "given", "birthDate", "phone"]);
    assert_eq!(found, json!([["ada", "GONZÁLEZ", "Ada", "1958-03-14", "+254 700 000 001"]]));
    app.close();
}

#[test]
fn an_old_profile_says_the_same_while_it_is_locked() {
    let w = copied();
    let device = w.doctor().body;
    assert_eq!((&device["keychain"], &device["slots"]), (&json!("ready"), &json!(3)));
    assert_eq!(device["ledger"], json!({"events": 35, "pending": 35}));
    let segments = json!([["directory", 1], ["encounters", 1], ["clinical", 1], ["restricted", 1]]);
    assert_eq!(rows(&device["segments"], &["name", "generation"]), segments);
    // Some machines have unencrypted swap, which is a finding of its own.
    let findings = device.get("findings").and_then(Value::as_array).cloned().unwrap_or_default();
    assert!(findings.iter().all(|f| f == "swap_unencrypted"), "{findings:?}");

    let answer = w.audit_verify(None);
    check("the old ledger", &answer, "ok", 0);
    let found =
        values(&Value::Object(answer.body.clone()), &["events", "from", "to", "gaps", "findings", "signed_off"]);
    assert_eq!(found, json!([35, 0, 34, [], [], []]));
    let events = w.recorded();
    let classes: Vec<&str> = events.iter().map(|(class, _)| class.name()).collect();
    assert_eq!(classes, EVENTS.split_whitespace().collect::<Vec<_>>());
    assert!(events.iter().all(|(_, outcome)| *outcome == Outcome::Success));

    let app = w.open().expect("opened");
    let screen = json_of(lock::lock_screen(&app));
    let people = json!([["Amara Okafor", "nurse"], ["Dr Jonas Mbeki", "physician"], ["Leila Patel", "front-desk"]]);
    assert_eq!(rows(&screen["users"], &["name", "role"]), people);
    assert!(screen["users"].as_array().is_some_and(|users| users.iter().all(|u| u["state"] == "ready")));
    assert_eq!((&screen["draftsKept"], &screen["clockWrong"]), (&json!(true), &json!(false)));
    assert_eq!((&screen["lockMinutes"], &screen["blocked"]), (&json!(3), &Value::Null));
    assert_eq!(screen["sync"]["complete"], COMPLETE_AS_OF.to_rfc3339());
    app.close();
}

#[test]
fn an_old_profile_opens_from_the_copy_of_its_settings() {
    let w = copied();
    std::fs::remove_file(w.profile().join("workstation.json")).expect("removed");
    let (app, session) = unlocked(&w, nurse_amara());
    let shown = values(&session, &["site", "workstation", "lockSeconds", "notices"]);
    assert_eq!(shown, json!(["Kisumu North Health Centre", "Room 3 workstation", 180, []]));
    app.close();
}

/// Changes an item of the keychain, which shows that its format is still read.
fn change_item(w: &TestWorkstation, item: &str, change: impl FnOnce(&mut Value)) {
    let stored = w.keychain.read(item).expect("readable").expect("an item");
    // EXPOSE: the keychain of made-up people.
    let mut value: Value = serde_json::from_slice(stored.expose()).expect("json");
    change(&mut value);
    w.keychain.write(item, value.to_string().as_bytes()).expect("written");
}

#[test]
fn what_the_old_keychain_remembers_still_counts() {
    let w = copied();
    change_item(&w, &format!("unlock/{}", user_of(leila_at_the_desk())), |record| record["failures"] = json!(10));
    let app = w.open().expect("opened");
    let states = rows(&json_of(lock::lock_screen(&app))["users"], &["state"]);
    assert_eq!(states, json!([["ready"], ["ready"], ["held"]]), "failed attempts");
    app.close();

    let w = copied();
    change_item(&w, "segment-marks", |marks| marks["clinical"]["epoch"] = json!(4));
    let (app, session) = unlocked(&w, nurse_amara());
    let notices = rows(&session["notices"], &["kind", "segment", "health"]);
    assert_eq!(notices, json!([["segment", "clinical", "stale"]]), "a file that is older than its mark");
    app.close();

    let w = copied();
    change_item(&w, "time-mark", |mark| mark["trusted"] = json!(OPENED_AT.0 + 60_000));
    let app = w.open().expect("opened");
    assert_eq!(json_of(lock::lock_screen(&app))["clockWrong"], true, "a clock that is behind");
    app.close();
}

#[test]
fn nothing_of_an_old_profile_is_damaged_or_set_aside() {
    let w = copied();
    let before = files_in(&w.profile());
    for person in [nurse_amara(), dr_jonas(), leila_at_the_desk()] {
        let (app, _) = unlocked(&w, person);
        app.close();
        w.later();
    }
    w.ledger_is_whole("after all have unlocked");
    let events: Vec<_> = w.recorded().into_iter().skip(35).map(|(class, outcome)| (class.name(), outcome)).collect();
    let success = |class| (class, Outcome::Success);
    // The note that a second program left is an event by now.
    let mut expected = vec![("second_instance", Outcome::MinorFailure)];
    expected.extend(["unlock", "lock", "unlock", "lock", "grant_received", "unlock", "lock"].map(success));
    assert_eq!(events, expected);

    let (after, leila) = (files_in(&w.profile()), user_of(leila_at_the_desk()));
    let used = [
        format!("slots/{leila}.grants/directory-1.json"),
        before.iter().find(|f| f.starts_with("segments/restricted.inbox/")).expect("a sealed record").clone(),
    ];
    assert_eq!(before.difference(&after).cloned().collect::<BTreeSet<_>>(), BTreeSet::from(used));
    let own = [format!("personal/{leila}.db"), format!("personal/{leila}.db-journal")];
    assert_eq!(after.difference(&before).cloned().collect::<BTreeSet<_>>(), BTreeSet::from(own));

    let keys = w.extracted_keys();
    for key in keys.segments() {
        let path = segment_path(&w.profile(), key.segment());
        let file = open_cipher(&path, &key.database_key(), OpenMode::Read).expect("a segment opens");
        let mut damaged = file.prepare("PRAGMA cipher_integrity_check").expect("statement");
        assert!(!damaged.exists([]).expect("checked"), "a page of {:?}", key.segment());
    }
    let store = keys.open_store().expect("all segments open");
    assert!(store.unhealthy().is_empty());
    let read = store.scrub_all().expect("every record is read");
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    assert_eq!(read.rows, 27);
}

/// Every file below a folder, by its path from there.
fn files_in(root: &Path) -> BTreeSet<String> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("folder").map(|e| e.expect("entry")) {
            if entry.file_type().expect("type").is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                found.insert(path.strip_prefix(root).expect("below").to_str().expect("a name").to_owned());
            }
        }
    }
    found
}
