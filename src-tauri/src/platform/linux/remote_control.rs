//! Environment variables that would let another program drive the page.

/// Variables that make the web engine or GTK open the page to a WebDriver session or an inspector.
const REMOTE_CONTROL: [&str; 4] =
    ["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER", "GTK_DEBUG"];

/// Removes the variables from the environment, except in the `e2e` build, which is driven by tests.
///
/// INVARIANT: called in `main` before any thread is started.
pub(crate) fn refuse_remote_control() {
    if cfg!(feature = "e2e") {
        return;
    }
    for name in REMOTE_CONTROL {
        #[expect(unsafe_code, reason = "the environment is shared by all threads")]
        // SAFETY: no other thread exists yet that could read the environment meanwhile.
        unsafe {
            std::env::remove_var(name);
        }
    }
}
