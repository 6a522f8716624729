//! `chartkeep audit verify` and `chartkeep audit sign-off`.

use super::unlocked;
use crate::args::SignOff;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::audit;
use keep_session::dto::audit::{Explanation, SignOffDto};
use serde_json::json;
use std::path::Path;

/// Verifies the profile's audit log, or a copy of it at `file`.
pub(crate) fn verify(workstation: &Workstation, file: Option<&Path>) -> Result<Report, Report> {
    let report = audit::verify(workstation, file)?;
    let clean = report.findings.is_empty() && report.gaps.is_empty();
    let body = json!({
        "events": report.events, "from": report.from, "to": report.to,
        "gaps": report.gaps, "findings": report.findings, "signed_off": report.signed_off,
    });
    Ok(if clean { Report::ok(body) } else { Report::finding(body) })
}

/// Signs off alerts while the user is unlocked.
pub(crate) fn sign_off(workstation: &Workstation, args: SignOff, secrets: SecretFds) -> Result<Report, Report> {
    let SignOff { sequences, explanation, unlock } = args;
    let explanation = Explanation::from_name(&explanation).ok_or(ErrorCode::Invalid)?;
    unlocked::with_unlocked(workstation, &unlock, secrets, |workstation, _| {
        let done = audit::sign_off_alerts(workstation, SignOffDto { sequences, explanation })?;
        Ok(Report::ok(json!({ "signed_off": done.sequences })))
    })
}
