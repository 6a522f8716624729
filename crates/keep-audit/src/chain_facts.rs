//! Position, metadata and signer of an event, read back from its canonical JSON.

use crate::fhir::EXTENSION;
use crate::{BootId, EventClass, Outcome};
use keep_domain::{EventId, LogId, UtcMillis};
use serde_json::Value;
use uuid::Uuid;

/// Position, metadata and signer of an event, read from its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainFacts {
    /// The log.
    pub log: LogId,
    /// The position.
    pub sequence: u64,
    /// The event.
    pub event: EventId,
    /// The class.
    pub class: EventClass,
    /// Wall-clock time, corrected.
    pub recorded: UtcMillis,
    /// The outcome.
    pub outcome: Outcome,
    /// The run of the program.
    pub boot: BootId,
    /// Milliseconds of the monotonic clock.
    pub monotonic_ms: u64,
    /// Correction added to the raw wall clock, milliseconds.
    pub clock_offset_ms: i64,
    /// The salt of the leaf.
    pub salt: [u8; 32],
    /// The clinician's public key; `None` for a device-asserted event.
    pub signer: Option<[u8; 32]>,
}

impl ChainFacts {
    /// Reads a body; `None` if anything is missing or malformed.
    #[must_use]
    pub fn read(canonical: &[u8]) -> Option<Self> {
        Self::of(&serde_json::from_slice(canonical).ok()?)
    }

    pub(crate) fn of(event: &Value) -> Option<Self> {
        let list = |v: &Value, key: &str| v.get(key).and_then(Value::as_array).cloned();
        let position = list(event, "extension")?.into_iter().find(|e| text(e, "url") == Some(EXTENSION))?;
        let parts = list(&position, "extension")?;
        let part = |url: &str| parts.iter().find(|p| text(p, "url") == Some(url)).and_then(|p| text(p, "valueString"));
        let class = list(event, "subtype")?
            .iter()
            .find(|s| text(s, "system") == Some(crate::coding::CLASS_SYSTEM))
            .and_then(|s| EventClass::from_name(text(s, "code")?))?;
        let signer = match part("signer")? {
            "device" => None,
            other => Some(hex32(other.strip_prefix("user:")?)?),
        };
        Some(Self {
            log: part("log")?.parse().ok()?,
            sequence: part("sequence")?.parse().ok()?,
            event: EventId::from_uuid(Uuid::parse_str(text(event, "id")?).ok()?),
            class,
            recorded: UtcMillis::from_rfc3339(text(event, "recorded")?)?,
            outcome: Outcome::from_number(text(event, "outcome")?.parse().ok()?)?,
            boot: BootId(Uuid::parse_str(part("boot")?).ok()?),
            monotonic_ms: part("monotonic")?.parse().ok()?,
            clock_offset_ms: part("offset")?.parse().ok()?,
            salt: hex32(part("salt")?)?,
            signer,
        })
    }
}

/// The string under `key`.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn hex32(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    hex::decode_to_slice(text, &mut out).ok()?;
    Some(out)
}
