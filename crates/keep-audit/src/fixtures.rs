//! People and keys of the tests. None of them is secret.

use crate::{
    AuditError, BootId, EventDraft, EventMetadata, EventSigner, EventWriter, LedgerEntry, LogState, Opener, Sealer,
};
use ed25519_dalek::{Signer, SigningKey};
use keep_domain::{Clock, DeviceId, EventId, LogId, UtcMillis};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct TestKey(SigningKey);

impl EventSigner for TestKey {
    fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], AuditError> {
        Ok(self.0.sign(message).to_bytes())
    }
}

pub(crate) fn device_key() -> TestKey {
    TestKey(SigningKey::from_bytes(&[1; 32]))
}

pub(crate) fn nurse_amara() -> TestKey {
    TestKey(SigningKey::from_bytes(&[2; 32]))
}

/// "Seals" by XOR behind the info, so that tests see which bytes were stored; no cipher.
#[derive(Debug)]
pub(crate) struct XorBox;

impl Sealer for XorBox {
    fn seal(&self, info: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, AuditError> {
        Ok(info.iter().copied().chain(plaintext.iter().map(|b| b ^ 0x5a)).collect())
    }
}

impl Opener for XorBox {
    fn open(&self, info: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        Some(sealed.strip_prefix(info)?.iter().map(|b| b ^ 0x5a).collect())
    }
}

/// The stamp of the `n`-th event: one second apart, everything else fixed.
pub(crate) fn stamp(n: u64) -> EventMetadata {
    let mut salt = [0xa5; 32];
    salt[..8].copy_from_slice(&n.to_be_bytes());
    EventMetadata {
        event: EventId::from_uuid(Uuid::from_u128(u128::from(n) + 1)),
        salt,
        recorded: UtcMillis(1_795_338_000_000 + i64::try_from(n).expect("small") * 1000),
        monotonic_ms: 500 + n * 1000,
        clock_offset_ms: 0,
        boot: BootId(Uuid::from_u128(77)),
        device: DeviceId::from_bytes([9; 16]),
    }
}

pub(crate) fn empty_log() -> LogState {
    LogState::start(LogId::from_bytes([5; 16]))
}

/// Writes `drafts` as nurse Amara and returns the entries and the state after each.
pub(crate) fn write_all(drafts: &[EventDraft]) -> (Vec<LedgerEntry>, Vec<LogState>) {
    let (amara, mut state, mut entries, mut states) = (nurse_amara(), empty_log(), Vec::new(), Vec::new());
    for (n, draft) in drafts.iter().enumerate() {
        let stamp = stamp(u64::try_from(n).expect("small"));
        let (entry, next) = state.append(draft, &stamp, Some(&XorBox), Some(&amara)).expect("written");
        entries.push(entry);
        state = next.clone();
        states.push(next);
    }
    (entries, states)
}

#[derive(Debug)]
pub(crate) struct StillClock;

impl Clock for StillClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(1_795_338_000_000)
    }
    fn monotonic(&self) -> Duration {
        Duration::from_secs(7)
    }
}

pub(crate) fn locked_event_writer() -> EventWriter {
    let device = DeviceId::from_bytes([9; 16]);
    EventWriter::locked(Arc::new(crate::EventStamper::new(device, BootId(Uuid::from_u128(77)), Arc::new(StillClock))))
}
