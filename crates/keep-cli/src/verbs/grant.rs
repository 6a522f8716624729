//! `chartkeep grant`.

use super::unlocked;
use crate::args::Unlock;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_session::Workstation;
use keep_session::dto::lock::NoticeDto;
use serde_json::{Value, json};

/// Unlocks, which gives access to every verified colleague who is waiting, and lists these colleagues.
pub(crate) fn run(workstation: &Workstation, who: &Unlock, secrets: SecretFds) -> Result<Report, Report> {
    unlocked::with(workstation, who, secrets, |_, session| {
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
