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
    /// The profile folder or its lock; `profile_in_use` when another instance holds it.
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
    /// The closed code, which also says how the program ends.
    pub(crate) const fn code(&self) -> ErrorCode {
        match self {
            Self::Argument(_) => ErrorCode::Invalid,
            Self::NoProfileFolder => ErrorCode::Io,
            Self::Profile(code) => *code,
            Self::Thread(_) | Self::Hardening(_) | Self::Window(_) => ErrorCode::Internal,
        }
    }
}
