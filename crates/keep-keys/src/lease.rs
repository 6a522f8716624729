//! What a sign-in allows while offline: role, assignment and end, as the provider's signed token states them.

use keep_domain::{Policy, Role, UtcMillis};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Days that no policy may exceed.
const MOST_DAYS: u32 = 90;

const DAY_MILLIS: i64 = 86_400_000;

/// How long emergency mode lasts after lease end.
const EMERGENCY: Duration = Duration::from_secs(72 * 3600);

/// What a verified token gives. Never written anywhere: it is derived from the token at each unlock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRecord {
    /// Issuer of the ID token.
    pub issuer: String,
    /// Subject at that issuer.
    pub subject: String,
    /// Name as the provider gives it; empty where it gives none.
    pub name: String,
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
    /// The signing JWK as the provider published it; colleagues' member records are verified with it.
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
        issued_at.plus_millis(i64::from(policy.lease_days.min(MOST_DAYS)) * DAY_MILLIS)
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

    /// SHA-256 of the signing key, for events: an unlock under a key that no other sign-in shows is found by it.
    #[must_use]
    pub fn provider_key(&self) -> [u8; 32] {
        Sha256::digest(self.jwk.as_bytes()).into()
    }
}

/// The last instant for which a code table is made at `now`, for a lease that ends at `lease_end`: no lease is longer than
/// the longest, so no end that was written by hand makes a table of years.
pub(crate) fn codes_until(lease_end: UtcMillis, now: UtcMillis, policy: &Policy) -> UtcMillis {
    let longest = now.plus_millis(i64::from(MOST_DAYS) * DAY_MILLIS);
    lease_end.min(longest).plus_millis(i64::from(policy.lease_grace_days) * DAY_MILLIS)
}

#[cfg(test)]
impl LeaseRecord {
    pub(crate) fn for_tests(issued_at: UtcMillis, days: i64) -> Self {
        Self {
            issuer: String::from("https://id.example"),
            subject: String::from("amara"),
            name: String::from("Amara Obi"),
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
