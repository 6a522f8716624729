//! Tree heads as C2SP checkpoints (c2sp.org/tlog-checkpoint), signed as notes (c2sp.org/signed-note).

use crate::{AuditError, EventSigner, LogState};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::VerifyingKey;
use keep_domain::LogId;
use signed_note::{Note, Signature, Verifier, VerifierList, key_id};
use tlog_tiles::checkpoint::Checkpoint as Text;
use tlog_tiles::tlog::Hash;

/// The algorithm byte of Ed25519 in a note's key id (c2sp.org/signed-note, "Signature types").
const ALG_ED25519: u8 = 1;
/// The extension line that carries the chain's link.
const LINK_LINE: &str = "link ";

/// A tree head: the number of events of a log, their root and the last link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub log: LogId,
    /// Number of events.
    pub size: u64,
    /// Root of the Merkle tree (RFC 6962, 2.1).
    pub root: [u8; 32],
    /// The link of the last entry; zeros for an empty log.
    pub link: [u8; 32],
}

/// A checkpoint as a signed note: text, a blank line, a signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint(String);

/// The origin line of a log, also its key name: `chartkeep/<log id>`.
pub(crate) fn origin_of(log: LogId) -> String {
    format!("chartkeep/{log}")
}

impl Checkpoint {
    /// The current head of a log.
    #[must_use]
    pub fn of(state: &LogState) -> Self {
        Self { log: state.log(), size: state.next_sequence(), root: state.root(), link: *state.link() }
    }

    /// Signs the checkpoint with the device key.
    ///
    /// # Errors
    /// The errors of the key; [`AuditError::SignFailed`] when no note can be made.
    pub fn sign(&self, device: &dyn EventSigner) -> Result<SignedCheckpoint, AuditError> {
        let origin = origin_of(self.log);
        let link = format!("{LINK_LINE}{}\n", BASE64_STANDARD.encode(self.link));
        let text = Text::new(&origin, self.size, Hash(self.root), &link).map_err(|_| AuditError::SignFailed)?;
        let text = text.to_bytes();
        let id = device_key_id(&origin, &device.public_key());
        let signature = Signature::new(origin, id, device.sign(&text)?.to_vec()).map_err(|_| AuditError::SignFailed)?;
        let note = Note::new(&text, &[signature]).map_err(|_| AuditError::SignFailed)?;
        String::from_utf8(note.to_bytes()).map(SignedCheckpoint).map_err(|_| AuditError::SignFailed)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = Text::from_bytes(text).ok()?;
        let log = text.origin().strip_prefix("chartkeep/")?.parse().ok()?;
        let line = text.extension().lines().find_map(|l| l.strip_prefix(LINK_LINE))?;
        let link = BASE64_STANDARD.decode(line).ok()?.try_into().ok()?;
        Some(Self { log, size: text.size(), root: text.hash().0, link })
    }
}

impl SignedCheckpoint {
    /// A stored or received note, not yet checked.
    #[must_use]
    pub const fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The whole note.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Verifies the device's signature and reads the checkpoint.
    ///
    /// # Errors
    /// [`AuditError::CheckpointRefused`].
    pub fn check(&self, device_key: &[u8; 32]) -> Result<Checkpoint, AuditError> {
        let note = Note::from_bytes(self.0.as_bytes()).map_err(|_| AuditError::CheckpointRefused)?;
        let checkpoint = Checkpoint::parse(note.text()).ok_or(AuditError::CheckpointRefused)?;
        let name = origin_of(checkpoint.log);
        let verifier = DeviceVerifier { id: device_key_id(&name, device_key), name, key: *device_key };
        note.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|_| AuditError::CheckpointRefused)?;
        Ok(checkpoint)
    }
}

fn device_key_id(name: &str, key: &[u8; 32]) -> u32 {
    key_id(name, &[&[ALG_ED25519], key.as_slice()].concat())
}

/// Whether `signature` over `message` is by `key`; weak keys and malleable signatures are rejected.
pub(crate) fn verify_ed25519(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(key), ed25519_dalek::Signature::from_slice(signature))
    else {
        return false;
    };
    key.verify_strict(message, &signature).is_ok()
}

struct DeviceVerifier {
    name: String,
    id: u32,
    key: [u8; 32],
}

impl Verifier for DeviceVerifier {
    fn name(&self) -> &str {
        &self.name
    }
    fn key_id(&self) -> u32 {
        self.id
    }
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        verify_ed25519(&self.key, message, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{device_key, nurse_amara};
    use signed_note::StandardVerifier;

    fn head() -> Checkpoint {
        Checkpoint { log: LogId::from_bytes([5; 16]), size: 3, root: [1; 32], link: [2; 32] }
    }

    #[test]
    fn a_checkpoint_verifies_only_with_its_device_key() {
        let note = head().sign(&device_key()).expect("signed");
        assert_eq!(note.check(&device_key().public_key()), Ok(head()));
        assert_eq!(note.check(&nurse_amara().public_key()), Err(AuditError::CheckpointRefused));
    }

    #[test]
    fn any_flipped_byte_is_rejected() {
        let note = head().sign(&device_key()).expect("signed");
        for at in 0..note.as_str().len() {
            let mut bytes = note.as_str().as_bytes().to_vec();
            bytes[at] ^= 1;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let read = SignedCheckpoint::from_text(text).check(&device_key().public_key());
            assert!(read.is_err(), "byte {at}: {read:?}");
        }
    }

    #[test]
    fn a_standard_verifier_accepts_the_note() {
        let (note, name) = (head().sign(&device_key()).expect("signed"), origin_of(head().log));
        let key = [&[ALG_ED25519], device_key().public_key().as_slice()].concat();
        let vkey = format!("{name}+{:08x}+{}", key_id(&name, &key), BASE64_STANDARD.encode(&key));
        let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).expect("verifier key"))]);
        let read = Note::from_bytes(note.as_str().as_bytes()).expect("note");
        assert_eq!(read.verify(&known).expect("verified").0.len(), 1);
    }
}
