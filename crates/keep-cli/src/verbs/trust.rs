//! `chartkeep trust`.

use super::unlocked;
use crate::answer::Answer;
use crate::args::Trust;
use crate::secret_fd::SecretFds;
use keep_session::Workstation;
use keep_session::cases::device;
use serde_json::json;

/// Seals another file of certificate authorities with the settings.
pub(crate) fn run(app: &Workstation, ask: &Trust, secrets: SecretFds) -> Answer {
    unlocked::with(app, &ask.unlock, secrets, |app, _| match device::trust_authorities(app, &ask.ca) {
        Ok(()) => Answer::ok(json!({ "ca": ask.ca })),
        Err(failure) => Answer::failure(&failure),
    })
}
