//! What is kept of a sign-in, so that work goes on while offline.

use keep_domain::{Policy, Role, UtcMillis};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Days that no policy may exceed.
const MOST_DAYS: u32 = 90;

/// How long emergency mode lasts after lease end.
const EMERGENCY: Duration = Duration::from_secs(72 * 3600);

/// The record of a verified sign-in; kept sealed under the clinician's master key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseRecord {
    /// Issuer of the ID token.
    pub issuer: String,
    /// Subject at that issuer.
    pub subject: String,
    /// Roles of the role claim.
    pub roles: Vec<Role>,
    /// Whether the provider assigned the restricted segment.
    pub restricted: bool,
    /// When the token was issued.
    pub issued_at: UtcMillis,
    /// When offline work ends.
    pub lease_end: UtcMillis,
    /// Key id in the token's header.
    pub kid: String,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The signing JWK as the provider published it, for showing later what was verified.
    pub jwk: String,
}

/// Where a lease stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    /// Valid for so long.
    Valid {
        /// Time left.
        left: Duration,
    },
    /// Ended; emergency mode with reason, banner and audit is possible for so long.
    Emergency {
        /// Time left.
        left: Duration,
    },
    /// Over: sign in online.
    Ended,
}

impl LeaseRecord {
    /// The end that policy gives a lease issued at `issued_at`; at most 90 days.
    #[must_use]
    pub fn end_for(issued_at: UtcMillis, policy: &Policy) -> UtcMillis {
        issued_at.plus_millis(i64::from(policy.lease_days.min(MOST_DAYS)) * 86_400_000)
    }

    /// Where the lease stands at `now`.
    #[must_use]
    pub fn state(&self, now: UtcMillis) -> LeaseState {
        let left = |end: UtcMillis| Duration::from_millis(u64::try_from(end.0.saturating_sub(now.0)).unwrap_or(0));
        let emergency_end = self.lease_end.plus_millis(i64::try_from(EMERGENCY.as_millis()).unwrap_or(i64::MAX));
        match (left(self.lease_end), left(emergency_end)) {
            (Duration::ZERO, Duration::ZERO) => LeaseState::Ended,
            (Duration::ZERO, left) => LeaseState::Emergency { left },
            (left, _) => LeaseState::Valid { left },
        }
    }

    /// The last instant for which a code table is made.
    #[must_use]
    pub fn codes_until(&self, policy: &Policy) -> UtcMillis {
        self.lease_end.plus_millis(i64::from(policy.lease_grace_days) * 86_400_000)
    }
}

#[cfg(test)]
impl LeaseRecord {
    pub(crate) fn for_tests(issued_at: UtcMillis, days: i64) -> Self {
        Self {
            issuer: String::from("https://id.example"),
            subject: String::from("amara"),
            roles: vec![Role::Nurse],
            restricted: false,
            issued_at,
            lease_end: issued_at.plus_millis(days * 86_400_000),
            kid: String::from("k1"),
            token_hash: [9; 32],
            jwk: String::from("{}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_valid_then_emergency_then_ended() {
        let lease = LeaseRecord::for_tests(UtcMillis(0), 1);
        let day = 86_400_000;
        assert_eq!(lease.state(UtcMillis(day - 1000)), LeaseState::Valid { left: Duration::from_secs(1) });
        assert_eq!(lease.state(UtcMillis(day)), LeaseState::Emergency { left: EMERGENCY });
        assert_eq!(lease.state(UtcMillis(4 * day)), LeaseState::Ended);
    }

    #[test]
    fn no_policy_gives_more_than_ninety_days() {
        let policy = Policy { lease_days: 400, ..Policy::default() };
        assert_eq!(LeaseRecord::end_for(UtcMillis(0), &policy), UtcMillis(90 * 86_400_000));
    }
}
