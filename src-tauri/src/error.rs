//! What can go wrong in the shell before or beside a command.

use keep_domain::ErrorCode;

/// A failure of the shell itself; commands answer with a `FailureDto` instead.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShellError {
    /// The command line.
    #[error("cannot use the argument {0}")]
    Argument(&'static str),
    /// The platform names no folder for application data.
    #[error("no home folder for the profile")]
    NoProfileFolder,
    /// The profile folder or a file in it.
    #[error("the profile folder cannot be used: {0}")]
    Profile(#[source] std::io::Error),
    /// Another instance holds the profile.
    #[error("another Chartkeep uses this profile")]
    ProfileInUse,
    /// The process could not be protected.
    #[error("the process cannot be protected from dumps: {0}")]
    Hardening(#[source] rustix::io::Errno),
    /// The window or its web view.
    #[error("the window cannot be opened: {0}")]
    Window(#[source] tauri::Error),
}

impl ShellError {
    /// The closed code, which also says how the program ends.
    pub(crate) const fn code(&self) -> ErrorCode {
        match self {
            Self::Argument(_) => ErrorCode::Invalid,
            Self::NoProfileFolder | Self::Profile(_) => ErrorCode::Io,
            Self::ProfileInUse => ErrorCode::ProfileInUse,
            Self::Hardening(_) | Self::Window(_) => ErrorCode::Internal,
        }
    }
}
