//! The one window.

use crate::error::ShellError;
use crate::shell::Shell;
use crate::window_geometry::WindowGeometry;
use crate::{platform, web_view};
use tauri::window::Color;
use tauri::{AppHandle, Manager, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The label of the window, which `capabilities/main.json` names.
pub(crate) const MAIN: &str = "main";

/// The background of the light theme, so that no other colour flashes before the page is painted.
const BACKGROUND: Color = Color(0xf4, 0xf3, 0xef, 0xff);

/// Opens the window; after a lock with the old geometry, without taking the focus from another program.
pub(crate) fn open(app: &AppHandle, geometry: Option<WindowGeometry>) -> Result<WebviewWindow, ShellError> {
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Chartkeep")
        .inner_size(1280.0, 720.0)
        .min_inner_size(1024.0, 600.0)
        .background_color(BACKGROUND)
        .visible(false)
        .focused(geometry.is_none_or(|g| g.focused))
        .maximized(geometry.is_some_and(|g| g.maximized));
    let shell = app.state::<Shell>();
    web_view::remove_unused_context(&shell.profile);
    let window = web_view::confine(builder, &shell.profile).build().map_err(ShellError::Window)?;
    web_view::disable_spelling(&window);
    web_view::set_text_size(&window, shell.text_size()).map_err(ShellError::Window)?;
    if let Some(g) = geometry.filter(|g| !g.maximized) {
        window.set_size(PhysicalSize::new(g.width, g.height)).map_err(ShellError::Window)?;
        window.set_position(PhysicalPosition::new(g.x, g.y)).map_err(ShellError::Window)?;
    }
    let (focused, minimized) = (geometry.is_none_or(|g| g.focused), geometry.is_some_and(|g| g.minimized));
    platform::show_window(&window, focused, minimized).map_err(ShellError::Window)?;
    Ok(window)
}

/// Brings the window to the front, for a second start of the program.
pub(crate) fn raise(window: &WebviewWindow) -> tauri::Result<()> {
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}
