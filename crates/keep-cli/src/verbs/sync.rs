//! `chartkeep sync`.

use super::enrol::refusal;
use super::unlocked;
use crate::args::Sync;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_domain::{ErrorCode, UtcMillis};
use keep_session::Workstation;
use keep_session::cases::{sign_in_again, sync};
use keep_session::dto::sign_in::{SignInAgainDto, SignInStateDto};
use serde_json::json;

/// Sends pending changes, fetches new records and delivers audit events; rejected changes and conflicts are findings.
pub(crate) fn run(workstation: &Workstation, args: &Sync, secrets: SecretFds) -> Result<Report, Report> {
    if args.sign_in {
        sign_in(workstation, &args.unlock.user)?;
    }
    unlocked::with_unlocked(workstation, &args.unlock, secrets, |workstation, _| {
        let report = sync::run_to_end(workstation)?;
        let body = json!({
            "pushed": report.pushed, "pulled": report.pulled, "pending": report.pending,
            "failed": report.rejected, "conflicts": report.conflicts,
            "bytes_up": report.bytes_up, "bytes_down": report.bytes_down,
            "complete_as_of": report.complete_as_of.map(UtcMillis::to_rfc3339).unwrap_or_default(),
        });
        Ok(if report.rejected > 0 || report.conflicts > 0 { Report::finding(body) } else { Report::ok(body) })
    })
}

/// Completes a clinic sign-in, which the next unlock uses.
fn sign_in(workstation: &Workstation, name: &str) -> Result<(), Report> {
    let user = unlocked::find_user(workstation, name)?;
    sign_in_again::sign_in_again(workstation, SignInAgainDto { user: Some(user) })?;
    match sign_in_again::wait_for_sign_in(workstation)? {
        SignInStateDto::Done => Ok(()),
        SignInStateDto::Failed { code, problem } => Err(refusal(code, problem.as_ref())),
        _ => Err(ErrorCode::SignInFailed.into()),
    }
}
