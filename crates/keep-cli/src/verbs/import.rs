//! `chartkeep import`.

use super::unlocked;
use crate::answer::Answer;
use crate::args::Import;
use crate::secret_fd::SecretFds;
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::import;
use serde_json::json;

/// Imports the readable lines of a file; names the lines that could not be read.
pub(crate) fn run(app: &Workstation, ask: &Import, secrets: SecretFds) -> Answer {
    unlocked::with(app, &ask.unlock, secrets, |app, _| match import::import_file(app, &ask.file) {
        Ok(report) => {
            let broken = !report.broken_lines.is_empty();
            let body = json!({
                "read": report.read, "imported": report.imported, "unchanged": report.unchanged,
                "kept_unreadable": report.kept_unreadable, "broken_lines": report.broken_lines,
            });
            if broken {
                let mut answer = Answer::failed(ErrorCode::ImportBroken);
                answer.body = body.as_object().cloned().unwrap_or_default();
                answer
            } else {
                Answer::ok(body)
            }
        }
        Err(failure) => Answer::failure(&failure),
    })
}
