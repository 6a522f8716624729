//! What goes wrong at a workstation, one row each: the closed code and the exit code that it ends with, what the
//! ledger says of it, and that nothing is lost.

mod at_the_server;
mod at_the_workstation;
mod full_disk;

use crate::clinic::Clinic;
use crate::command_line::{chartkeep, program};
use crate::people::{patient, result};
use crate::workstation::{TestWorkstation, another_code, exit, flip, flip_middle};
use chartkeep_tests::{ExtractedKeys, TestSession};
use keep_audit::{EventClass, Outcome};
use keep_domain::{Clock, ErrorCode, Segment, SystemClock};
use keep_keys::{FakeKeychain, Keychain, KeychainState};
use keep_session::Workstation;
use keep_session::cases::{audit, chart, enrol, import, lock, search};
use keep_session::dto::enrol::EnrolBeginDto;
use keep_session::dto::search::SearchDto;
use keep_session::testing::{PASSWORD, dr_jonas};
use keep_store::{OpenMode, open_cipher, segment_path};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Bytes of a page of the ledger.
const PAGE: usize = 8192;
const YEAR: Duration = Duration::from_secs(365 * 86_400);

#[test]
fn a_wrong_password_and_a_wrong_code_cannot_be_told_apart() {
    let w = TestWorkstation::new();
    let before = w.events();
    let app = w.open().expect("opened");
    let right = w.code();
    let wrong = another_code(&right);
    let said = |password: &str, code: &str| {
        let failure = w.unlock(&app, password, code).err().expect("refused");
        (failure.code, exit(failure.code), failure.attempts_left, failure.wait_seconds, failure.fields.len())
    };
    let first = said("not the password", &right);
    let second = said(PASSWORD, &wrong);
    let third = said("not the password", &wrong);
    assert_eq!((first.0, first.1), (ErrorCode::UnlockRefused, 3));
    let left = first.2.expect("attempts left");
    assert_eq!(second, (first.0, first.1, Some(left - 1), first.3, first.4));
    assert_eq!(third, (first.0, first.1, Some(left - 2), first.3, first.4));
    app.close();
    drop(app);
    assert!(w.events() >= before + 3, "each failure is an event");
    w.is_whole();
}

#[test]
fn each_state_of_the_keychain_has_its_code_and_loses_nothing() {
    let w = TestWorkstation::new();
    for (state, code) in [
        (KeychainState::Locked, ErrorCode::KeychainLocked),
        (KeychainState::Absent, ErrorCode::KeychainAbsent),
        (KeychainState::Slow, ErrorCode::KeychainSlow),
    ] {
        w.keychain.set_state(state);
        let refused = w.unlocked().err();
        w.keychain.set_state(KeychainState::Ready);
        assert_eq!((refused, exit(code)), (Some(code), 4));
    }
    w.is_whole();
    w.keychain.lose_everything();
    w.later();
    assert_eq!(w.unlocked().err(), Some(ErrorCode::KeychainKeyMissing));
    assert_eq!(exit(ErrorCode::KeychainKeyMissing), 4);
    assert!(w.file("json").exists() && segment_path(&w.profile(), Segment::Clinical).exists(), "nothing is deleted");
    let app = w.open().expect("opened");
    let screen = lock::lock_screen(&app).map_err(|f| f.code).expect("screen");
    assert_eq!(serde_json::to_value(&screen.keychain).expect("json"), "key_missing");
    app.close();
}

#[test]
fn a_tampered_slot_is_damage_and_a_whole_one_opens_again() {
    let w = TestWorkstation::new();
    for ending in ["json", "state", "keys"] {
        w.later();
        let before = w.events();
        let path = w.file(ending);
        let whole = flip_middle(&path);
        let refused = w.unlocked().err();
        std::fs::write(&path, whole).expect("back");
        assert_eq!((refused, exit(ErrorCode::SlotDamaged)), (Some(ErrorCode::SlotDamaged), 1), "{ending}");
        assert!(w.events() > before, "{ending}: an event");
    }
    w.is_whole();
}

