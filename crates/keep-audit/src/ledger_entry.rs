//! One row of the ledger: a cleartext header, a body that may be sealed, and the hashes and signature over them.

use crate::{AuditError, EventClass, Outcome};
use keep_domain::{EventId, LogId, UtcMillis, length_prefixed};
use sha2::{Digest, Sha256};

/// The cleartext part of an entry: names no patient and is readable without the audit key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryHeader {
    /// Position in the log, from 0; also the leaf's index in the Merkle tree.
    pub sequence: u64,
    /// The id of the event.
    pub event: EventId,
    /// The class.
    pub class: EventClass,
    /// When it was written, by the corrected wall clock.
    pub recorded: UtcMillis,
    /// The outcome.
    pub outcome: Outcome,
}

/// The event: canonical FHIR JSON, sealed when it names a patient.
#[derive(Clone, PartialEq, Eq)]
pub enum EntryBody {
    /// Canonical JSON that names no patient.
    Clear(Vec<u8>),
    /// Canonical JSON sealed to the audit key.
    Sealed(Vec<u8>),
}

impl std::fmt::Debug for EntryBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EntryBody({}, {} bytes)", if self.kind() == 0 { "clear" } else { "sealed" }, self.bytes().len())
    }
}

impl EntryBody {
    /// 0 = clear, 1 = sealed; part of the ledger's format.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Self::Clear(_) => 0,
            Self::Sealed(_) => 1,
        }
    }

    /// The stored bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Clear(b) | Self::Sealed(b) => b,
        }
    }

    /// The inverse of [`EntryBody::kind`] and [`EntryBody::bytes`].
    ///
    /// # Errors
    /// [`AuditError::EntryUnreadable`] for an unknown kind.
    pub fn from_parts(kind: u8, bytes: Vec<u8>) -> Result<Self, AuditError> {
        match kind {
            0 => Ok(Self::Clear(bytes)),
            1 => Ok(Self::Sealed(bytes)),
            _ => Err(AuditError::EntryUnreadable),
        }
    }
}

/// A clinician's signature over a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserSignature {
    /// Ed25519 public key (RFC 8032).
    pub public_key: [u8; 32],
    /// Ed25519 signature over [`signed_bytes`].
    pub signature: [u8; 64],
}

impl UserSignature {
    /// Key and signature, 96 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.public_key.as_slice(), self.signature.as_slice()].concat()
    }

    /// The inverse of [`UserSignature::to_bytes`].
    ///
    /// # Errors
    /// [`AuditError::EntryUnreadable`] when there are not exactly 96 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AuditError> {
        let (key, signature) = bytes.split_first_chunk::<32>().ok_or(AuditError::EntryUnreadable)?;
        let signature = signature.try_into().map_err(|_| AuditError::EntryUnreadable)?;
        Ok(Self { public_key: *key, signature })
    }
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The cleartext header.
    pub header: EntryHeader,
    /// The body.
    pub body: EntryBody,
    /// SHA-256(0x00 ‖ salt32 ‖ canonical JSON); the salt is inside the JSON, so a sealed body
    /// cannot be guessed from its leaf.
    pub leaf: [u8; 32],
    /// The clinician's signature; `None` for a device-asserted event.
    pub signature: Option<UserSignature>,
    /// Hash over the previous entry's link and all of the above. It covers the header, the sealed bytes and the
    /// signature, which the leaf does not.
    pub link: [u8; 32],
}

impl LedgerEntry {
    /// The correct [`LedgerEntry::link`] after an entry with the link `previous`.
    pub(crate) fn derive_link(&self, previous: &[u8; 32]) -> [u8; 32] {
        let h = &self.header;
        let signature = self.signature.map(|s| s.to_bytes()).unwrap_or_default();
        Sha256::digest(length_prefixed(&[
            b"chartkeep/audit/link/1",
            previous,
            &h.sequence.to_be_bytes(),
            h.event.uuid().as_bytes(),
            h.class.name().as_bytes(),
            &h.recorded.0.to_be_bytes(),
            &[h.outcome.number()],
            &[self.body.kind()],
            self.body.bytes(),
            &self.leaf,
            &signature,
        ]))
        .into()
    }
}

/// What a clinician signs: log, position and leaf.
#[must_use]
pub fn signed_bytes(log: LogId, sequence: u64, leaf: &[u8; 32]) -> Vec<u8> {
    length_prefixed(&[b"chartkeep/audit/event/1", log.as_bytes(), &sequence.to_be_bytes(), leaf])
}

/// The HPKE info of a sealed body: log, position and event.
#[must_use]
pub fn seal_info(log: LogId, sequence: u64, event: EventId) -> Vec<u8> {
    length_prefixed(&[b"chartkeep/audit/body/1", log.as_bytes(), &sequence.to_be_bytes(), event.uuid().as_bytes()])
}
