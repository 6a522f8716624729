//! Opens the sign-in address in the person's own browser, never in a web view of ours (RFC 8252, 8.12).

use crate::SyncError;
use crate::error::SignInError;
use std::process::{Command, Stdio};
use url::Url;

/// Opens `address` with `$BROWSER` where that is set, else with the system's default.
///
/// # Errors
/// [`SyncError::SignIn`] where no browser starts; the address can still be opened by hand.
pub(crate) fn open_browser(address: &Url) -> Result<(), SyncError> {
    let failed = |_| SyncError::SignIn(SignInError::NoBrowser);
    match std::env::var_os("BROWSER").filter(|b| !b.is_empty()) {
        // xdg-open's form: programs joined by colons, the first one counts here.
        Some(named) => {
            let named = named.to_string_lossy().into_owned();
            let program = if std::path::Path::new(&named).exists() {
                named
            } else {
                named.split(':').next().unwrap_or_default().to_owned()
            };
            let mut command = Command::new(program);
            command.arg(address.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().map_err(failed)?;
            // Waits on a thread of its own, so that no zombie stays behind a browser that ends at once.
            std::thread::spawn(move || child.wait());
            Ok(())
        }
        None => open::that_detached(address.as_str()).map_err(failed),
    }
}
