//! Values that an organisation sets; the defaults are the design's.

use serde::{Deserialize, Serialize};

/// Organisation policy. Unknown fields are refused, so that a misspelt limit is never ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Inactivity before lock, minutes.
    pub lock_minutes: u32,
    /// Warning before an inactivity lock, seconds.
    pub lock_warning_seconds: u32,
    /// Absolute limit of one unlock, hours.
    pub absolute_lock_hours: u32,
    /// How long the password alone resumes after a full unlock, minutes; 0 = never.
    pub resume_minutes: u32,
    /// Validity of an offline lease after sign-in, days; at most 90.
    pub lease_days: u32,
    /// Days after lease end for which the code table is extended.
    pub lease_grace_days: u32,
    /// Failures before the first wait.
    pub throttle_from: u32,
    /// Failures after which the slot is held.
    pub throttle_hold: u32,
    /// Failures after which only an online sign-in releases the slot.
    pub throttle_online: u32,
    /// Lowest length of a workstation password, characters (NIST SP 800-63B-4, 3.1.1.2).
    pub password_min_chars: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            lock_minutes: 5,
            lock_warning_seconds: 60,
            absolute_lock_hours: 12,
            resume_minutes: 60,
            lease_days: 30,
            lease_grace_days: 7,
            throttle_from: 5,
            throttle_hold: 10,
            throttle_online: 100,
            password_min_chars: 12,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn misspelt_policy_is_refused() {
        assert!(serde_json::from_str::<Policy>(r#"{"lock_minuts": 1}"#).is_err());
        assert_eq!(serde_json::from_str::<Policy>("{}").ok(), Some(Policy::default()));
    }
}
