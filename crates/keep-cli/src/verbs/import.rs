//! `chartkeep import`.

use super::unlocked;
use crate::args::Import;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_domain::ErrorCode;
use keep_session::Workstation;
use keep_session::cases::import;
use serde_json::json;

/// Imports the readable lines of a file and lists the numbers of the others.
pub(crate) fn run(workstation: &Workstation, args: &Import, secrets: SecretFds) -> Result<Report, Report> {
    unlocked::with(workstation, &args.unlock, secrets, |workstation, _| {
        let report = import::import_file(workstation, &args.file)?;
        let body = json!({
            "read": report.read, "imported": report.imported, "unchanged": report.unchanged,
            "kept_unreadable": report.kept_unreadable, "broken_lines": report.broken_lines,
        });
        let complete = report.broken_lines.is_empty();
        if complete { Ok(Report::ok(body)) } else { Err(Report::failed(ErrorCode::ImportBroken, body)) }
    })
}
