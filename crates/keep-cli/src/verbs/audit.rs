//! `chartkeep audit verify`.

use crate::answer::Answer;
use keep_session::App;
use keep_session::cases::audit;
use serde_json::{Value, json};
use std::path::Path;

/// Verifies the profile's ledger, or a copy of it at `file`.
pub(crate) fn run(app: &App, file: Option<&Path>) -> Answer {
    match audit::verify(app, file) {
        Ok(report) => {
            let findings: Vec<Value> = report.findings.into_iter().map(Value::String).collect();
            let clean = findings.is_empty() && report.gaps.is_empty();
            let body = json!({
                "events": report.events, "from": report.from, "to": report.to,
                "gaps": report.gaps, "findings": findings,
            });
            if clean { Answer::ok(body) } else { Answer::finding(body) }
        }
        Err(failure) => Answer::failure(&failure),
    }
}
