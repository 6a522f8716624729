//! Further facts of an event that can never name a patient.

use keep_domain::{DeviceId, ErrorCode, EventId, LogId, Role, Segment, UserId, UtcMillis};
use sha2::{Digest, Sha256};

/// A value whose type alone shows that it names no patient: there is no way in for free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailValue(String);

impl DetailValue {
    /// The text form, as it enters `AuditEvent.entity.detail.valueString`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Bytes that were derived or drawn, such as a root hash, in hexadecimal; of more than 64 bytes their SHA-256.
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

impl From<ErrorCode> for DetailValue {
    fn from(code: ErrorCode) -> Self {
        Self(code.name())
    }
}

impl From<Role> for DetailValue {
    fn from(role: Role) -> Self {
        Self(role.name().to_owned())
    }
}

impl From<Segment> for DetailValue {
    fn from(segment: Segment) -> Self {
        Self(segment.name().to_owned())
    }
}

macro_rules! shown {
    ($($t:ty),*) => {$(
        impl From<$t> for DetailValue {
            fn from(value: $t) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}
shown!(u8, u16, u32, u64, usize, i64, bool, DeviceId, EventId, LogId, UserId, UtcMillis);
