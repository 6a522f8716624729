//! The eight roles of a clinic. Entitlement comes from the identity provider's role claim.

use crate::{Rank, Segment};
use serde::{Deserialize, Serialize};

/// What someone is employed to do; decides the rank and, through policy, every permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Full chart, orders, signing.
    Physician,
    /// Chart, vitals, administration, nursing notes.
    Nurse,
    /// Medicines, allergies, weight, renal results, problems.
    Pharmacist,
    /// Orders, results, identity.
    Laboratory,
    /// Demographics, visits, "has alert".
    FrontDesk,
    /// Encounters, coded diagnoses and procedures, coverage.
    Billing,
    /// The auditor: events with masked patients.
    PrivacyOfficer,
    /// Device, sync, policy, updates; no patient data.
    ItAdministrator,
}

impl Role {
    /// All roles in the order in which they are documented.
    pub const ALL: [Self; 8] = [
        Self::Physician,
        Self::Nurse,
        Self::Pharmacist,
        Self::Laboratory,
        Self::FrontDesk,
        Self::Billing,
        Self::PrivacyOfficer,
        Self::ItAdministrator,
    ];

    /// The name in the role claim, the slot header and the policies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Physician => "physician",
            Self::Nurse => "nurse",
            Self::Pharmacist => "pharmacist",
            Self::Laboratory => "laboratory",
            Self::FrontDesk => "front-desk",
            Self::Billing => "billing",
            Self::PrivacyOfficer => "privacy-officer",
            Self::ItAdministrator => "it-administrator",
        }
    }

    /// Reads a role claim; unknown names are not a role.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }

    /// The rank that the role holds by default; restricted comes only by assignment.
    #[must_use]
    pub const fn rank(self) -> Rank {
        match self {
            Self::Physician | Self::Nurse | Self::Pharmacist | Self::Laboratory => Rank::up_to(Segment::Clinical),
            Self::Billing => Rank::up_to(Segment::Encounters),
            Self::FrontDesk | Self::PrivacyOfficer => Rank::up_to(Segment::Directory),
            Self::ItAdministrator => Rank::NONE,
        }
    }

    /// Whether policy may ever assign the restricted segment to this role.
    #[must_use]
    pub const fn may_hold_restricted(self) -> bool {
        matches!(self, Self::Physician | Self::Nurse | Self::Pharmacist | Self::Laboratory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_one_name() {
        for r in Role::ALL {
            assert_eq!(Role::from_name(r.name()), Some(r));
        }
        assert_eq!(Role::from_name("offline_access"), None);
    }

    #[test]
    fn front_desk_never_holds_clinical() {
        assert!(!Role::FrontDesk.rank().holds(Segment::Encounters));
        assert!(!Role::FrontDesk.may_hold_restricted());
    }
}
