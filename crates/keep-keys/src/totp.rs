//! Time-based one-time codes (RFC 6238): SHA-1, six digits, 30 s, a 160-bit seed.

use crate::KeysError;
use crate::entropy::{Entropy, make_secret};
use keep_domain::{Secret, UtcMillis};
use std::fmt;
use std::time::Duration;
use totp_rs::{Algorithm, Builder, Totp};

/// Length of a step, seconds (RFC 6238, 5.2).
pub(crate) const STEP_SECONDS: u64 = 30;

/// All codes are below this.
pub(crate) const MODULUS: u32 = 1_000_000;

/// The seed that phone and workstation share.
pub(crate) struct TotpSeed(Secret<[u8; 20]>);

impl TotpSeed {
    pub(crate) fn make_with(entropy: &mut dyn Entropy) -> Result<Self, KeysError> {
        Ok(Self(make_secret(entropy)?))
    }

    pub(crate) const fn from_secret(seed: Secret<[u8; 20]>) -> Self {
        Self(seed)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 20] {
        // EXPOSE: sealed under the clinician's key, or shown once as an otpauth URI.
        self.0.expose()
    }

    /// The codes of `count` steps, starting with `first`.
    pub(crate) fn codes(&self, first: u64, count: usize) -> impl Iterator<Item = u32> {
        let totp = self.totp("", "");
        (first..).take(count).map(move |step| {
            let signature = totp.sign(step.saturating_mul(STEP_SECONDS));
            truncate(signature.as_ref())
        })
    }

    /// The code of one step.
    pub(crate) fn code(&self, step: u64) -> u32 {
        self.codes(step, 1).next().unwrap_or_default()
    }

    /// The otpauth URI for the phone; shown once as a QR code. Its label is "person @ workstation".
    pub(crate) fn otpauth_uri(&self, person: &str, workstation: &str) -> Result<Secret<String>, KeysError> {
        // A colon separates issuer and account in the label, so neither may contain one.
        let label = format!("{person} @ {workstation}").replace(':', " ");
        self.totp(&label, "Chartkeep").to_url().map(Secret::new).map_err(|_| KeysError::Invalid("label"))
    }

    fn totp(&self, label: &str, issuer: &str) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(STEP_SECONDS)
            .with_skew(0)
            .with_secret(self.bytes().to_vec())
            .with_account_name(label)
            .with_issuer((!issuer.is_empty()).then_some(issuer))
            .build_noncompliant()
    }
}

impl fmt::Debug for TotpSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSeed(***)")
    }
}

/// Dynamic truncation to six digits (RFC 4226, 5.3).
fn truncate(signature: &[u8]) -> u32 {
    let offset = usize::from(signature.last().copied().unwrap_or_default() & 0xf);
    let taken: u32 = signature.iter().skip(offset).take(4).fold(0, |n, b| n << 8 | u32::from(*b));
    (taken & 0x7fff_ffff) % MODULUS
}

/// The step that contains an instant.
pub(crate) fn step_of(at: UtcMillis) -> u64 {
    u64::try_from(at.seconds()).unwrap_or_default() / STEP_SECONDS
}

/// The first instant of a step.
pub(crate) fn start_of(step: u64) -> UtcMillis {
    UtcMillis(i64::try_from(step.saturating_mul(STEP_SECONDS * 1000)).unwrap_or(i64::MAX))
}

/// Time from `at` until step `step` begins; zero when it has begun.
pub(crate) fn until(at: UtcMillis, step: u64) -> Duration {
    Duration::from_millis(u64::try_from(start_of(step).0.saturating_sub(at.0)).unwrap_or_default())
}

/// Six digits with leading zeros.
pub(crate) fn digits(number: u32) -> String {
    format!("{number:06}")
}

/// Reads a typed code: six digits; white space and hyphens are ignored.
pub(crate) fn parse_code(typed: &Secret<String>) -> Option<u32> {
    let mut found = 0_u32;
    let mut number = 0_u32;
    // EXPOSE: reads the digits that the clinician typed.
    for c in typed.expose().chars().filter(|c| !c.is_whitespace() && *c != '-') {
        number = number.wrapping_mul(10).wrapping_add(c.to_digit(10)?);
        found += 1;
        if found > 6 {
            return None;
        }
    }
    (found == 6).then_some(number)
}

/// The code that a phone with this otpauth URI shows at `at`, for the tests of other crates.
#[cfg(any(test, feature = "test-support"))]
#[must_use]
pub fn phone_code(otpauth: &Secret<String>, at: UtcMillis) -> Option<Secret<String>> {
    // EXPOSE: simulates the phone that scanned the QR code.
    let seed = otpauth.expose().split("secret=").nth(1)?.split('&').next()?;
    let seed = data_encoding::BASE32_NOPAD.decode(seed.as_bytes()).ok()?;
    let seed = TotpSeed::from_secret(Secret::new(seed.try_into().ok()?));
    Some(Secret::new(digits(seed.code(step_of(at)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc_seed() -> TotpSeed {
        TotpSeed::from_secret(Secret::new(*b"12345678901234567890"))
    }

    #[derive(serde::Deserialize)]
    struct Vector {
        seconds: i64,
        code: String,
    }

    #[test]
    fn six_digit_sha1_codes_are_frozen() {
        // RFC 6238, appendix B gives eight digits; the last six of each are the six-digit code.
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/totp.json")).unwrap();
        assert!(vectors.len() >= 6);
        for v in vectors {
            assert_eq!(digits(rfc_seed().code(step_of(UtcMillis(v.seconds * 1000)))), v.code);
        }
    }

    #[test]
    fn our_truncation_matches_the_library() {
        let totp = rfc_seed().totp("", "");
        for step in 0..500 {
            assert_eq!(digits(rfc_seed().code(step)), totp.generate(step * 30).to_string());
        }
    }

    #[test]
    fn the_uri_names_person_and_workstation() {
        let uri = rfc_seed().otpauth_uri("Amara: Obi", "Room 2").unwrap();
        // EXPOSE: a test reads the address.
        let uri = uri.expose();
        assert!(uri.starts_with("otpauth://totp/Chartkeep:Amara%20%20Obi%20%40%20Room%202?"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && uri.contains("issuer=Chartkeep"));
    }

    #[test]
    fn typed_codes_may_contain_spaces_and_hyphens() {
        let parse = |s: &str| parse_code(&Secret::new(s.to_owned()));
        assert_eq!(parse("012 345"), Some(12_345));
        assert_eq!(parse("012-345"), Some(12_345));
        for bad in ["", "12345", "1234567", "12345a", "१२३४५६", "-123456789012"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn steps_convert_to_instants() {
        assert_eq!(step_of(UtcMillis(59_999)), 1);
        assert_eq!(start_of(2), UtcMillis(60_000));
        assert_eq!(until(UtcMillis(59_000), 2), Duration::from_secs(1));
        assert_eq!(until(UtcMillis(61_000), 2), Duration::ZERO);
    }
}
