//! `keep-backend` as a child process.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot start its server has failed")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Number of looks at 20 ms each while it starts: twenty minutes, since it may load many records first.
const WAITS: u32 = 60_000;

/// A running server with the staff of the demo; stopped when dropped.
#[derive(Debug)]
pub struct Backend {
    program: PathBuf,
    folder: PathBuf,
    child: Child,
    /// Address of the FHIR base.
    pub fhir: String,
    /// Address of the identity provider.
    pub issuer: String,
    /// PEM file of the authority that signed its certificate.
    pub ca: PathBuf,
}

impl Backend {
    /// Starts `program serve` with its data below `folder` and these further arguments, and waits until it listens.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start(program: &Path, folder: &Path, arguments: &[&OsStr]) -> Self {
        let ready = folder.join("ready.json");
        let child = Command::new(program)
            .args(["serve", "--demo-staff"])
            // What remains of a visit whose encounter was lost with a damaged file would be refused by a server that checks references.
            .args(["--references", "unchecked", "--packed-forms", "accepted"])
            .args(arguments)
            .arg("--data")
            .arg(folder.join("server"))
            .arg("--ready")
            .arg(&ready)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("keep-backend starts");
        let (fhir, issuer, ca) = (String::new(), String::new(), PathBuf::new());
        let mut backend = Self { program: program.to_owned(), folder: folder.to_owned(), child, fhir, issuer, ca };
        for _ in 0..WAITS {
            let written = std::fs::read(&ready).ok();
            if let Some(addresses) = written.and_then(|b| serde_json::from_slice::<Value>(&b).ok()) {
                let text = |name: &str| addresses.get(name).and_then(Value::as_str).expect("an address").to_owned();
                (backend.fhir, backend.issuer, backend.ca) = (text("fhir"), text("issuer"), PathBuf::from(text("ca")));
                return backend;
            }
            assert!(backend.child.try_wait().expect("state").is_none(), "keep-backend ended at once");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        panic!("keep-backend does not listen");
    }

    /// Stops it.
    pub fn stop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }

    /// Starts it again at the same address with the same data, after [`Backend::stop`].
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start_again(&mut self, arguments: &[&OsStr]) {
        std::fs::remove_file(self.folder.join("ready.json")).expect("ready file");
        let address = self.fhir.trim_start_matches("https://").trim_end_matches("/fhir");
        let listen = [OsStr::new("--listen"), OsStr::new(address)];
        *self = Self::start(&self.program, &self.folder, &[arguments, &listen].concat());
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The folder of its records, certificate and sign-ins.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("server")
    }

    /// The staff: user, role, password and otpauth address of each.
    ///
    /// # Panics
    /// Where the program does not list them.
    #[must_use]
    pub fn people(&self) -> Vec<BTreeMap<String, String>> {
        let listed = Command::new(&self.program).args(["people", "--json"]).output().expect("people");
        serde_json::from_slice(&listed.stdout).expect("people")
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.stop();
    }
}
