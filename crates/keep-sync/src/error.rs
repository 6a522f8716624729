//! What can go wrong between this device and a server.

use crate::id_token::TokenError;
use keep_domain::ErrorCode;

/// The one error of this crate. No variant carries a URL, the text of a body or of a foreign error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// Nobody answers at that address, or the answer did not come in time.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The TLS handshake failed: the certificate is not trusted, or only an old TLS version is offered.
    #[error("the server's certificate is not trusted")]
    Untrusted,
    /// The answer is not what it should be: HTML, half a body, not FHIR, over the size limit.
    #[error("the server's answer is garbled")]
    Garbled,
    /// The server answered with an error status.
    #[error("the server answered {status}")]
    Failed {
        /// The HTTP status.
        status: u16,
        /// What `Retry-After` asks for, in seconds.
        retry_after: Option<u64>,
    },
    /// The tokens are used up or refused: only a new sign-in helps.
    #[error("sign in again")]
    SignInNeeded,
    /// The sign-in in the browser did not end well.
    #[error("the sign-in failed: {0:?}")]
    SignIn(SignInError),
    /// The identity provider's token does not say what was asked of it.
    #[error("the token is refused: {0:?}")]
    Token(TokenError),
    /// The identity provider's clock and this device's disagree, so that its tokens cannot be judged.
    #[error("the provider's clock disagrees with trusted time")]
    ClocksDisagree,
    /// A setting that is not acceptable, by the setting's name.
    #[error("not acceptable: {0}")]
    Settings(&'static str),
    /// Stopped on request.
    #[error("cancelled")]
    Cancelled,
    /// A rotated refresh token could not be kept, so it was not used.
    #[error("the refresh token could not be kept")]
    NotPersisted,
    /// The store refused or failed; the closed code says why.
    #[error("the store failed: {0:?}")]
    Store(ErrorCode),
    /// A defect in Chartkeep.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// Why a sign-in in the browser did not end well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInError {
    /// The person, or the provider on their behalf, said no.
    Denied,
    /// The provider asks for something that only a person can give now (`login_required` and its kin).
    Interaction,
    /// The provider refused the request itself.
    Refused,
    /// Nobody came back from the browser in time.
    TimedOut,
    /// No loopback port could be opened.
    NoListener,
    /// No browser could be started; the address can be opened by hand.
    NoBrowser,
}

impl SyncError {
    /// The closed code that crosses the shell's border.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unreachable => ErrorCode::ServerUnreachable,
            Self::Untrusted => ErrorCode::ServerUntrusted,
            Self::Garbled => ErrorCode::ServerGarbled,
            Self::Failed { .. } => ErrorCode::ServerFailed,
            Self::SignInNeeded => ErrorCode::SignInNeeded,
            Self::SignIn(_) | Self::Token(_) | Self::Cancelled => ErrorCode::SignInFailed,
            Self::ClocksDisagree => ErrorCode::ClockWrong,
            Self::Settings(_) => ErrorCode::Invalid,
            Self::NotPersisted => ErrorCode::Io,
            Self::Store(code) => *code,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// Whether the same request may succeed later without anybody doing anything.
    #[must_use]
    pub const fn passes_by_itself(&self) -> bool {
        match self {
            Self::Unreachable | Self::Garbled => true,
            Self::Failed { status, .. } => matches!(status, 408 | 425 | 429) || *status >= 500,
            _ => false,
        }
    }
}
