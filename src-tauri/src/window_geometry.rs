//! Position, size and state of the window, so that the window of the locked process opens in the same place.

use std::str::FromStr;
use tauri::WebviewWindow;

/// Position, size and state of the window, in physical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WindowGeometry {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) focused: bool,
    pub(crate) maximized: bool,
    pub(crate) minimized: bool,
}

impl WindowGeometry {
    /// Reads the window; on any thread but the main one it waits for the main thread.
    pub(crate) fn of(window: &WebviewWindow) -> Option<Self> {
        let at = window.outer_position().ok()?;
        let size = window.inner_size().ok()?;
        Some(Self {
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
            focused: window.is_focused().unwrap_or(false),
            maximized: window.is_maximized().unwrap_or(false),
            minimized: window.is_minimized().unwrap_or(false),
        })
    }

    /// The form that is handed to the next process as one argument.
    pub(crate) fn to_argument(self) -> String {
        let [focused, maximized, minimized] = [self.focused, self.maximized, self.minimized].map(u8::from);
        format!("{},{},{},{},{focused},{maximized},{minimized}", self.x, self.y, self.width, self.height)
    }
}

impl FromStr for WindowGeometry {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(',');
        let mut next = || parts.next().and_then(|p| p.parse::<i32>().ok()).ok_or(());
        let geometry = Self {
            x: next()?,
            y: next()?,
            width: u32::try_from(next()?).map_err(|_| ())?,
            height: u32::try_from(next()?).map_err(|_| ())?,
            focused: next()? == 1,
            maximized: next()? == 1,
            minimized: next()? == 1,
        };
        if parts.next().is_none() { Ok(geometry) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::WindowGeometry;

    #[test]
    fn a_geometry_is_read_back_from_its_argument() {
        let geometry = WindowGeometry {
            x: -1366,
            y: 24,
            width: 1200,
            height: 740,
            focused: true,
            maximized: false,
            minimized: true,
        };
        assert_eq!(geometry.to_argument().parse(), Ok(geometry));
    }

    #[test]
    fn an_invalid_argument_is_refused() {
        for text in ["", "1,2,3", "1,2,-3,4,0,0,0", "1,2,3,4,0,0,0,9", "a,2,3,4,0,0,0"] {
            assert_eq!(text.parse::<WindowGeometry>(), Err(()), "{text}");
        }
    }
}
