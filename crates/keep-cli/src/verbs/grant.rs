//! `chartkeep grant`.

use super::unlocked;
use crate::answer::Answer;
use crate::args::Unlock;
use crate::secret_fd::SecretFds;
use keep_session::Workstation;
use keep_session::dto::lock::NoticeDto;
use serde_json::{Value, json};

/// Unlocking grants to every verified colleague who waits; this says to whom.
pub(crate) fn run(app: &Workstation, who: &Unlock, secrets: SecretFds) -> Answer {
    unlocked::with(app, who, secrets, |_, session| {
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
        Answer::ok(json!({ "granted": granted, "waiting_for_grant": session.waiting_for_grant }))
    })
}
