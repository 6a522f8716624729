//! The closed vocabulary of what is logged, and the standard codes of each class.

use crate::coding::{self as c, Coding};
use serde::{Deserialize, Serialize};
use std::fmt;

/// `AuditEvent.action` (FHIR R4, audit-event-action).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// C
    Create,
    /// R
    Read,
    /// U
    Update,
    /// D
    Delete,
    /// E
    Execute,
}

impl AuditAction {
    /// The one-letter code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Create => "C",
            Self::Read => "R",
            Self::Update => "U",
            Self::Delete => "D",
            Self::Execute => "E",
        }
    }
}

/// What a class is about; decides what may still be written when the ledger is nearly full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Someone saw or changed patient data.
    Record,
    /// Data moved between this device and a server or a file.
    Transfer,
    /// Keys, locks, policy, integrity: always written while any room is left.
    Security,
}

/// The standard form of a class: FHIR AuditEvent type, subtype, action and IHE BALP profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassForm {
    /// `AuditEvent.type`.
    pub kind: Coding,
    /// The first `AuditEvent.subtype`; the class's own name is the second.
    pub subtype: Coding,
    /// `AuditEvent.action`.
    pub action: AuditAction,
    /// The name of the IHE BALP profile (`IHE.BasicAudit.` + this), where one fits.
    pub balp: Option<&'static str>,
    /// The family.
    pub family: Family,
}

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $kind:ident $subtype:ident $action:ident $balp:expr, $family:ident;)*) => {
        /// One kind of audit event. The list is closed; its names are part of the ledger's format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum EventClass {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl EventClass {
            /// Every class, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the ledger, for example `chart_read`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The standard codes of the class.
            #[must_use]
            pub const fn form(self) -> ClassForm {
                match self {
                    $(Self::$variant => ClassForm {
                        kind: c::$kind, subtype: c::$subtype, action: AuditAction::$action, balp: $balp, family: Family::$family,
                    },)*
                }
            }
        }
    };
}

