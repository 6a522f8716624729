//! Identity, time and salt of an event.

use keep_domain::{Clock, DeviceId, EventId, UtcMillis};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

/// One run of the program; monotonic times are comparable within a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BootId(pub Uuid);

impl BootId {
    /// A new random id.
    #[must_use]
    pub fn make_random() -> Self {
        Self(Uuid::new_v4())
    }
}

/// When and where an event was written, with the salt that keeps its leaf from being guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventMetadata {
    /// The event's id, also its FHIR id.
    pub event: EventId,
    /// 32 random bytes, hashed before the body in the leaf.
    pub salt: [u8; 32],
    /// Wall-clock time, corrected.
    pub recorded: UtcMillis,
    /// Milliseconds of the monotonic clock.
    pub monotonic_ms: u64,
    /// Correction added to the raw wall clock, milliseconds.
    pub clock_offset_ms: i64,
    /// The run of the program.
    pub boot: BootId,
    /// The device.
    pub device: DeviceId,
}

/// Makes the metadata of events for one run of the program on one device.
#[derive(Debug)]
pub struct EventStamper {
    device: DeviceId,
    boot: BootId,
    clock: Arc<dyn Clock>,
    offset_ms: AtomicI64,
}

impl EventStamper {
    /// A stamper without a clock correction.
    #[must_use]
    pub const fn new(device: DeviceId, boot: BootId, clock: Arc<dyn Clock>) -> Self {
        Self { device, boot, clock, offset_ms: AtomicI64::new(0) }
    }

    /// Sets the correction added to the raw wall clock, milliseconds; the caller records the event.
    pub fn correct_clock(&self, offset_ms: i64) {
        self.offset_ms.store(offset_ms, Ordering::SeqCst);
    }

    /// The corrected wall time.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        self.clock.now().plus_millis(self.offset_ms.load(Ordering::SeqCst))
    }

    /// The metadata of one new event.
    pub(crate) fn make_metadata(&self) -> EventMetadata {
        EventMetadata {
            event: EventId::make_random(),
            salt: make_random_salt(),
            recorded: self.now(),
            monotonic_ms: u64::try_from(self.clock.monotonic().as_millis()).unwrap_or(u64::MAX),
            clock_offset_ms: self.offset_ms.load(Ordering::SeqCst),
            boot: self.boot,
            device: self.device,
        }
    }
}

/// A salt is not a key: it only has to be unguessable, as three random UUIDs (366 bits) are.
fn make_random_salt() -> [u8; 32] {
    let mut hash = Sha256::new();
    for _ in 0..3 {
        hash.update(Uuid::new_v4().as_bytes());
    }
    hash.finalize().into()
}
