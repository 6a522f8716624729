//! `chartkeep trust`.

use super::unlocked;
use crate::args::Trust;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_session::Workstation;
use keep_session::cases::device;
use serde_json::json;

/// Records a new file of certificate authorities in the sealed settings.
pub(crate) fn run(workstation: &Workstation, args: &Trust, secrets: SecretFds) -> Result<Report, Report> {
    unlocked::with(workstation, &args.unlock, secrets, |workstation, _| {
        device::trust_authorities(workstation, &args.ca)?;
        Ok(Report::ok(json!({ "ca": args.ca })))
    })
}
