//! Time since the last input, from the X server's screen saver extension.

use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::screensaver::ConnectionExt;
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::RustConnection;

/// A connection to the X server.
#[derive(Debug)]
pub(crate) struct IdleTime {
    connection: RustConnection,
    root: Window,
}

impl IdleTime {
    /// `None` where it cannot be measured: without an X server, and under Wayland, where an X client sees only a part
    /// of the input.
    pub(crate) fn open() -> Option<Self> {
        if std::env::var_os("WAYLAND_DISPLAY").is_some() {
            return None;
        }
        let (connection, screen) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(screen)?.root;
        connection.screensaver_query_version(1, 1).ok()?.reply().ok()?;
        Some(Self { connection, root })
    }

    /// Time since the last key or pointer event anywhere on the screen.
    pub(crate) fn read(&self) -> Option<Duration> {
        let info = self.connection.screensaver_query_info(self.root).ok()?.reply().ok()?;
        Some(Duration::from_millis(info.ms_since_user_input.into()))
    }
}
