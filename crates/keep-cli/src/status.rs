//! How a verb ended.

use keep_domain::{ErrorCode, ExitCode};

/// The result of a verb; it decides the exit code, the JSON member `code` and the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Success.
    Ok,
    /// The verb is complete, and its findings need attention.
    Finding,
    /// The verb failed.
    Failed(ErrorCode),
}

impl Status {
    /// The exit code of the program.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        match self {
            Self::Ok => ExitCode::Ok,
            Self::Finding => ExitCode::Finding,
            Self::Failed(code) => code.exit_code(),
        }
    }

    /// The value of the JSON member `code`: `ok`, `finding` or the name of the error code.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Finding => "finding",
            Self::Failed(code) => code.name(),
        }
    }
}
