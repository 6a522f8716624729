//! What the web view may not do.

use crate::{document_protocol, platform};
use std::path::{Path, PathBuf};
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Url, WebviewWindow, WebviewWindowBuilder, Wry};

/// Where the web engine writes the salts of a second web context, which Tauri creates but no page uses.
fn unused_context(profile: &Path) -> PathBuf {
    profile.join("web-view")
}

/// Removes what an earlier process wrote there.
pub(crate) fn remove_unused_context(profile: &Path) {
    match std::fs::remove_dir_all(unused_context(profile)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::info!(%error, "salts of an unused web context remain in the profile");
        }
        _ => {}
    }
}

/// Nothing on disk, no other page, no other window, no download, no developer tools.
pub(crate) fn confine<'a>(
    builder: WebviewWindowBuilder<'a, Wry, AppHandle>,
    profile: &Path,
) -> WebviewWindowBuilder<'a, Wry, AppHandle> {
    let builder = builder
        .incognito(true)
        // Otherwise the salts are written to a folder of their own next to every profile.
        .data_directory(unused_context(profile))
        .devtools(false)
        .general_autofill_enabled(false)
        .disable_drag_drop_handler()
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    // WebDriver cannot attach to a web view that writes nothing to disk.
    #[cfg(feature = "e2e")]
    let builder = builder.incognito(false).data_directory(std::env::temp_dir().join("chartkeep-e2e-web-view"));
    builder
}

/// Shows the page at `percent` of its usual size.
pub(crate) fn set_text_size(window: &WebviewWindow, percent: u16) -> tauri::Result<()> {
    window.set_zoom(f64::from(percent) / 100.0)
}

/// Turns the spelling checker off, which would learn the names of patients.
pub(crate) fn disable_spelling(window: &WebviewWindow) {
    if let Err(error) = platform::disable_spelling(window) {
        tracing::warn!(%error, "the spelling checker cannot be turned off");
    }
}

/// The interface's own origin, the isolation frame, the frame of documents, and the empty page that frames start with.
fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" | "isolation" => true,
        document_protocol::SCHEME => url.path() == "/viewer/",
        "about" => url.path() == "blank" || url.path() == "srcdoc",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_pages_of_the_interface_open() {
        let ours = |url: &str| super::is_own_page(&url.parse().expect("url"));
        assert!(ours("tauri://localhost/index.html") && ours("document://localhost/viewer/"));
        assert!(!ours("document://localhost/bytes/h/all/0"));
        for url in
            ["https://example.org/", "http://127.0.0.1:9/", "file:///etc/passwd", "data:text/html,x", "about:config"]
        {
            assert!(!ours(url), "{url}");
        }
    }
}
