//! keep-keys' keys as keep-audit's traits.

use keep_audit::{AuditError, EventSigner, Opener, Sealer};
use keep_keys::{HpkeKeyPair, HpkePublicKey, Signer};

/// The public half of the audit key.
#[derive(Debug, Clone, Copy)]
pub struct AuditSealer(pub HpkePublicKey);

impl Sealer for AuditSealer {
    fn seal(&self, info: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, AuditError> {
        self.0.seal(info, plaintext).map_err(|_| AuditError::SealFailed)
    }
}

/// The private half of the audit key.
#[derive(Debug)]
pub struct AuditOpener(pub HpkeKeyPair);

impl Opener for AuditOpener {
    fn open(&self, info: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        // EXPOSE: the body is an audit event, PHI but no secret; the caller parses it into `Phi`.
        self.0.open(info, sealed).ok().map(|plain| plain.expose().clone())
    }
}

/// A signing key: the device's or a clinician's.
#[derive(Debug)]
pub struct EventKey(pub Signer);

impl EventSigner for EventKey {
    fn public_key(&self) -> [u8; 32] {
        self.0.public()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], AuditError> {
        Ok(self.0.sign(message))
    }
}
