//! Who may not drive the page.

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
