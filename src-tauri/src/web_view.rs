//! What the web view may not do.

use std::path::{Path, PathBuf};
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Url, WebviewWindow, WebviewWindowBuilder, Wry};

/// Where the web engine puts the salts of a web context that Tauri makes beside the one in use. No page ever has it.
pub(crate) fn unused_context(profile: &Path) -> PathBuf {
    profile.join("web-view")
}

/// Removes what an image before left there.
pub(crate) fn forget_unused_context(profile: &Path) {
    match std::fs::remove_dir_all(unused_context(profile)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::info!(%error, "salts of an unused web context are left in the profile");
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
        // Else these lie in a folder of their own beside every profile.
        .data_directory(unused_context(profile))
        .devtools(false)
        .general_autofill_enabled(false)
        .zoom_hotkeys_enabled(true)
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    // WebDriver cannot attach to a web view that leaves nothing on disk.
    #[cfg(feature = "e2e")]
    let builder = builder.incognito(false).data_directory(std::env::temp_dir().join("chartkeep-e2e-web-view"));
    builder
}

/// Spelling: dictionaries learn words, and a patient's name is one.
pub(crate) fn quieten(window: &WebviewWindow) {
    use webkit2gtk::{WebContextExt, WebViewExt};
    let done = window.with_webview(|view| {
        if let Some(context) = view.inner().context() {
            context.set_spell_checking_enabled(false);
        }
    });
    if let Err(error) = done {
        tracing::warn!(%error, "spelling is left as the system has it");
    }
}

/// The interface's own origin, the isolation frame, and the empty page that frames start with.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" | "isolation" => true,
        "about" => url.path() == "blank" || url.path() == "srcdoc",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_our_own_pages_open() {
        let ours = |url: &str| super::is_ours(&url.parse().expect("url"));
        assert!(ours("tauri://localhost/index.html"));
        for url in
            ["https://example.org/", "http://127.0.0.1:9/", "file:///etc/passwd", "data:text/html,x", "about:config"]
        {
            assert!(!ours(url), "{url}");
        }
    }
}
