//! Proof Key for Code Exchange (RFC 7636), method S256 only, and the random values of a sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keep_domain::Secret;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The verifier never leaves this process before the exchange; only its digest goes through the browser.
#[derive(Debug)]
pub(crate) struct Pkce {
    verifier: Secret<String>,
}

impl Pkce {
    pub(crate) fn make_random() -> Self {
        Self { verifier: Secret::new(make_nonce()) }
    }

    pub(crate) const fn verifier(&self) -> &Secret<String> {
        &self.verifier
    }

    /// BASE64URL(SHA-256(verifier)), RFC 7636, 4.2.
    pub(crate) fn challenge(&self) -> String {
        // EXPOSE: hashed at once; the digest is public.
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose().as_bytes()))
    }
}

/// A nonce, state or code verifier: 64 hexadecimal digits (RFC 7636 wants 43 to 128 characters) with 244 random bits of
/// the operating system.
#[must_use]
pub fn make_nonce() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_matches_the_rfcs_example() {
        // RFC 7636, appendix B.
        let pkce = Pkce { verifier: Secret::new(String::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")) };
        assert_eq!(pkce.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn every_verifier_is_new() {
        assert_ne!(make_nonce(), make_nonce());
        assert_eq!(make_nonce().len(), 64);
    }
}
