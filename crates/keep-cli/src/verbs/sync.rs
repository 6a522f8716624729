//! `chartkeep sync`.

use super::unlocked;
use crate::answer::Answer;
use crate::args::Sync;
use crate::secret_fd::SecretFds;
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::{sign_in_again, sync};
use keep_session::dto::sign_in::{SignInAgainDto, SignInStateDto};
use serde_json::json;

/// Sends what waits, fetches what is new, delivers audit events; exit 1 when something needs a person.
pub(crate) fn run(app: &Workstation, ask: &Sync, secrets: SecretFds) -> Answer {
    if ask.sign_in
        && let Err(code) = sign_in(app, &ask.unlock.user)
    {
        return Answer::failed(code);
    }
    unlocked::with(app, &ask.unlock, secrets, |app, _| match sync::run_to_end(app) {
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

/// Leaves a finished sign-in for the unlock that follows to take over.
fn sign_in(app: &Workstation, person: &str) -> Result<(), ErrorCode> {
    let user = unlocked::find(app, person)?;
    sign_in_again::sign_in_again(app, SignInAgainDto { user }).map_err(|f| f.code)?;
    match sign_in_again::wait_for_sign_in(app).map_err(|f| f.code)? {
        SignInStateDto::Done => Ok(()),
        SignInStateDto::Failed { code } => Err(code),
        _ => Err(ErrorCode::SignInFailed),
    }
}
