//! The eight roles of a clinic. Entitlement comes from the identity provider's role claim.

use crate::{Rank, Segment};
use ts_rs::TS;

crate::named_enum! {
    /// A clinical or administrative role; decides the rank and, through policy, every permission.
    ///
    /// The names are those of the role claim, the slot header and the policies.
    #[derive(TS)]
    pub enum Role {
        /// Full chart, orders, signing.
        Physician = "physician",
        /// Chart, vitals, administration, nursing notes.
        Nurse = "nurse",
        /// Medicines, allergies, weight, renal results, problems.
        Pharmacist = "pharmacist",
        /// Orders, results, identity.
        Laboratory = "laboratory",
        /// Demographics, visits, "has alert".
        FrontDesk = "front-desk",
        /// Encounters, coded diagnoses and procedures, coverage.
        Billing = "billing",
        /// Audit events, with patients masked.
        PrivacyOfficer = "privacy-officer",
        /// Device, sync, policy, updates; no patient data.
        ItAdministrator = "it-administrator",
    }
}

impl Role {
    /// The default rank of the role; the restricted segment is only ever assigned.
    #[must_use]
    pub const fn rank(self) -> Rank {
        match self {
            Self::Physician | Self::Nurse | Self::Pharmacist | Self::Laboratory => Rank::up_to(Segment::Clinical),
            Self::Billing => Rank::up_to(Segment::Encounters),
            Self::FrontDesk | Self::PrivacyOfficer => Rank::up_to(Segment::Directory),
            Self::ItAdministrator => Rank::NONE,
        }
    }

    /// Whether the restricted segment may be assigned to this role.
    #[must_use]
    pub const fn may_hold_restricted(self) -> bool {
        matches!(self, Self::Physician | Self::Nurse | Self::Pharmacist | Self::Laboratory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_claim_is_not_a_role() {
        assert_eq!(Role::from_name("offline_access"), None);
    }

    #[test]
    fn front_desk_never_holds_clinical() {
        assert!(!Role::FrontDesk.rank().holds(Segment::Encounters));
        assert!(!Role::FrontDesk.may_hold_restricted());
    }
}
