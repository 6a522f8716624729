//! What can go wrong between this device and a server.

use keep_domain::ErrorCode;

/// The error of this crate. No variant carries a URL, or the text of a body or of a foreign error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// No server responds at that address, or the response did not arrive in time.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The TLS handshake failed: the certificate is not trusted, or only an old TLS version is offered.
    #[error("the server's certificate is not trusted")]
    Untrusted,
    /// The response is not what was requested: HTML, half a body, not FHIR, over the size limit.
    #[error("the server's response is invalid")]
    InvalidResponse,
    /// The response ended before its end.
    #[error("the server's response was cut off")]
    Truncated,
    /// The response is larger than is accepted.
    #[error("the server's response is too large")]
    TooLarge,
    /// The server responded with an error status.
    #[error("the server responded with status {status}")]
    Failed {
        /// The HTTP status.
        status: u16,
        /// `Retry-After`, in seconds.
        retry_after: Option<u64>,
    },
    /// The server does not say where to sign in, and no issuer is configured.
    #[error("the server does not say where to sign in")]
    NoSignInAddress,
    /// The issuer's discovery document names another issuer, or lacks an endpoint.
    #[error("the issuer does not describe itself as OpenID Connect requires")]
    WrongIssuer,
    /// The tokens have expired or are rejected: only a new sign-in helps.
    #[error("sign in again")]
    SignInNeeded,
    /// The sign-in in the browser failed.
    #[error("the sign-in failed: {0:?}")]
    SignIn(SignInError),
    /// The identity provider's token is not acceptable.
    #[error("the token is rejected: {0:?}")]
    Token(TokenError),
    /// The clocks of the identity provider and of this device disagree, so its tokens cannot be verified.
    #[error("the provider's clock disagrees with trusted time")]
    ClocksDisagree,
    /// A setting that is not acceptable, by its name.
    #[error("not acceptable: {0}")]
    Settings(&'static str),
    /// Stopped on request.
    #[error("cancelled")]
    Cancelled,
    /// A rotated refresh token could not be saved, so it was not used.
    #[error("the refresh token could not be saved")]
    NotPersisted,
    /// The store failed; the code says why.
    #[error("the store failed: {0:?}")]
    Store(ErrorCode),
    /// A defect in Chartkeep.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// Why a sign-in in the browser failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInError {
    /// The user, or the provider on their behalf, declined.
    Denied,
    /// The provider needs input from the user (`login_required` and similar).
    Interaction,
    /// The provider rejected the request itself.
    Refused,
    /// The browser did not return in time.
    TimedOut,
    /// No loopback port could be opened.
    NoListener,
    /// No browser could be started; the user can open the address.
    NoBrowser,
}

/// Why an ID token is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Not three base64url parts with JSON in them.
    Malformed,
    /// An algorithm other than ES256 and RS256, or an unknown critical header.
    Algorithm,
    /// No key id, or a key that the provider does not publish for signing.
    UnknownKey,
    /// The signature is wrong.
    Signature,
    /// Another issuer.
    Issuer,
    /// Issued to another client.
    Audience,
    /// Another subject than expected, or none.
    Subject,
    /// Expired.
    Expired,
    /// Issued in the future, or too long ago for a sign-in.
    IssuedAt,
    /// The nonce of another sign-in.
    Nonce,
    /// The authentication was not strong enough.
    Acr,
    /// A required method was not used.
    Amr,
    /// The provider does not say that a second factor was asked for.
    SecondFactor,
    /// The user authenticated too long ago, or the time is missing.
    AuthTime,
    /// The token that should list the roles cannot be used.
    Roles(RolesTokenFault),
}

/// Why the token that should list the roles cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RolesTokenFault {
    /// The provider gave none.
    Missing,
    /// Not signed by a published key of the provider: an opaque access token, or userinfo as plain JSON.
    NotSigned,
    /// The ID token has no `at_hash`.
    NotBound,
    /// Not of this sign-in: another `at_hash`, issuer, subject, client or time.
    OtherToken,
}

impl TokenError {
    /// Whether the provider's set-up lacks what would say which roles the user has, so that nothing was said of them.
    pub(crate) const fn says_nothing_of_roles(self) -> bool {
        use RolesTokenFault as F;
        matches!(self, Self::Roles(F::Missing | F::NotSigned | F::NotBound))
    }
}

impl SyncError {
    /// The server's `Retry-After`, seconds.
    pub(crate) const fn retry_after(&self) -> Option<u64> {
        if let Self::Failed { retry_after, .. } = self { *retry_after } else { None }
    }

    /// The code of this error for callers outside the workspace.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unreachable => ErrorCode::ServerUnreachable,
            Self::Untrusted => ErrorCode::ServerUntrusted,
            Self::InvalidResponse | Self::Truncated | Self::TooLarge => ErrorCode::ServerGarbled,
            Self::Failed { .. } => ErrorCode::ServerFailed,
            Self::SignInNeeded => ErrorCode::SignInNeeded,
            Self::SignIn(_) | Self::Token(_) | Self::Cancelled => ErrorCode::SignInFailed,
            Self::ClocksDisagree => ErrorCode::ClockWrong,
            Self::Settings(_) | Self::NoSignInAddress | Self::WrongIssuer => ErrorCode::Invalid,
            Self::NotPersisted => ErrorCode::Io,
            Self::Store(code) => *code,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// Whether the same request may succeed later without anyone's intervention.
    pub(crate) const fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable | Self::InvalidResponse | Self::Truncated | Self::TooLarge => true,
            Self::Failed { status, .. } => matches!(status, 408 | 425 | 429) || *status >= 500,
            _ => false,
        }
    }
}
