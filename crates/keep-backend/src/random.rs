//! Random tokens of the identity provider: codes, refresh tokens, page handles.

use crate::BackendError;
use data_encoding::BASE64URL_NOPAD;

/// 32 random bytes as 43 characters of base64url.
///
/// # Errors
/// [`BackendError::Random`] where the operating system gives none.
pub(crate) fn make_token() -> Result<String, BackendError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| BackendError::Random)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
