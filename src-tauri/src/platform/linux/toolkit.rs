//! GTK and WebKitGTK settings that Tauri does not offer.

use gtk::prelude::{DialogExt, GtkWindowExt, ObjectExt};
use tauri::WebviewWindow;
use webkit2gtk::{WebContextExt, WebViewExt};

/// Shows the window, minimized or with the focus as asked.
pub(crate) fn show_window(window: &WebviewWindow, focused: bool, minimized: bool) -> tauri::Result<()> {
    let gtk = window.gtk_window()?;
    // When false GTK writes _NET_WM_USER_TIME 0, which tells the window manager not to focus it.
    gtk.set_focus_on_map(focused);
    if minimized {
        gtk.iconify();
    }
    window.show()
}

/// Turns the spelling checker off: dictionaries learn words, and a patient's name is one.
pub(crate) fn disable_spelling(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|view| {
        if let Some(context) = view.inner().context() {
            context.set_spell_checking_enabled(false);
        }
    })
}

/// The size of text that the system asks for, percent of the usual size.
///
/// GTK gives it as the resolution of text in 1024ths of a dot per inch; 96 dots per inch are usual.
pub(crate) fn text_percent() -> u16 {
    let resolution = gtk::Settings::default().map_or(-1, |settings| settings.property::<i32>("gtk-xft-dpi"));
    u16::try_from(resolution / (96 * 1024 / 100)).ok().filter(|percent| *percent > 0).unwrap_or(100)
}

/// Shows a message until the user closes it; nothing without a display.
pub(crate) fn show_message(title: &str, text: &str) {
    if gtk::init().is_err() {
        return;
    }
    let (flags, kind, buttons) = (gtk::DialogFlags::empty(), gtk::MessageType::Info, gtk::ButtonsType::Close);
    let dialog = gtk::MessageDialog::new(None::<&gtk::Window>, flags, kind, buttons, text);
    dialog.set_title(title);
    dialog.run();
}