#[test]
fn a_segment_cut_flipped_or_of_something_else_is_never_read_and_never_deleted() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 3] = [
        ("cut", |bytes| bytes.truncate(bytes.len() / 2)),
        ("flipped", |bytes| bytes[4096] ^= 1),
        ("not a database", |bytes| {
            *bytes = b"<html>not a database, but long enough to look like a file</html>".repeat(400);
        }),
    ];
    for (what, damage) in damages {
        let w = TestWorkstation::new();
        let damaged = w.damage(Segment::Directory, damage);
        let before = w.events();
        let app = w.unlocked().expect("unlocked");
        let request = SearchDto { query: String::from("gonz"), offset: 0, limit: 5 };
        let found = search::search_patients(&app, request).map_err(|f| f.code).expect("searched");
        assert!(found.rows.is_empty() && found.incomplete, "{what}: nobody is said to be nowhere");
        app.close();
        drop(app);
        assert_eq!(w.set_aside_as(Segment::Directory, &damaged), 1, "{what}: kept as it was");
        assert!(w.events() > before, "{what}: an event");
    }
}

#[test]
fn a_chart_without_its_clinical_file_is_not_shown_as_empty() {
    let w = TestWorkstation::new();
    // The clinical file: the session opens with less, and what is missing is not shown as empty.
    let path = segment_path(&w.profile(), Segment::Clinical);
    let whole = std::fs::read(&path).expect("segment");
    let cut = whole[..whole.len() / 2].to_vec();
    w.later();
    std::fs::write(&path, &cut).expect("written");
    let app = w.unlocked().expect("the directory still opens");
    let shown = chart::open_chart(&app, "p1").map(|c| serde_json::to_value(&c).expect("json"));
    app.close();
    drop(app);
    let shown = shown.map_err(|f| f.code).expect("what there is");
    assert!(!shown.to_string().contains("39.5"));
    assert_eq!(
        (&shown["allergies"]["state"], &shown["completeness"]["partial"]),
        (&"unavailable".into(), &true.into())
    );
}

#[test]
fn a_newer_segment_is_left_alone() {
    let folder = tempfile::tempdir().expect("folder");
    let session = TestSession::at(&folder.path().join("profile"));
    let runtime = Runtime::new().expect("runtime");
    let open = || session.open(dr_jonas(), runtime.handle().clone(), Arc::new(SystemClock)).map_err(|f| f.code);
    open().expect("enrolled").close();
    let path = segment_path(session.profile(), Segment::Directory);
    let whole = std::fs::read(&path).expect("segment");
    let keys = ExtractedKeys::take(&session, dr_jonas()).expect("keys");
    let conn = open_cipher(&path, &keys.segments().remove(0).database_key(), OpenMode::Write).expect("with the key");
    conn.pragma_update(None, "user_version", 99).expect("newer");
    drop(conn);
    assert_eq!(open().err(), Some(ErrorCode::StoreNewer));
    assert_eq!(exit(ErrorCode::StoreNewer), 1);
    std::fs::write(&path, whole).expect("back");
    open().expect("opens again").close();
}

#[test]
fn an_altered_ledger_is_named() {
    let w = TestWorkstation::new();
    let path = w.profile().join("ledger.db");
    let whole = std::fs::read(&path).expect("ledger");
    let events = w.events();
    let whole_now = std::fs::read(&path).expect("ledger");
    let mut found = 0;
    for page in 0..whole_now.len() / PAGE {
        flip(&path, page * PAGE + 4000);
        let report = w.open().and_then(|app| {
            let report = audit::verify(&app, None).map_err(|f| f.code);
            app.close();
            report
        });
        std::fs::write(&path, &whole_now).expect("back");
        match report {
            // A page that holds no event, and that SQLite did not need: every event was read and is as it was.
            Ok(r) if r.findings.is_empty() && r.gaps.is_empty() => assert_eq!(r.events, events, "page {page}"),
            _ => found += 1,
        }
    }
    assert!(found > whole.len() / PAGE / 2, "{found} pages of {} are noticed", whole.len() / PAGE);
    w.is_whole();
}

#[test]
fn a_second_instance_is_refused() {
    let w = TestWorkstation::new();
    let first = w.open().expect("opened");
    assert_eq!(w.open().err(), Some(ErrorCode::ProfileInUse));
    assert_eq!(exit(ErrorCode::ProfileInUse), 6);
    if let Some(program) = program("chartkeep") {
        let sync = ["sync", "--password-fd", "3", "--code-fd", "4"];
        let ended = chartkeep(&program, &w.profile(), &sync);
        assert_eq!((ended.exit, ended.object["code"].as_str()), (6, Some("profile_in_use")));
    }
    first.close();
    drop(first);
    w.is_whole();
    assert!(w.recorded().contains(&(EventClass::SecondInstance, Outcome::MinorFailure)), "an event");
}

