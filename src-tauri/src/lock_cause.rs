//! Why a session is locked.

use serde::Serialize;

/// The cause, as the page gets it and the audit event states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LockCause {
    /// The user locked it.
    User,
    /// The window was closed.
    Close,
    /// No input for as long as policy allows.
    Idle,
    /// The time limit of one unlock.
    Absolute,
    /// The operating system locked its screen.
    OsLock,
    /// The machine is about to sleep.
    Sleep,
}

impl LockCause {
    /// The word in the audit event.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Close => "close",
            Self::Idle => "idle",
            Self::Absolute => "absolute",
            Self::OsLock => "os_lock",
            Self::Sleep => "sleep",
        }
    }
}
