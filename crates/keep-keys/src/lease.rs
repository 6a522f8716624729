//! The offline lease: role, assignment and end, from the provider's signed token.

use keep_domain::{Policy, Role, UtcMillis};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Maximum length of a lease, days, whatever the policy.
const MAX_DAYS: u32 = 90;

const DAY_MILLIS: i64 = 86_400_000;

/// Length of the emergency period after the end of the lease.
const EMERGENCY: Duration = Duration::from_secs(72 * 3600);

/// The lease of a verified token. Never stored: each unlock derives it from the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRecord {
    /// Issuer of the ID token.
    pub issuer: String,
    /// Subject at that issuer.
    pub subject: String,
    /// Name from the provider; empty if there is none.
    pub name: String,
    /// The roles of the role claim.
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
    /// The provider's signing JWK; colleagues' member records are verified with it.
    pub jwk: String,
}

/// The state of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    /// Valid.
    Valid {
        /// Time left.
        left: Duration,
    },
    /// Ended, but within the emergency period.
    Emergency {
        /// Time left.
        left: Duration,
    },
    /// Ended; an online sign-in is needed.
    Ended,
}

impl LeaseRecord {
    /// The end of a lease issued at `issued_at` under `policy`; at most 90 days later.
    #[must_use]
    pub fn end_for(issued_at: UtcMillis, policy: &Policy) -> UtcMillis {
        issued_at.plus_millis(i64::from(policy.lease_days.min(MAX_DAYS)) * DAY_MILLIS)
    }

    /// The state of the lease at `now`.
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

    /// SHA-256 of the signing key, for events: it reveals an unlock with a key that no sign-in has shown.
    #[must_use]
    pub fn provider_key(&self) -> [u8; 32] {
        Sha256::digest(self.jwk.as_bytes()).into()
    }
}

/// The end of a code table made at `now` for a lease that ends at `lease_end`. It is limited by the maximum lease, so a
/// forged end cannot make a table of years.
pub(crate) fn codes_until(lease_end: UtcMillis, now: UtcMillis, policy: &Policy) -> UtcMillis {
    let longest = now.plus_millis(i64::from(MAX_DAYS) * DAY_MILLIS);
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
    fn no_policy_allows_more_than_ninety_days() {
        let policy = Policy { lease_days: 400, ..Policy::default() };
        assert_eq!(LeaseRecord::end_for(UtcMillis(0), &policy), UtcMillis(90 * 86_400_000));
    }
}
