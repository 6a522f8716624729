//! What goes wrong at the workstation itself, one row each: what the command line says of it, what the ledger records,
//! and that nothing is lost.

use crate::people::{patient, result};
use crate::terminal::check;
use crate::workstation::{TestWorkstation, another_code, flip_middle};
use keep_audit::EventClass as E;
use keep_audit::Outcome::{self, MinorFailure as Minor, SeriousFailure as Serious};
use keep_domain::{Clock, Segment};
use keep_keys::{Keychain, KeychainState};
use keep_session::cases::lock;
use keep_session::testing::PASSWORD;
use keep_store::{OpenMode, open_cipher, segment_path};
use std::path::PathBuf;

/// Milliseconds of a year.
const YEAR: i64 = 365 * 86_400_000;

/// Undoes what a row did.
type Undo = Box<dyn FnOnce(&TestWorkstation)>;
type Spoil = fn(&TestWorkstation) -> Undo;

/// One fault: `chartkeep sync` ends with `code` and `exit`.
struct Row {
    what: &'static str,
    spoil: Spoil,
    code: &'static str,
    exit: i32,
    /// What the ledger records, afterwards if its own key is unavailable.
    event: (E, Outcome),
}

/// A fault that is recorded as a minor failure.
const fn row(what: &'static str, spoil: Spoil, (code, exit): (&'static str, i32), class: E) -> Row {
    Row { what, spoil, code, exit, event: (class, Minor) }
}

const ROWS: &[Row] = &[
    row("keychain locked", |w| keychain(w, KeychainState::Locked), ("keychain_locked", 4), E::KeychainProblem),
    row("keychain absent", |w| keychain(w, KeychainState::Absent), ("keychain_absent", 4), E::KeychainProblem),
    row("keychain slow", |w| keychain(w, KeychainState::Slow), ("keychain_slow", 4), E::KeychainProblem),
    row("slot file tampered", |w| bit(w.file("json")), ("slot_damaged", 1), E::UnlockFailed),
    row("state file tampered", |w| bit(w.file("state")), ("slot_damaged", 1), E::UnlockFailed),
    row("clock a year ahead", |w| clock(w, YEAR), ("clock_wrong", 3), E::UnlockFailed),
    row("clock set back", |w| clock(w, -YEAR), ("clock_wrong", 3), E::UnlockFailed),
];

#[test]
fn each_fault_is_reported_at_the_terminal_and_loses_nothing() {
    let w = TestWorkstation::new();
    for row in ROWS {
        let before = w.recorded().len();
        w.later();
        let code = w.code();
        let undo = (row.spoil)(&w);
        let answer = w.sync_with(PASSWORD, &code);
        undo(&w);
        check(row.what, &answer, row.code, row.exit);
        w.is_whole();
        let new = &w.recorded()[before..];
        assert_eq!(new.iter().filter(|e| **e == row.event).count(), 1, "{}: {new:?}", row.what);
        w.ledger_is_whole(row.what);
    }
}

/// A damaged segment locks no one out: the program continues, here up to the sign-in that this workstation lacks, the
/// file is set aside, and the ledger has the finding until it is signed off.
#[test]
fn a_damaged_segment_is_kept_recorded_and_no_dead_end() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 2] = [
        ("segment truncated", |bytes| bytes.truncate(bytes.len() / 2)),
        ("segment bit-flipped", |bytes| bytes[4096] ^= 1),
    ];
    for (what, damage) in damages {
        let w = TestWorkstation::new();
        let damaged = w.damage(Segment::Directory, damage);
        let before = w.recorded().len();
        check(what, &w.sync(), "sign_in_needed", 5);
        let new = &w.recorded()[before..];
        assert!(new.contains(&(E::IntegrityFinding, Serious)), "{what}: {new:?}");
        assert_eq!(w.set_aside_as(Segment::Directory, &damaged), 1, "{what}: not a byte of it is lost");
        check(what, &w.audit_verify(None), "finding", 1);
    }
}

#[test]
fn a_wrong_password_or_code_tells_how_many_attempts_are_left() {
    let w = TestWorkstation::new();
    let before = w.recorded().len();
    let right = w.code();
    let wrong = another_code(&right);
    for (what, password, code) in [("password", "not the password", &right), ("code", PASSWORD, &wrong)] {
        let answer = w.sync_with(password, code);
        check(what, &answer, "unlock_refused", 3);
        assert!(answer.body["attempts_left"].is_u64(), "{what}: {}", answer.to_json());
    }
    let failures = w.recorded()[before..].iter().filter(|e| **e == (E::UnlockFailed, Minor)).count();
    assert_eq!(failures, 2);
    // Failures one after another make the next attempt wait.
    let mut answer = w.sync_with("not the password", &right);
    for _ in 0..5 {
        answer = w.sync_with("not the password", &right);
    }
    check("too many", &answer, "throttled", 3);
    assert!(answer.body["wait_seconds"].is_u64(), "{}", answer.to_json());
}

