//! The program itself, without a keychain: what it prints and how it ends.

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
    let said: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
    assert_eq!((ended.status.code(), &said["code"]), (Some(exit), &Value::from(code)), "{args:?}");
    assert_eq!(said["ok"], exit == 0);
}

#[test]
fn an_empty_profile_has_a_code_for_every_verb() {
    let unlock = ["--password-fd", "3", "--code-fd", "4"];
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

/// Once, a descriptor was taken when it was needed: a number that the caller had not opened was by then the profile's
/// lock file, and the seed of the codes was written there in clear.
#[test]
fn a_descriptor_that_the_caller_did_not_open_is_refused_before_anything_is_made() {
    for number in (0..=20).map(|n| n.to_string()) {
        let folder = tempfile::tempdir().expect("folder");
        let profile = folder.path().join("profile");
        let fds = ["--password-fd", "3", "--code-fd", "4", "--otpauth-fd", &number];
        let args = [&["--json", "enrol", "--server", "https://127.0.0.1:1/fhir"][..], &fds].concat();
        let ended = chartkeep(&profile, &args);
        let said: Value = serde_json::from_slice(&ended.stdout).expect("one JSON object");
        assert_eq!((ended.status.code(), &said["code"]), (Some(2), &Value::from("invalid")), "{number}: {said}");
        assert!(!profile.exists(), "{number}: nothing was opened");
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
fn a_descriptor_is_used_in_its_own_direction_and_named_when_it_cannot_be() {
    let folder = tempfile::tempdir().expect("folder");
    // Descriptor 4 is open for reading only.
    let args = ["--json", "enrol", "--password-fd", "3", "--code-fd", "5", "--otpauth-fd", "4"];
    let said: Value = serde_json::from_slice(&chartkeep(folder.path(), &args).stdout).expect("one JSON object");
    let told = said["descriptor"].as_str().expect("told");
    assert!(told.starts_with("--code-fd 5: "), "{told}");
    let args = ["--json", "enrol", "--password-fd", "3", "--code-fd", "4", "--otpauth-fd", "4"];
    let said: Value = serde_json::from_slice(&chartkeep(folder.path(), &args).stdout).expect("one JSON object");
    assert!(said["descriptor"].as_str().is_some_and(|t| t.starts_with("--otpauth-fd 4: ")), "{said}");
}
