//! `chartkeep export`.

use super::unlocked::with_unlocked;
use crate::args::Export;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_session::Workstation;
use keep_session::cases::sync;
use serde_json::json;

/// What leaves the encrypted profile.
const NOTICE: &str = "This file holds health information and is not encrypted. Only this operating system account can \
                      read it. Delete it when it has been used. The export is in the audit log.";

/// Writes a rejected change set to a new file. It stays in the queue.
pub(crate) fn run(workstation: &Workstation, args: &Export, secrets: SecretFds) -> Result<Report, Report> {
    with_unlocked(workstation, &args.unlock, secrets, |workstation, _| {
        let exported = sync::sync_export(workstation, args.change_set, &args.to)?;
        Ok(Report::ok(json!({ "file": exported.path, "records": exported.records, "notice": NOTICE })))
    })
}