classes! {
    /// The ledger was started; names the old checkpoint where there was one.
    LogStart "log_start" APPLICATION_ACTIVITY RECORDING_STARTED Execute None, Security;
    /// The ledger was closed for good.
    LogStop "log_stop" APPLICATION_ACTIVITY RECORDING_STOPPED Execute None, Security;
    /// Clinic sign-in in the browser succeeded.
    SignIn "sign_in" USER_AUTHENTICATION LOGIN Execute None, Security;
    /// Clinic sign-in failed or was cancelled.
    SignInFailed "sign_in_failed" USER_AUTHENTICATION LOGIN Execute None, Security;
    /// The workstation was unlocked.
    Unlock "unlock" USER_AUTHENTICATION LOGIN Execute None, Security;
    /// An unlock was refused.
    UnlockFailed "unlock_failed" USER_AUTHENTICATION LOGIN Execute None, Security;
    /// The workstation was locked; the cause says why.
    Lock "lock" USER_AUTHENTICATION LOGOUT Execute None, Security;
    /// A slot was held or released by the throttle or a colleague.
    Throttle "throttle" SECURITY_ALERT USER_SECURITY_CHANGED Execute None, Security;
    /// A chart, or a part of one, was shown.
    ChartRead "chart_read" REST READ Read Some("Read"), Record;
    /// Patients or records were looked for.
    Search "search" REST SEARCH Execute Some("Query"), Record;
    /// A record was made.
    Create "create" REST CREATE Create Some("Create"), Record;
    /// A record was changed.
    Update "update" REST UPDATE Update Some("Update"), Record;
    /// A record was deleted.
    Delete "delete" REST DELETE Delete Some("Delete"), Record;
    /// A record was struck out as entered in error; it stays readable.
    Strike "strike" REST UPDATE Update Some("Update"), Record;
    /// A note was signed.
    NoteSigned "note_signed" REST CREATE Create Some("Create"), Record;
    /// A patient's name was unmasked in the access review.
    Unmask "unmask" AUDIT_LOG_USED RESTRICTED_FUNCTION Read None, Record;
    /// The audit ledger was read in the access review.
    AuditRead "audit_read" AUDIT_LOG_USED READ Read None, Security;
    /// Records were printed.
    Print "print" EXPORT READ Read Some("PrivacyDisclosure.Source"), Transfer;
    /// Records left as a file.
    Export "export" EXPORT READ Read Some("PrivacyDisclosure.Source"), Transfer;
    /// Records came in from a file.
    Import "import" IMPORT CREATE Create None, Transfer;
    /// A sync ran to its end.
    Sync "sync" REST TRANSACTION Execute None, Transfer;
    /// A sync ended early.
    SyncFailed "sync_failed" REST TRANSACTION Execute None, Transfer;
    /// A record was changed here and on the server.
    ConflictFound "conflict_found" REST UPDATE Execute None, Record;
    /// Someone decided a conflict.
    ConflictDecided "conflict_decided" REST UPDATE Update Some("Update"), Record;
    /// A record was set aside because the server refused it or it cannot be read.
    Quarantine "quarantine" REST UPDATE Execute None, Record;
    /// The server's certificate was not trusted, or its answer was not FHIR.
    ServerUntrusted "server_untrusted" NETWORK_ENTRY NODE_AUTHENTICATION Execute None, Security;
    /// Someone was enrolled on this device.
    Enrol "enrol" SECURITY_ALERT USER_SECURITY_CHANGED Create None, Security;
    /// Segment keys were granted to a colleague.
    Grant "grant" SECURITY_ALERT ROLES_CHANGED Update None, Security;
    /// Granted segment keys were taken into use.
    GrantReceived "grant_received" SECURITY_ALERT ROLES_CHANGED Update None, Security;
    /// A key or a factor was made, changed or replaced.
    KeyChange "key_change" SECURITY_ALERT USER_SECURITY_CHANGED Update None, Security;
    /// The role policy was replaced, or a site's policy was refused.
    PolicyChange "policy_change" SECURITY_ALERT SECURITY_CONFIGURATION Update None, Security;
    /// A setting of the device was changed.
    ConfigChange "config_change" SECURITY_ALERT SOFTWARE_CONFIGURATION Update None, Security;
    /// The role may not do what was asked.
    Refused "refused" SECURITY_ALERT RESTRICTED_FUNCTION Execute None, Security;
    /// Break-glass access began.
    BreakGlass "break_glass" SECURITY_ALERT OVERRIDE_STARTED Execute None, Security;
    /// Break-glass access ended.
    BreakGlassEnded "break_glass_ended" SECURITY_ALERT OVERRIDE_STOPPED Execute None, Security;
    /// A check of records, files or the ledger itself found something.
    IntegrityFinding "integrity_finding" SECURITY_ALERT OBJECT_SECURITY_CHANGED Execute None, Security;
    /// A slot or state file was changed outside Chartkeep or damaged.
    SlotDamaged "slot_damaged" SECURITY_ALERT OBJECT_SECURITY_CHANGED Execute None, Security;
    /// The session's clock was set from the phone's time.
    ClockCorrection "clock_correction" SECURITY_ALERT SECURITY_CONFIGURATION Update None, Security;
    /// The raw clock disagrees with the trusted time.
    ClockSuspect "clock_suspect" SECURITY_ALERT SECURITY_CONFIGURATION Execute None, Security;
    /// The keychain was locked, absent, slow or without the device key.
    KeychainProblem "keychain_problem" SECURITY_ALERT NODE_AUTHENTICATION Execute None, Security;
    /// No room was left on the disk.
    DiskFull "disk_full" SECURITY_ALERT SOFTWARE_CONFIGURATION Execute None, Security;
    /// Another instance asked for the profile.
    SecondInstance "second_instance" SECURITY_ALERT NODE_AUTHENTICATION Execute None, Security;
    /// Somebody entitled has looked into an alert and signed it off.
    AlertSignedOff "alert_signed_off" SECURITY_ALERT SECURITY_CONFIGURATION Update None, Security;
    /// Something half written was kept: a new draft, or one of an earlier session that is written on.
    DraftKept "draft_kept" REST UPDATE Update Some("Update"), Record;
    /// Something half written was thrown away.
    DraftDiscarded "draft_discarded" REST DELETE Delete Some("Delete"), Record;
}

impl EventClass {
    /// Reads a name; unknown names are not a class.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.name() == name)
    }

    /// Whether such an event stands as an alert until somebody entitled has signed it off.
    #[must_use]
    pub const fn needs_sign_off(self) -> bool {
        matches!(self, Self::IntegrityFinding | Self::SlotDamaged | Self::ClockCorrection | Self::BreakGlass)
    }

    /// Whether the class may still be written when the ledger is nearly full.
    #[must_use]
    pub const fn may_use_reserve(self) -> bool {
        matches!(self.form().family, Family::Security)
    }
}

impl fmt::Display for EventClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_snake_case_and_read_back() {
        let mut seen = std::collections::BTreeSet::new();
        for class in EventClass::ALL {
            let name = class.name();
            assert!(seen.insert(name), "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            assert_eq!(EventClass::from_name(name), Some(*class));
            assert_eq!(serde_json::to_value(class).expect("json"), name);
        }
        assert_eq!(EventClass::from_name("tea_break"), None);
    }

    #[test]
    fn reads_and_writes_of_records_never_use_the_reserve() {
        for class in
            [EventClass::ChartRead, EventClass::Search, EventClass::Create, EventClass::Unmask, EventClass::Export]
        {
            assert!(!class.may_use_reserve(), "{class}");
        }
        for class in [EventClass::UnlockFailed, EventClass::BreakGlass, EventClass::IntegrityFinding] {
            assert!(class.may_use_reserve(), "{class}");
        }
    }
}
