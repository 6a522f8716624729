//! `chartkeep audit verify` and `chartkeep audit sign-off`.

use super::unlocked;
use crate::answer::Answer;
use crate::args::SignOff;
use crate::secret_fd::SecretFds;
use keep_session::Workstation;
use keep_session::cases::audit;
use keep_session::dto::audit::SignOffDto;
use serde_json::{Value, json};
use std::path::Path;

/// Verifies the profile's ledger, or a copy of it at `file`.
pub(crate) fn run(app: &Workstation, file: Option<&Path>) -> Answer {
    match audit::verify(app, file) {
        Ok(report) => {
            let findings: Vec<Value> = report.findings.into_iter().map(Value::String).collect();
            let clean = findings.is_empty() && report.gaps.is_empty();
            let body = json!({
                "events": report.events, "from": report.from, "to": report.to,
                "gaps": report.gaps, "findings": findings, "signed_off": report.signed_off,
            });
            if clean { Answer::ok(body) } else { Answer::finding(body) }
        }
        Err(failure) => Answer::failure(&failure),
    }
}

/// Signs off alerts while the person is unlocked.
pub(crate) fn sign_off(app: &Workstation, ask: SignOff, secrets: SecretFds) -> Answer {
    let SignOff { sequences, explanation, unlock } = ask;
    unlocked::with(app, &unlock, secrets, |app, _| {
        match audit::sign_off_alerts(app, SignOffDto { sequences, explanation }) {
            Ok(done) => Answer::ok(json!({ "signed_off": done.sequences })),
            Err(failure) => Answer::failure(&failure),
        }
    })
}
