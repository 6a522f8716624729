//! Where the window stands, so that the locked one opens in the same place.

use std::str::FromStr;
use tauri::WebviewWindow;

/// Place, size and state of the window; physical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) focused: bool,
    pub(crate) maximized: bool,
    pub(crate) minimized: bool,
}

impl Place {
    /// Reads the window; must run on the main thread, elsewhere it waits for it.
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

    /// The form that crosses exec as one argument.
    pub(crate) fn to_argument(self) -> String {
        let flags = [self.focused, self.maximized, self.minimized].map(u8::from);
        let [f, m, n] = flags;
        format!("{},{},{},{},{f},{m},{n}", self.x, self.y, self.width, self.height)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split(',');
        let mut next = || parts.next().and_then(|p| p.parse::<i32>().ok()).ok_or(());
        let place = Self {
            x: next()?,
            y: next()?,
            width: u32::try_from(next()?).map_err(|_| ())?,
            height: u32::try_from(next()?).map_err(|_| ())?,
            focused: next()? == 1,
            maximized: next()? == 1,
            minimized: next()? == 1,
        };
        if parts.next().is_none() { Ok(place) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_survives_the_argument() {
        let place =
            Place { x: -1366, y: 24, width: 1200, height: 740, focused: true, maximized: false, minimized: true };
        assert_eq!(place.to_argument().parse(), Ok(place));
    }

    #[test]
    fn a_broken_place_is_refused() {
        for text in ["", "1,2,3", "1,2,-3,4,0,0,0", "1,2,3,4,0,0,0,9", "a,2,3,4,0,0,0"] {
            assert_eq!(text.parse::<Place>(), Err(()), "{text}");
        }
    }
}
