//! `chartkeep sync`.

use super::enrol::refusal;
use super::unlocked;
use crate::args::Sync;
use crate::messages::next_step;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_domain::{ErrorCode, UtcMillis};
use keep_session::Workstation;
use keep_session::cases::sync::{PullOutcome, TypeReport};
use keep_session::cases::{sign_in_again, sync};
use keep_session::dto::sign_in::{SignInAgainDto, SignInStateDto};
use keep_session::dto::sync::SyncItemDto;
use serde_json::{Value, json};

/// Sends pending changes, fetches new records and delivers audit events; rejected changes, conflicts and
/// types that could not be received are findings. What is not on the server yet is listed, also where the sync failed.
pub(crate) fn run(workstation: &Workstation, args: &Sync, secrets: SecretFds) -> Result<Report, Report> {
    if args.sign_in {
        sign_in(workstation, &args.unlock.user)?;
    }
    unlocked::with_unlocked(workstation, &args.unlock, secrets, |workstation, _| {
        let ended = sync::run_to_end(workstation);
        let page = sync::sync_page(workstation)?;
        let items: Vec<Value> = page.items.iter().map(item).collect();
        let report = match ended {
            Ok(report) => report,
            Err(failure) => {
                let mut report = Report::from(failure);
                let status = page.stopped.and_then(|stopped| stopped.status);
                report.body.extend([(String::from("items"), json!(items)), (String::from("status"), json!(status))]);
                return Err(report);
            }
        };
        let body = json!({
            "pushed": report.pushed, "pulled": report.pulled, "pending": report.pending,
            "failed": report.rejected, "conflicts": report.conflicts,
            "bytes_up": report.bytes_up, "bytes_down": report.bytes_down,
            "complete_as_of": report.complete_as_of.map(UtcMillis::to_rfc3339).unwrap_or_default(),
            "compared": report.compared_as_of().map(UtcMillis::to_rfc3339),
            "types": report.types.iter().map(type_state).collect::<Vec<_>>(),
            "links_elsewhere": report.links_elsewhere,
            "items": items,
        });
        Ok(if report.rejected > 0 || report.conflicts > 0 || report.has_failures() {
            Report::finding(body)
        } else {
            Report::ok(body)
        })
    })
}

/// A change set that is not done, with what the sync page says of it.
fn item(item: &SyncItemDto) -> Value {
    let rejected: Vec<_> =
        item.rejected.iter().map(|r| json!({"record": r.reference, "reason": r.words, "fields": r.fields})).collect();
    json!({
        "change_set": item.change_set, "state": item.state, "author": item.author, "saved": item.saved,
        "types": item.kinds, "patient": item.patient, "patient_name": item.patient_name, "reason": item.reason,
        "rejected": rejected, "waits_for": item.waits_for.as_ref().map(|w| w.cause),
        "status": item.waits_for.as_ref().and_then(|w| w.status), "conflict": item.conflict,
        "next": next_step(item.state, item.waits_for.as_ref().map(|w| w.cause), item.reason.as_deref() == Some("unverified")),
    })
}

/// A type and how its download ended.
fn type_state(report: &TypeReport) -> Value {
    let (state, status) = match report.outcome {
        PullOutcome::Failed(status) => (json!("failed"), Some(status)),
        other => (json!(other), None),
    };
    let time = |at: Option<UtcMillis>| at.map(UtcMillis::to_rfc3339);
    json!({
        "type": report.resource_type, "state": state, "status": status,
        "complete_as_of": time(report.complete_as_of), "compared": time(report.compared),
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
