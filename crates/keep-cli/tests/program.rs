//! Output and exit codes of the program, without a keychain.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test ends where its assumption ends")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program with descriptors 3 and 4 open and empty, and 5 to 9 closed.
fn chartkeep(profile: &Path, args: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$@\" 3</dev/null 4</dev/null 5>&- 6>&- 7>&- 8>&- 9>&-", "sh"]);
    command.arg(env!("CARGO_BIN_EXE_chartkeep")).arg("--profile").arg(profile).args(args);
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus").env_remove("DISPLAY");
    command.output().expect("chartkeep runs")
}

/// One JSON object and nothing else on standard output.
#[track_caller]
fn check(args: &[&str], exit: i32, code: &str) {
    let folder = tempfile::tempdir().expect("folder");
    let ended = chartkeep(folder.path(), args);
    let object: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
    assert_eq!((ended.status.code(), &object["code"]), (Some(exit), &Value::from(code)), "{args:?}");
    assert_eq!(object["ok"], exit == 0);
}

#[test]
fn a_server_that_is_not_there_is_a_finding_with_what_to_change() {
    let folder = tempfile::tempdir().expect("folder");
    let profile = folder.path().join("profile");
    let args = ["--json", "doctor", "--server", "https://127.0.0.1:1/fhir"];
    let ended = chartkeep(&profile, &args);
    let object: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
    assert_eq!((ended.status.code(), &object["code"]), (Some(1), &Value::from("finding")));
    let first = &object["checks"][0];
    assert_eq!((&first["check"], &first["result"]), (&Value::from("connection"), &Value::from("blocks")));
    assert!(first["change"].as_str().is_some_and(|text| text.contains("--ca")) && !profile.exists());
    let table = chartkeep(&profile, args.get(1..).expect("arguments"));
    let text = String::from_utf8(table.stdout).expect("text");
    assert!(text.contains("STOPS THE WORK") && text.contains("To change:"), "{text}");
    check(&["--json", "doctor", "--server", "ehr"], 2, "invalid");
}

#[test]
fn every_verb_has_a_code_on_an_empty_profile() {
    let unlock = ["--password-fd", "3", "--code-fd", "4"];
    let with = |verb: &[&'static str]| [&["--json"], verb, &unlock].concat();
    // Without a keychain service, doctor has a finding.
    check(&["--json", "doctor"], 1, "finding");
    check(&["--json", "audit", "verify"], 3, "not_enrolled");
    check(&with(&["sync"]), 3, "not_enrolled");
    check(&with(&["export", "--change-set", "1", "--to", "."]), 3, "not_enrolled");
    check(&with(&["grant"]), 3, "not_enrolled");
    check(&with(&["import", "records.ndjson"]), 3, "not_enrolled");
    check(&with(&["enrol", "--otpauth-fd", "1"]), 2, "invalid");
    check(&["--json", "no-such-verb"], 2, "invalid");
    check(&["--json", "sync"], 2, "invalid");
}

#[test]
fn output_is_text_for_the_user_unless_json_is_asked_for() {
    let folder = tempfile::tempdir().expect("folder");
    let output = chartkeep(folder.path(), &["audit", "verify"]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.starts_with("No matching user is enrolled on this workstation."), "{text}");
    let unknown = chartkeep(folder.path(), &["no-such-verb"]);
    assert_eq!((unknown.status.code(), unknown.stdout), (Some(2), Vec::new()));
    assert!(!unknown.stderr.is_empty());
}

/// A descriptor was once taken only when it was needed. By then a number that the caller had not opened named the
/// profile's lock file, and the seed of the codes was written there in plain text.
#[test]
fn a_descriptor_that_the_caller_did_not_open_is_refused_before_any_file_is_created() {
    for number in (0..=20).map(|n| n.to_string()) {
        let folder = tempfile::tempdir().expect("folder");
        let profile = folder.path().join("profile");
        let fds = ["--password-fd", "3", "--code-fd", "4", "--otpauth-fd", &number];
        let args = [&["--json", "enrol", "--server", "https://127.0.0.1:1/fhir"][..], &fds].concat();
        let ended = chartkeep(&profile, &args);
        let object: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
        assert_eq!((ended.status.code(), &object["code"]), (Some(2), &Value::from("invalid")), "{number}: {object}");
        assert!(!profile.exists(), "{number}: no file was created");
        for other in ["--password-fd", "--code-fd"] {
            let (password, code) =
                if other == "--password-fd" { (number.as_str(), "4") } else { ("3", number.as_str()) };
            if password == "3" && code == "4" {
                continue;
            }
            let ended = chartkeep(&profile, &["--json", "sync", "--password-fd", password, "--code-fd", code]);
            assert_eq!((ended.status.code(), profile.exists()), (Some(2), false), "{other} {number}");
        }
    }
}

#[test]
fn a_descriptor_for_the_wrong_direction_is_refused_and_named() {
    let folder = tempfile::tempdir().expect("folder");
    // Descriptor 4 is open for reading only.
    let args = ["--json", "enrol", "--password-fd", "3", "--code-fd", "5", "--otpauth-fd", "4"];
    let object: Value = serde_json::from_slice(&chartkeep(folder.path(), &args).stdout).expect("one JSON object");
    let reason = object["descriptor"].as_str().expect("reason");
    assert!(reason.starts_with("--code-fd 5: "), "{reason}");
    let args = ["--json", "enrol", "--password-fd", "3", "--code-fd", "4", "--otpauth-fd", "4"];
    let object: Value = serde_json::from_slice(&chartkeep(folder.path(), &args).stdout).expect("one JSON object");
    assert!(object["descriptor"].as_str().is_some_and(|t| t.starts_with("--otpauth-fd 4: ")), "{object}");
}