#[test]
fn a_clock_a_year_ahead_or_back_asks_for_the_time() {
    let w = TestWorkstation::new();
    let year = i64::try_from(YEAR.as_millis()).expect("fits");
    let now = w.clock.now();
    for wrong in [now.plus_millis(year), now.plus_millis(-year)] {
        w.clock.set_wall(wrong);
        let refused = w.unlocked().err();
        assert_eq!((refused, exit(ErrorCode::ClockWrong)), (Some(ErrorCode::ClockWrong), 3));
    }
    w.clock.set_wall(now);
    w.is_whole();
}

#[test]
fn broken_lines_of_an_import_are_named_and_the_rest_is_taken() {
    let w = TestWorkstation::new();
    w.later();
    let file = w.folder.path().join("mixed.ndjson");
    let lines = [
        patient("p2", "Okafor", "Chidi"),
        String::from("{\"resourceType\":\"Patient\","),
        result("x1", "p2", "4.2"),
        String::from("<html>502 Bad Gateway</html>"),
    ];
    std::fs::write(&file, lines.join("\n")).expect("written");
    let app = w.unlocked().expect("unlocked");
    let report = import::import_file(&app, &file, false).map_err(|f| f.code).expect("imported");
    assert_eq!((report.broken_lines, report.imported, exit(ErrorCode::ImportBroken)), (vec![2, 4], 2, 1));
    let half = w.folder.path().join("half.ndjson.zst");
    let packed = zstd::encode_all(lines[0].repeat(2000).as_bytes(), 1).expect("packed");
    std::fs::write(&half, &packed[..packed.len() / 2]).expect("written");
    let refused = import::import_file(&app, &half, false).err().map(|f| f.code);
    assert_eq!(refused, Some(ErrorCode::ImportBroken));
    let unknown = w.folder.path().join("records.txt");
    std::fs::write(&unknown, "x").expect("written");
    assert_eq!(import::import_file(&app, &unknown, false).err().map(|f| f.code), Some(ErrorCode::Invalid));
    app.close();
    drop(app);
    w.is_whole();
}

#[test]
fn a_server_that_is_down_or_not_the_clinics_has_its_code() {
    let w = TestWorkstation::new();
    // A port that was free a moment ago: nothing listens there.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("port");
    let begin = |server: &str| {
        let empty = tempfile::tempdir().expect("folder");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keychain: Arc<dyn Keychain> = Arc::new(FakeKeychain::default());
        let app = Workstation::open_for_test(
            empty.path(),
            keep_session::ProfileAccess::Own,
            w.runtime.handle().clone(),
            clock,
            keychain,
        )
        .map_err(|f| f.code)?;
        let ask = EnrolBeginDto { server: Some(server.to_owned()), workstation: Some(String::from("Room 3")) };
        let begun = enrol::enrol_begin(&app, ask).map(|_| ()).map_err(|f| f.code);
        app.close();
        begun
    };
    assert_eq!(begin(&format!("https://{closed}/fhir")), Err(ErrorCode::ServerUnreachable));
    assert_eq!(exit(ErrorCode::ServerUnreachable), 5);
    assert_eq!(begin("not an address"), Err(ErrorCode::Invalid));
    if let Some(clinic) = Clinic::start(w.folder.path()) {
        assert!(clinic.backend.ca.exists());
        assert_eq!(begin(&clinic.backend.fhir), Err(ErrorCode::ServerUntrusted), "its certificate is nobody's we know");
        assert_eq!(exit(ErrorCode::ServerUntrusted), 5);
    }
}

#[test]
fn the_command_line_without_a_keychain_says_so() {
    let Some(program) = program("chartkeep") else { return };
    let w = TestWorkstation::new();
    let unlock = ["--password-fd", "3", "--code-fd", "4"];
    for verb in ["sync", "grant"] {
        let args: Vec<&str> = std::iter::once(verb).chain(unlock).collect();
        let ended = chartkeep(&program, &w.profile(), &args);
        assert_eq!((ended.exit, ended.object["code"].as_str()), (4, Some("keychain_absent")), "{verb}");
        assert_eq!(ended.object["ok"], false);
    }
    let verify = chartkeep(&program, &w.profile(), &["audit", "verify"]);
    assert_eq!((verify.exit, verify.object["code"].as_str()), (4, Some("keychain_absent")));
    let doctor = chartkeep(&program, &w.profile(), &["doctor"]);
    assert_eq!(doctor.object["keychain"], "absent", "{}", doctor.object);
    assert_eq!(chartkeep(&program, &w.profile(), &["no-such-verb"]).exit, 2);
    w.is_whole();
}
