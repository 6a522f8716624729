//! `chartkeep sync`.

use super::unlocked;
use crate::answer::Answer;
use crate::args::Unlock;
use keep_session::App;
use keep_session::cases::sync;
use serde_json::json;

/// Sends what waits, fetches what is new, delivers audit events; exit 1 when something needs a person.
pub(crate) fn run(app: &App, who: &Unlock) -> Answer {
    unlocked::with(app, who, |app, _| match sync::run_to_end(app) {
        Ok(report) => {
            let body = json!({
                "pushed": report.pushed, "pulled": report.pulled, "pending": report.pending,
                "failed": report.failed, "conflicts": report.conflicts,
                "bytes_up": report.bytes_up, "bytes_down": report.bytes_down,
                "complete_as_of": report.complete_as_of,
            });
            if report.failed > 0 || report.conflicts > 0 { Answer::finding(body) } else { Answer::ok(body) }
        }
        Err(failure) => Answer::failure(&failure),
    })
}
