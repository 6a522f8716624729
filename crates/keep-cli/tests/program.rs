//! The program itself, without a keychain: what it prints and how it ends.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test ends where its assumption ends")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn chartkeep(profile: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartkeep"));
    command.arg("--profile").arg(profile).args(args);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus").env_remove("DISPLAY");
    command.output().expect("chartkeep runs")
}

/// One JSON object and nothing else on standard output.
#[track_caller]
fn check(args: &[&str], exit: i32, code: &str) {
    let folder = tempfile::tempdir().expect("folder");
    let ended = chartkeep(folder.path(), args);
    let said: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
    assert_eq!((ended.status.code(), &said["code"]), (Some(exit), &Value::from(code)), "{args:?}");
    assert_eq!(said["ok"], exit == 0);
}

#[test]
fn an_empty_profile_has_a_code_for_every_verb() {
    let unlock = ["--password-fd", "0", "--code-fd", "0"];
    let with = |verb: &[&'static str]| [&["--json"], verb, &unlock].concat();
    // No keychain answers here, which is what doctor is asked for.
    check(&["--json", "doctor"], 1, "finding");
    check(&["--json", "audit", "verify"], 3, "not_enrolled");
    check(&with(&["sync"]), 3, "not_enrolled");
    check(&with(&["grant"]), 3, "not_enrolled");
    check(&with(&["import", "records.ndjson"]), 3, "not_enrolled");
    check(&with(&["enrol", "--otpauth-fd", "1"]), 2, "invalid");
    check(&["--json", "no-such-verb"], 2, "invalid");
    check(&["--json", "sync"], 2, "invalid");
}

#[test]
fn words_are_for_people_and_json_for_programs() {
    let folder = tempfile::tempdir().expect("folder");
    let said = chartkeep(folder.path(), &["audit", "verify"]);
    let text = String::from_utf8(said.stdout).expect("text");
    assert!(text.starts_with("Nobody of that name is enrolled on this workstation."), "{text}");
    let unknown = chartkeep(folder.path(), &["no-such-verb"]);
    assert_eq!((unknown.status.code(), unknown.stdout), (Some(2), Vec::new()));
    assert!(!unknown.stderr.is_empty());
}
