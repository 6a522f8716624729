//! Test users and test keys.

use crate::{
    AuditError, BootId, EventDraft, EventMetadata, EventSigner, EventStamper, LedgerEntry, LogState, Opener, Sealer,
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

/// A fake cipher: `info` ‖ plaintext XOR 0x5a, so that tests can see which bytes are stored.
#[derive(Debug)]
pub(crate) struct XorCipher;

impl Sealer for XorCipher {
    fn seal(&self, info: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, AuditError> {
        Ok(info.iter().copied().chain(plaintext.iter().map(|b| b ^ 0x5a)).collect())
    }
}

impl Opener for XorCipher {
    fn open(&self, info: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        Some(sealed.strip_prefix(info)?.iter().map(|b| b ^ 0x5a).collect())
    }
}

/// The metadata of the `n`-th event: one second apart, everything else fixed.
pub(crate) fn metadata(n: u64) -> EventMetadata {
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
        let metadata = metadata(u64::try_from(n).expect("small"));
        let (entry, next) = state.append(draft, &metadata, Some(&XorCipher), Some(&amara)).expect("written");
        entries.push(entry);
        state = next.clone();
        states.push(next);
    }
    (entries, states)
}

#[derive(Debug)]
pub(crate) struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(1_795_338_000_000)
    }
    fn monotonic(&self) -> Duration {
        Duration::from_secs(7)
    }
}

pub(crate) fn stamper() -> EventStamper {
    EventStamper::new(DeviceId::from_bytes([9; 16]), BootId(Uuid::from_u128(77)), Arc::new(StoppedClock))
}
