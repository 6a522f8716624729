//! What the process forbids itself before it holds anything worth reading.

use crate::error::ShellError;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// No core file, and no reading of this process's memory by other programs of the same user.
///
/// INVARIANT: called first in `main`, again in each image, because exec makes a process dumpable again.
pub(crate) fn forbid_dumps() -> Result<(), ShellError> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(ShellError::Hardening)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(ShellError::Hardening)
}

/// What makes the web engine or the toolkit hand the page to somebody else: a driver's session, an inspector's port.
const REMOTE_CONTROL: [&str; 4] =
    ["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER", "GTK_DEBUG"];

/// Ignores what the environment says about remote control of the page; only the tested program may be driven.
///
/// INVARIANT: called in `main` before any thread is started.
pub(crate) fn refuse_remote_control() {
    if cfg!(feature = "e2e") {
        return;
    }
    for name in REMOTE_CONTROL {
        #[expect(unsafe_code, reason = "the environment belongs to all threads, and there is one")]
        // SAFETY: no other thread exists yet that could read the environment meanwhile.
        unsafe {
            std::env::remove_var(name);
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_process_cannot_be_dumped() {
        super::forbid_dumps().expect("hardening");
        assert_eq!(rustix::process::getrlimit(rustix::process::Resource::Core).maximum, Some(0));
        let behavior = rustix::process::dumpable_behavior().expect("prctl");
        assert_eq!(behavior, rustix::process::DumpableBehavior::NotDumpable);
    }
}
