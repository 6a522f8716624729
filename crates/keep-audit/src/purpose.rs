//! Purposes of use.

use keep_domain::Role;

/// Purpose of use (HL7 v3 ActReason, value set PurposeOfUse).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// TREAT
    Treatment,
    /// ETREAT
    EmergencyTreatment,
    /// BTG
    BreakTheGlass,
    /// HPAYMT
    Payment,
    /// PATADMIN
    PatientAdministration,
    /// HCOMPL
    Compliance,
    /// HSYSADMIN
    SystemAdministration,
}

impl Purpose {
    /// The ActReason code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Treatment => "TREAT",
            Self::EmergencyTreatment => "ETREAT",
            Self::BreakTheGlass => "BTG",
            Self::Payment => "HPAYMT",
            Self::PatientAdministration => "PATADMIN",
            Self::Compliance => "HCOMPL",
            Self::SystemAdministration => "HSYSADMIN",
        }
    }

    /// The usual purpose of a role's work.
    pub(crate) const fn of_role(role: Role) -> Self {
        match role {
            Role::Physician | Role::Nurse | Role::Pharmacist | Role::Laboratory => Self::Treatment,
            Role::FrontDesk => Self::PatientAdministration,
            Role::Billing => Self::Payment,
            Role::PrivacyOfficer => Self::Compliance,
            Role::ItAdministrator => Self::SystemAdministration,
        }
    }
}
