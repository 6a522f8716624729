//! `chartkeep trust`.

use super::unlocked;
use crate::args::Trust;
use crate::report::Report;
use crate::secret_fd::SecretFds;
use keep_session::Workstation;
use keep_session::cases::device;
use serde_json::json;

/// Records a new file of certificate authorities in the sealed settings.
pub(crate) fn run(app: &Workstation, args: &Trust, secrets: SecretFds) -> Result<Report, Report> {
    unlocked::with(app, &args.unlock, secrets, |app, _| {
        device::trust_authorities(app, &args.ca)?;
        Ok(Report::ok(json!({ "ca": args.ca })))
    })
}
