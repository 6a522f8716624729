//! Errors of the shell outside commands.

use keep_domain::ErrorCode;

/// An error of the shell itself; commands return a `FailureDto` instead.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShellError {
    /// An argument of the command line that does not exist or has an invalid value.
    #[error("cannot use the argument {0}")]
    Argument(String),
    /// The operating system reports no folder for application data.
    #[error("no home folder for the profile")]
    NoProfileFolder,
    /// The profile folder or its lock; `profile_in_use` if another instance holds it.
    #[error("the profile cannot be used: {}", .0.name())]
    Profile(ErrorCode),
    /// A thread could not be started.
    #[error("a thread cannot be started: {0}")]
    Thread(#[source] std::io::Error),
    /// The process could not be protected.
    #[error(transparent)]
    Hardening(#[from] keep_hardening::NotProtected),
    /// The window or its web view.
    #[error("the window cannot be opened: {0}")]
    Window(#[source] tauri::Error),
}

impl ShellError {
    /// The code that determines the exit code of the program.
    pub(crate) const fn code(&self) -> ErrorCode {
        match self {
            Self::Argument(_) => ErrorCode::Invalid,
            Self::NoProfileFolder => ErrorCode::Io,
            Self::Profile(code) => *code,
            Self::Thread(_) | Self::Hardening(_) | Self::Window(_) => ErrorCode::Internal,
        }
    }
}
