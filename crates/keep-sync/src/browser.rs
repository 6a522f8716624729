//! Opens the sign-in address in the user's own browser, never in an embedded web view (RFC 8252, 8.12).

use crate::error::{SignInError, SyncError};
use std::process::{Command, Stdio};
use url::Url;

/// Opens `address` with `$BROWSER` where that is set, else with the system's default.
///
/// # Errors
/// [`SyncError::SignIn`] where no browser starts; the user can still open the address.
pub(crate) fn open_browser(address: &Url) -> Result<(), SyncError> {
    let failed = |_| SyncError::SignIn(SignInError::NoBrowser);
    match std::env::var_os("BROWSER").filter(|b| !b.is_empty()) {
        // As for xdg-open: programs joined by colons; only the first is tried.
        Some(value) => {
            let value = value.to_string_lossy().into_owned();
            let program = if std::path::Path::new(&value).exists() {
                value
            } else {
                value.split(':').next().unwrap_or_default().to_owned()
            };
            let mut command = Command::new(program);
            command.arg(address.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().map_err(failed)?;
            // Waits on a separate thread, so that a browser that exits leaves no zombie process.
            std::thread::spawn(move || child.wait());
            Ok(())
        }
        None => open::that_detached(address.as_str()).map_err(failed),
    }
}
