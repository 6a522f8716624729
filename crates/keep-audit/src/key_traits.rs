//! The keys that the log uses, as traits, since this crate holds none.

use crate::AuditError;
use std::fmt;

/// An Ed25519 signing key: the device's for checkpoints, a clinician's for events.
pub trait EventSigner: Send + Sync + fmt::Debug {
    /// The public key, 32 bytes (RFC 8032).
    fn public_key(&self) -> [u8; 32];
    /// The signature over `message`, 64 bytes.
    ///
    /// # Errors
    /// [`AuditError::SignFailed`] when the key is no longer available.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], AuditError>;
}

/// The public half of the audit key: anyone signed in may seal with it.
pub trait Sealer: Send + Sync + fmt::Debug {
    /// Seals `plaintext`; `info` binds it to its position in the log (HPKE base mode, RFC 9180).
    ///
    /// # Errors
    /// [`AuditError::SealFailed`].
    fn seal(&self, info: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, AuditError>;
}

/// The private half of the audit key, held by clinical roles and the privacy officer.
pub trait Opener: Send + Sync + fmt::Debug {
    /// Opens the output of [`Sealer::seal`]; `None` when the key, `info` or bytes do not match.
    fn open(&self, info: &[u8], sealed: &[u8]) -> Option<Vec<u8>>;
}
