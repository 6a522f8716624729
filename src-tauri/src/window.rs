//! The one window.

use crate::error::ShellError;
use crate::place::Place;
use crate::shell::Shell;
use crate::web_view;
use gtk::prelude::GtkWindowExt;
use tauri::window::Color;
use tauri::{AppHandle, Manager, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Its label, which capabilities name.
pub(crate) const MAIN: &str = "main";

/// The paper of the light theme, so that no other colour flashes before the page is painted.
const PAPER: Color = Color(0xf4, 0xf3, 0xef, 0xff);

/// Opens the window; after a lock in the old place, without taking the focus from another program.
pub(crate) fn open(app: &AppHandle, place: Option<Place>) -> Result<WebviewWindow, ShellError> {
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Chartkeep")
        .inner_size(1280.0, 720.0)
        .min_inner_size(1024.0, 600.0)
        .background_color(PAPER)
        .visible(false)
        .focused(place.is_none_or(|p| p.focused))
        .maximized(place.is_some_and(|p| p.maximized));
    let shell = app.state::<Shell>();
    web_view::forget_unused_context(shell.profile());
    let window = web_view::confine(builder, shell.profile()).build().map_err(ShellError::Window)?;
    web_view::quieten(&window);
    if let Some(place) = place.filter(|p| !p.maximized) {
        window.set_size(PhysicalSize::new(place.width, place.height)).map_err(ShellError::Window)?;
        window.set_position(PhysicalPosition::new(place.x, place.y)).map_err(ShellError::Window)?;
    }
    let gtk = window.gtk_window().map_err(ShellError::Window)?;
    // When false GTK writes _NET_WM_USER_TIME 0, which tells the window manager not to focus it.
    gtk.set_focus_on_map(place.is_none_or(|p| p.focused));
    if place.is_some_and(|p| p.minimized) {
        gtk.iconify();
    }
    window.show().map_err(ShellError::Window)?;
    Ok(window)
}

/// Brings the window to the front, for a second start of the program.
pub(crate) fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}
