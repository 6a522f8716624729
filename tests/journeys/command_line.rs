//! The programs as they are installed, where this build has made them.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A program beside this test's own; `None`, with a line that says so, where it was not built.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let here = std::env::current_exe().expect("this program");
    let found = here.ancestors().skip(1).take(2).map(|f| f.join(name)).find(|p| p.exists());
    if found.is_none() {
        println!("skipped: {name} is not built; `cargo test --workspace` builds it");
    }
    found
}

/// How a program ended: its exit code and the one object that it printed.
pub(crate) struct Ended {
    pub(crate) exit: i32,
    pub(crate) object: Value,
}

/// Runs `chartkeep` with `--json` and no session bus, so that no keychain answers.
pub(crate) fn chartkeep(program: &Path, profile: &Path, args: &[&str]) -> Ended {
    let mut command = Command::new(program);
    command.arg("--json").arg("--profile").arg(profile).args(args).stdin(Stdio::null()).stderr(Stdio::null());
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus").env_remove("DISPLAY");
    let output = command.output().expect("chartkeep runs");
    let object = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    Ended { exit: output.status.code().unwrap_or(-1), object }
}

/// A server of its own, ended when this is dropped.
pub(crate) struct Clinic {
    child: Child,
    pub(crate) fhir: String,
    pub(crate) ca: PathBuf,
}

impl Clinic {
    /// Starts `keep-backend` with an empty clinic and waits until it listens.
    pub(crate) fn start(program: &Path, folder: &Path) -> Self {
        let ready = folder.join("ready.json");
        let child = Command::new(program)
            .args(["serve", "--demo-staff", "--data"])
            .arg(folder.join("server"))
            .arg("--ready")
            .arg(&ready)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("keep-backend starts");
        let mut clinic = Self { child, fhir: String::new(), ca: PathBuf::new() };
        for _ in 0..1500 {
            if let Some(said) = std::fs::read(&ready).ok().and_then(|b| serde_json::from_slice::<Value>(&b).ok()) {
                said["fhir"].as_str().expect("fhir").clone_into(&mut clinic.fhir);
                clinic.ca = PathBuf::from(said["ca"].as_str().expect("ca"));
                return clinic;
            }
            assert!(clinic.child.try_wait().expect("state").is_none(), "keep-backend ended at once");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        panic!("keep-backend does not listen");
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
