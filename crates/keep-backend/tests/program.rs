//! The program as a process: ready file, signals and exit codes.

#![cfg(unix)]

use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;

fn backend() -> Command {
    Command::new(env!("CARGO_BIN_EXE_keep-backend"))
}

#[test]
fn it_writes_the_ready_file_and_stops_on_a_signal() {
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
    let info = (0..3000).find_map(|_| {
        std::thread::park_timeout(Duration::from_millis(20));
        serde_json::from_slice::<Value>(&std::fs::read(&ready).ok()?).ok()
    });
    let stopped = Command::new("kill").arg(child.id().to_string()).status();
    let exit = child.wait().expect("exit status");
    let info = info.expect("the ready file");
    assert!(stopped.expect("kill").success() && exit.success(), "{exit}");
    assert_eq!(info["pid"], child.id());
    assert!(info["fhir"].as_str().is_some_and(|f| f.starts_with("https://127.0.0.1:") && f.ends_with("/fhir")));
    assert_eq!(info["fhir"], format!("{}/fhir", info["issuer"].as_str().expect("issuer")));
    assert!(std::fs::read_to_string(info["ca"].as_str().expect("ca")).expect("pem").contains("BEGIN CERTIFICATE"));
}

#[test]
fn it_prints_one_time_codes() {
    let uri = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let output = backend().args(["code", "--otpauth", uri]).output().expect("keep-backend runs");
    let code = String::from_utf8(output.stdout).expect("text");
    assert!(code.trim().len() == 6 && code.trim().bytes().all(|b| b.is_ascii_digit()), "{code}");
    let rejected = backend().args(["code", "--otpauth", "nothing"]).output().expect("keep-backend runs");
    assert!(!rejected.status.success() && rejected.stdout.is_empty());
}
