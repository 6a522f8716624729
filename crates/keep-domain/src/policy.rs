//! Limits that an organisation sets.

use crate::{Rank, Role, Segment};
use serde::{Deserialize, Serialize};

/// Organisation policy. Unknown fields are rejected, so that a misspelt limit is never ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Inactivity before lock, minutes.
    pub lock_minutes: u32,
    /// Warning before an inactivity lock, seconds.
    pub lock_warning_seconds: u32,
    /// Absolute limit of one unlock, hours.
    pub absolute_lock_hours: u32,
    /// How long after a full unlock the password alone is enough, minutes; 0 = never.
    pub resume_minutes: u32,
    /// Validity of the offline lease after a sign-in, days; at most 90.
    pub lease_days: u32,
    /// Days after the end of the lease that the code table covers.
    pub lease_grace_days: u32,
    /// Failures before the first wait.
    pub throttle_from: u32,
    /// Failures after which the slot is held.
    pub throttle_hold: u32,
    /// Failures after which only an online sign-in releases the slot.
    pub throttle_online: u32,
    /// Roles for which an assignment of the restricted segment by the identity provider takes effect.
    pub restricted_for: Vec<Role>,
    /// Minimum length of a workstation password, characters (NIST SP 800-63B-4, 3.1.1.2).
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
            restricted_for: vec![Role::Physician],
            password_min_chars: 12,
        }
    }
}

impl Policy {
    /// Whether the provider's assignment of the restricted segment takes effect for a user with these `roles`. Policy
    /// can only narrow what the provider assigns.
    #[must_use]
    pub fn permits_restricted(&self, roles: &[Role]) -> bool {
        roles.iter().any(|r| r.may_hold_restricted() && self.restricted_for.contains(r))
    }

    /// The rank of `role` under this policy; `assigned` says whether the provider assigned the restricted segment.
    #[must_use]
    pub fn rank_of(&self, role: Role, assigned: bool) -> Rank {
        if assigned && self.permits_restricted(&[role]) { Rank::up_to(Segment::Restricted) } else { role.rank() }
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;
    use crate::{Rank, Role, Segment};

    #[test]
    fn restricted_takes_an_assignment_a_clinical_role_and_the_policy() {
        let policy = Policy { restricted_for: Role::ALL.to_vec(), ..Policy::default() };
        assert_eq!(policy.rank_of(Role::FrontDesk, true), Rank::up_to(Segment::Directory));
        assert_eq!(policy.rank_of(Role::Nurse, true), Rank::up_to(Segment::Restricted));
        assert_eq!(policy.rank_of(Role::Nurse, false), Rank::up_to(Segment::Clinical));
        assert_eq!(Policy::default().rank_of(Role::Nurse, true), Rank::up_to(Segment::Clinical));
    }

    #[test]
    fn a_misspelt_limit_is_rejected() {
        assert!(serde_json::from_str::<Policy>(r#"{"lock_minuts": 1}"#).is_err());
        assert_eq!(serde_json::from_str::<Policy>("{}").ok(), Some(Policy::default()));
    }
}
