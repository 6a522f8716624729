//! Unlocks for one verb, and locks again whether or not it succeeds; and `chartkeep grant` and `trust`, which make one
//! call in between.

use crate::args::{Trust, Unlock};
use crate::report::Report;
use crate::secret_fd::{self, SecretFds};
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::{device, lock, unlock};
use keep_session::dto::lock::{NoticeDto, SessionDto, UnlockDto};
use serde_json::{Value, json};

/// Runs `work` while the user named by `who` is unlocked.
pub(crate) fn with_unlocked(
    workstation: &Workstation,
    who: &Unlock,
    secrets: SecretFds,
    work: impl FnOnce(&Workstation, &SessionDto) -> Result<Report, Report>,
) -> Result<Report, Report> {
    let request = read_request(workstation, who, secrets)?;
    let session = unlock::unlock(workstation, request)?;
    let report = work(workstation, &session);
    lock::lock_session(workstation, "command_ended");
    report
}

/// Unlocks, which gives access to every verified colleague who is waiting, and lists these colleagues.
pub(crate) fn grant(workstation: &Workstation, who: &Unlock, secrets: SecretFds) -> Result<Report, Report> {
    with_unlocked(workstation, who, secrets, |_, session| {
        let granted: Vec<Value> = session
            .notices
            .iter()
            .filter_map(|n| match n {
                NoticeDto::Granted { name, role, segment } => {
                    Some(json!({"name": name, "role": role.name(), "segment": segment}))
                }
                _ => None,
            })
            .collect();
        Ok(Report::ok(json!({ "granted": granted, "waiting_for_grant": session.waiting_for_grant })))
    })
}

/// Records a new file of certificate authorities in the sealed settings.
pub(crate) fn trust(workstation: &Workstation, args: &Trust, secrets: SecretFds) -> Result<Report, Report> {
    with_unlocked(workstation, &args.unlock, secrets, |workstation, _| {
        device::trust_authorities(workstation, &args.ca)?;
        Ok(Report::ok(json!({ "ca": args.ca })))
    })
}

fn read_request(workstation: &Workstation, who: &Unlock, secrets: SecretFds) -> Result<UnlockDto, ErrorCode> {
    let user = find_user(workstation, &who.user)?;
    let password = secret_fd::read(secrets.password)?;
    let code = secret_fd::read(secrets.code)?;
    // EXPOSE: passed to the one call that derives keys from them.
    let (password, code) = (password.expose().clone(), Some(code.expose().clone()));
    Ok(UnlockDto { user, password, code, phone_time: who.phone_time.clone() })
}

/// The user id of the only user with that name or id; an empty name matches every user.
pub(crate) fn find_user(workstation: &Workstation, name: &str) -> Result<String, ErrorCode> {
    let screen = lock::lock_screen(workstation).map_err(|f| f.code)?;
    if let Some(code) = screen.blocked {
        return Err(code);
    }
    let mut found = screen.users.iter().filter(|u| name.is_empty() || u.name == name || u.user == name);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.user.clone()),
        (Some(_), Some(_)) => Err(ErrorCode::Invalid),
        (None, _) => Err(ErrorCode::NotEnrolled),
    }
}
