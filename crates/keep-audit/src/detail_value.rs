//! Values of event details, which can never name a patient.

use keep_domain::{DeviceId, ErrorCode, EventId, LogId, Role, Segment, UserId, UtcMillis};
use sha2::{Digest, Sha256};

/// A detail of an event. No constructor takes free text, so it cannot name a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailValue(String);

impl DetailValue {
    /// The value of `AuditEvent.entity.detail.valueString`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Derived or random bytes, such as a root hash, in hexadecimal; more than 64 bytes are replaced by their SHA-256.
    #[must_use]
    pub fn digest(bytes: &[u8]) -> Self {
        if bytes.len() <= 64 { Self(hex::encode(bytes)) } else { Self(hex::encode(Sha256::digest(bytes))) }
    }
}

impl From<&'static str> for DetailValue {
    fn from(word: &'static str) -> Self {
        Self(word.to_owned())
    }
}

macro_rules! from_name {
    ($($t:ty),*) => {$(
        impl From<$t> for DetailValue {
            fn from(value: $t) -> Self {
                Self(value.name().to_owned())
            }
        }
    )*};
}
from_name!(ErrorCode, Role, Segment);

macro_rules! from_display {
    ($($t:ty),*) => {$(
        impl From<$t> for DetailValue {
            fn from(value: $t) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}
from_display!(u8, u16, u32, u64, usize, i64, bool, DeviceId, EventId, LogId, UserId, UtcMillis);
