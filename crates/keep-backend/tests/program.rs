//! The program itself: where it says that it listens, and how it ends.

#![cfg(unix)]

use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;

fn backend() -> Command {
    Command::new(env!("CARGO_BIN_EXE_keep-backend"))
}

#[test]
fn it_tells_where_it_listens_and_ends_on_a_signal() {
    let folder = tempfile::tempdir().expect("folder");
    let ready = folder.path().join("ready.json");
    let mut child = backend()
        .args(["serve", "--demo-staff", "--data"])
        .arg(folder.path().join("data"))
        .arg("--ready")
        .arg(&ready)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("keep-backend starts");
    let said = (0..3000).find_map(|_| {
        std::thread::park_timeout(Duration::from_millis(20));
        serde_json::from_slice::<Value>(&std::fs::read(&ready).ok()?).ok()
    });
    let stopped = Command::new("kill").arg(child.id().to_string()).status();
    let ended = child.wait().expect("ended");
    let said = said.expect("the ready file");
    assert!(stopped.expect("kill").success() && ended.success(), "{ended}");
    assert_eq!(said["pid"], child.id());
    assert!(said["fhir"].as_str().is_some_and(|f| f.starts_with("https://127.0.0.1:") && f.ends_with("/fhir")));
    assert_eq!(said["fhir"], format!("{}/fhir", said["issuer"].as_str().expect("issuer")));
    assert!(std::fs::read_to_string(said["ca"].as_str().expect("ca")).expect("pem").contains("BEGIN CERTIFICATE"));
}

#[test]
fn it_computes_codes() {
    let uri = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let said = backend().args(["code", "--otpauth", uri]).output().expect("keep-backend runs");
    let code = String::from_utf8(said.stdout).expect("text");
    assert!(code.trim().len() == 6 && code.trim().bytes().all(|b| b.is_ascii_digit()), "{code}");
    let refused = backend().args(["code", "--otpauth", "nothing"]).output().expect("keep-backend runs");
    assert!(!refused.status.success() && refused.stdout.is_empty());
}
