//! The current one-time code of an otpauth URI, so that a demo needs no phone (RFC 6238: SHA-1, 6 digits, 30 s).

use crate::error::BackendError;
use data_encoding::BASE32_NOPAD;
use keep_domain::UtcMillis;
use totp_rs::{Algorithm, Builder, Totp};
use url::Url;

/// A one-time code and its remaining lifetime.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct CurrentCode {
    /// Six digits.
    pub(crate) code: String,
    /// Seconds until the next step.
    pub(crate) seconds_left: u64,
}

/// The code of an otpauth URI at `now`.
///
/// # Errors
/// [`BackendError::Otpauth`] if the URI has no base32 secret or requires other parameters.
pub(crate) fn code_at(otpauth: &str, now: UtcMillis) -> Result<CurrentCode, BackendError> {
    let seconds = u64::try_from(now.seconds()).map_err(|_| BackendError::Otpauth)?;
    let totp = totp_of(&parse_secret(otpauth)?);
    Ok(CurrentCode { code: totp.generate(seconds).to_string(), seconds_left: 30 - seconds % 30 })
}

/// The code generator of a raw seed.
pub(crate) fn totp_of(seed: &[u8]) -> Totp {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(0)
        .with_secret(seed.to_vec())
        .build_noncompliant()
}

fn parse_secret(otpauth: &str) -> Result<Vec<u8>, BackendError> {
    let url = Url::parse(otpauth).map_err(|_| BackendError::Otpauth)?;
    if url.scheme() != "otpauth" || url.host_str() != Some("totp") {
        return Err(BackendError::Otpauth);
    }
    let mut secret = None;
    for (key, value) in url.query_pairs() {
        let supported = match key.as_ref() {
            "secret" => {
                let text: String = value.to_ascii_uppercase().chars().filter(|c| *c != '=' && *c != ' ').collect();
                secret = BASE32_NOPAD.decode(text.as_bytes()).ok();
                secret.is_some()
            }
            "algorithm" => value.eq_ignore_ascii_case("SHA1"),
            "digits" => value == "6",
            "period" => value == "30",
            _ => true,
        };
        if !supported {
            return Err(BackendError::Otpauth);
        }
    }
    secret.filter(|s| !s.is_empty()).ok_or(BackendError::Otpauth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_match_the_test_vectors_of_rfc_6238() {
        // The RFC's SHA-1 seed; these are the last six of its eight digits.
        let uri = "otpauth://totp/demo?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            let current = code_at(uri, UtcMillis(seconds * 1000)).expect("a code");
            assert_eq!(current.code, code);
        }
        assert_eq!(code_at(uri, UtcMillis(59_000)).expect("a code").seconds_left, 1);
    }

    #[test]
    fn other_parameters_are_rejected() {
        for bad in
            ["https://x", "otpauth://hotp/x?secret=GE", "otpauth://totp/x", "otpauth://totp/x?secret=GEZDGNBV&digits=8"]
        {
            assert!(code_at(bad, UtcMillis(0)).is_err(), "{bad}");
        }
    }
}
