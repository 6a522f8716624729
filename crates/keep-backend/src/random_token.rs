//! Random tokens: authorization codes, refresh tokens, page links.

use crate::error::BackendError;
use data_encoding::BASE64URL_NOPAD;

/// 32 random bytes as 43 characters of base64url.
pub(crate) fn make_token() -> Result<String, BackendError> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| BackendError::Random)?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