#[test]
fn an_emptied_keychain_is_reported_and_nothing_is_deleted() {
    let w = TestWorkstation::new();
    w.later();
    let code = w.code();
    let before = w.recorded().len();
    let items = w.keychain.items().into_iter().map(|i| (w.keychain.read(&i).expect("an item").expect("a value"), i));
    let items: Vec<_> = items.collect();
    w.keychain.lose_everything();
    check("emptied", &w.sync_with(PASSWORD, &code), "keychain_key_missing", 4);
    let doctor = w.doctor();
    check("doctor", &doctor, "finding", 1);
    assert_eq!(doctor.body["keychain"], "key_missing");
    assert!(w.file("json").exists() && segment_path(&w.profile(), Segment::Clinical).exists());
    // As from a backup of the keyring.
    for (value, item) in items {
        w.keychain.write(&item, value.expose()).expect("back");
    }
    w.is_whole();
    assert!(w.recorded()[before..].contains(&(E::KeychainProblem, Serious)));
    check("verify", &w.audit_verify(None), "ok", 0);
}

#[test]
fn an_altered_ledger_is_a_finding() {
    let w = TestWorkstation::new();
    check("whole", &w.audit_verify(None), "ok", 0);
    let path = w.profile().join("ledger.db");
    let whole = flip_middle(&path);
    check("altered", &w.audit_verify(None), "finding", 1);
    let copy = w.folder.path().join("copy.db");
    std::fs::copy(&path, &copy).expect("copied");
    std::fs::write(&path, &whole).expect("back");
    check("altered copy", &w.audit_verify(Some(&copy)), "finding", 1);
    check("whole again", &w.audit_verify(None), "ok", 0);
    check("no such copy", &w.audit_verify(Some(&w.folder.path().join("none.db"))), "io", 1);
    w.is_whole();
}

#[test]
fn a_second_instance_is_refused_at_the_terminal() {
    let w = TestWorkstation::new();
    let before = w.recorded().len();
    let first = w.unlocked().expect("unlocked");
    for _ in 0..3 {
        check("second instance", &w.sync(), "profile_in_use", 6);
    }
    let recorded =
        |w: &TestWorkstation| w.recorded()[before..].iter().filter(|e| **e == (E::SecondInstance, Minor)).count();
    assert_eq!(recorded(&w), 0, "the ledger is the first one's alone");
    lock::lock_session(&first, "user");
    assert_eq!(recorded(&w), 1, "who says it once for all three");
    check("and again", &w.sync(), "profile_in_use", 6);
    first.close();
    drop(first);
    assert_eq!(recorded(&w), 2);
    w.is_whole();
    check("verify", &w.audit_verify(None), "ok", 0);
}

#[test]
fn a_newer_segment_is_reported_and_left_alone() {
    let w = TestWorkstation::new();
    let path = segment_path(&w.profile(), Segment::Directory);
    let whole = std::fs::read(&path).expect("segment");
    let keys = w.extracted_keys();
    let conn = open_cipher(&path, &keys.segments().remove(0).database_key(), OpenMode::Write).expect("with the key");
    conn.pragma_update(None, "user_version", 99).expect("newer");
    drop(conn);
    let newer = std::fs::read(&path).expect("segment");
    let before = w.recorded().len();
    check("newer segment", &w.sync(), "store_newer", 1);
    let file = w.folder.path().join("one.ndjson");
    std::fs::write(&file, patient("p2", "Okafor", "Chidi")).expect("written");
    check("newer segment", &w.import(&file), "store_newer", 1);
    assert!(w.recorded()[before..].contains(&(E::IntegrityFinding, Serious)));
    assert!(std::fs::read(&path).is_ok_and(|now| now == newer), "not a byte of it is changed");
    std::fs::write(&path, whole).expect("back");
    w.is_whole();
    w.ledger_is_whole("verify");
}

#[test]
fn an_import_with_broken_lines_names_them() {
    let w = TestWorkstation::new();
    let before = w.recorded().len();
    let file = w.folder.path().join("mixed.ndjson");
    let lines = [patient("p2", "Okafor", "Chidi"), String::from("{\"resourceType\":"), result("x1", "p2", "4.2")];
    std::fs::write(&file, lines.join("\n")).expect("written");
    let answer = w.import(&file);
    check("broken lines", &answer, "import_broken", 1);
    assert_eq!((&answer.body["broken_lines"], &answer.body["imported"]), (&serde_json::json!([2]), &2.into()));
    assert!(w.recorded()[before..].iter().any(|(class, _)| *class == E::Import), "an event");
    w.is_whole();
}

fn keychain(w: &TestWorkstation, state: KeychainState) -> Undo {
    w.keychain.set_state(state);
    Box::new(|w| w.keychain.set_state(KeychainState::Ready))
}

fn bit(path: PathBuf) -> Undo {
    let whole = flip_middle(&path);
    Box::new(move |_| std::fs::write(path, whole).expect("back"))
}

fn clock(w: &TestWorkstation, by: i64) -> Undo {
    let right = w.clock.now();
    w.clock.set_wall(right.plus_millis(by));
    Box::new(move |w| w.clock.set_wall(right))
}
