//! `chartkeep` at the terminal, on a workstation whose clock and keychain a test sets.

use crate::workstation::{TestWorkstation, is_alert};
use chartkeep_tests::{TestSession, ok};
use keep_audit::{BootId, EventClass, EventStamper, EventWriter, Outcome};
use keep_cli::args::{Audit, Doctor, Import, SignOff, Sync, Unlock, Verb};
use keep_cli::messages::message;
use keep_cli::report::Report;
use keep_cli::secret_fd::SecretFds;
use keep_cli::status::Status;
use keep_domain::{Clock, DeviceId, ErrorCode, SystemClock};
use keep_keys::{DeviceKey, Keychain};
use keep_session::cases::audit;
use keep_session::testing::PASSWORD;
use keep_store::{HeaderFilter, LEDGER_LIMIT_BYTES, Ledger, ledger_path};
use std::io::{PipeReader, Write};
use std::path::Path;
use std::sync::Arc;

/// What the user types, in two pipes.
struct Typed {
    password: PipeReader,
    code: PipeReader,
}

impl Typed {
    fn lines(password: &str, code: &str) -> Self {
        let line = |text: &str| {
            let (reader, mut writer) = std::io::pipe().expect("pipe");
            writeln!(writer, "{text}").expect("written");
            reader
        };
        Self { password: line(password), code: line(code) }
    }

    fn secrets(self) -> SecretFds {
        SecretFds { password: Some(self.password.into()), code: Some(self.code.into()), otpauth: None }
    }
}

/// The one enrolled person; password and code come through pipes.
const fn anybody() -> Unlock {
    Unlock { user: String::new(), password_fd: 3, code_fd: 4, phone_time: None }
}

impl TestWorkstation {
    /// `chartkeep sync`, after the code that was used last.
    pub(crate) fn sync(&self) -> Report {
        self.later();
        self.sync_with(PASSWORD, &self.code())
    }

    /// `chartkeep sync` with what was typed.
    pub(crate) fn sync_with(&self, password: &str, code: &str) -> Report {
        let typed = Typed::lines(password, code);
        self.run(Verb::Sync(Sync { sign_in: false, unlock: anybody() }), typed.secrets())
    }

    /// `chartkeep import FILE`.
    pub(crate) fn import(&self, file: &Path) -> Report {
        self.later();
        let typed = Typed::lines(PASSWORD, &self.code());
        self.run(Verb::Import(Import { file: file.to_owned(), list: false, unlock: anybody() }), typed.secrets())
    }

    /// `chartkeep grant`.
    pub(crate) fn grant(&self) -> Report {
        self.later();
        let typed = Typed::lines(PASSWORD, &self.code());
        self.run(Verb::Grant(anybody()), typed.secrets())
    }

    /// `chartkeep audit verify [--ledger FILE]`.
    pub(crate) fn audit_verify(&self, ledger: Option<&Path>) -> Report {
        self.run(Verb::Audit(Audit::Verify { ledger: ledger.map(Path::to_owned) }), SecretFds::default())
    }

    /// `chartkeep audit sign-off`, which is not for a physician.
    pub(crate) fn sign_off(&self) -> Report {
        self.later();
        let typed = Typed::lines(PASSWORD, &self.code());
        let (sequences, explanation) = (Vec::new(), String::from("incident"));
        let sign_off = SignOff { sequences, explanation, unlock: anybody() };
        self.run(Verb::Audit(Audit::SignOff(sign_off)), typed.secrets())
    }

    /// The ledger is as it was written: all that `audit verify` reports are the alerts that stand in it.
    pub(crate) fn ledger_is_whole(&self, what: &str) {
        let answer = self.audit_verify(None);
        let findings = answer.body["findings"].as_array().cloned().unwrap_or_default();
        assert!(findings.iter().all(|f| f.as_str().is_some_and(is_alert)), "{what}: {findings:?}");
        check(what, &answer, if findings.is_empty() { "ok" } else { "finding" }, i32::from(!findings.is_empty()));
    }

    /// `chartkeep doctor`.
    pub(crate) fn doctor(&self) -> Report {
        self.run(Verb::Doctor(Doctor::default()), SecretFds::default())
    }

    fn run(&self, verb: Verb, secrets: SecretFds) -> Report {
        let opened = if matches!(verb, Verb::Doctor(_)) { self.device().open_read_only() } else { self.try_open() };
        match opened {
            Ok(app) => {
                let answer = keep_cli::run_on(&app, verb, secrets);
                app.close();
                answer
            }
            Err(failure) => Report::from(failure),
        }
    }

    /// Class and outcome of every event, oldest first.
    pub(crate) fn recorded(&self) -> Vec<(EventClass, Outcome)> {
        recorded(&self.profile(), &*self.keychain, Arc::clone(&self.clock) as _)
    }
}

/// The ledger of a closed profile verifies, as `chartkeep audit verify` checks it.
pub(crate) fn ledger_verifies(session: &TestSession) {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let app = ok(session.device(runtime.handle().clone(), Arc::new(SystemClock)).open());
    let report = ok(audit::verify(&app, None));
    app.close();
    assert_eq!((report.findings, report.gaps), (Vec::new(), Vec::new()));
}

/// Class and outcome of every event in the ledger of `profile`, oldest first.
pub(crate) fn recorded(profile: &Path, keychain: &dyn Keychain, clock: Arc<dyn Clock>) -> Vec<(EventClass, Outcome)> {
    let device_key = DeviceKey::load(keychain, true).expect("keychain").expect("device key");
    let event_writer =
        EventWriter::for_device(Arc::new(EventStamper::new(DeviceId::make_random(), BootId::make_random(), clock)));
    let path = ledger_path(profile);
    let ledger = Ledger::open(&path, &device_key.ledger_key(), event_writer, LEDGER_LIMIT_BYTES).expect("ledger");
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let window = ledger.headers(&HeaderFilter { before, ..HeaderFilter::default() }, 500).expect("headers");
        let Some(last) = window.headers.last() else { break };
        before = Some(last.sequence);
        all.extend(window.headers.iter().map(|h| (h.class, h.outcome)));
    }
    ledger.close();
    all.reverse();
    all
}

/// The answer is the one object {ok, code, …} with that code and exit code, and its text starts with a message of its own.
#[track_caller]
pub(crate) fn check(what: &str, answer: &Report, code: &str, exit: i32) {
    let object: serde_json::Value = serde_json::from_str(&answer.to_json()).expect("one JSON object");
    assert_eq!((object["code"].as_str(), answer.exit_code() as i32), (Some(code), exit), "{what}: {object}");
    assert_eq!(object["ok"], exit == 0, "{what}");
    let text = answer.to_text();
    assert!(text.starts_with(message(answer.status)), "{what}: {text}");
    assert_ne!(message(answer.status), message(Status::Failed(ErrorCode::Internal)), "{what}: a message of its own");
}
