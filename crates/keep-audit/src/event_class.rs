//! The closed list of audit event classes, and the standard codes of each.

use crate::coding::{self as c, Coding};
use serde::{Deserialize, Serialize};
use std::fmt;

/// `AuditEvent.action` (FHIR R4, audit-event-action).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditAction {
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
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Create => "C",
            Self::Read => "R",
            Self::Update => "U",
            Self::Delete => "D",
            Self::Execute => "E",
        }
    }
}

/// What an event class is about; decides what may still be written when the ledger is nearly full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventCategory {
    /// Patient data was viewed or changed.
    Record,
    /// Data moved between this device and a server or a file.
    Transfer,
    /// Keys, locks, policy, integrity: written as long as any space is left.
    Security,
}

/// The standard codes of an event class: FHIR AuditEvent type, subtype and action, and IHE BALP profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventCodes {
    /// `AuditEvent.type`.
    pub(crate) kind: Coding,
    /// The first `AuditEvent.subtype`; the class's own name is the second.
    pub(crate) subtype: Coding,
    /// `AuditEvent.action`.
    pub(crate) action: AuditAction,
    /// The name of the IHE BALP profile (`IHE.BasicAudit.` + this), where one fits.
    pub(crate) balp: Option<&'static str>,
    /// The category.
    pub(crate) category: EventCategory,
}

macro_rules! event_classes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $kind:ident $subtype:ident $action:ident $balp:expr, $category:ident;)*) => {
        /// A class of audit events. The list is closed; the names are part of the ledger's format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum EventClass {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl EventClass {
            /// Every class, in the order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the ledger, for example `chart_read`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The standard codes of the class.
            pub(crate) const fn codes(self) -> EventCodes {
                match self {
                    $(Self::$variant => EventCodes {
                        kind: c::$kind, subtype: c::$subtype, action: AuditAction::$action, balp: $balp, category: EventCategory::$category,
                    },)*
                }
            }
        }
    };
}

event_classes! {
    /// The ledger was started; names the last checkpoint of the log before it, if any.
    LogStart "log_start" APPLICATION_ACTIVITY RECORDING_STARTED Execute None, Security;
    /// The ledger was permanently closed.
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
    /// A slot was held by the throttle, or released.
    Throttle "throttle" SECURITY_ALERT USER_SECURITY_CHANGED Execute None, Security;
    /// A chart or part of one was shown.
    ChartRead "chart_read" REST READ Read Some("Read"), Record;
    /// Patients or records were searched for.
    Search "search" REST SEARCH Execute Some("Query"), Record;
    /// A record was created.
    Create "create" REST CREATE Create Some("Create"), Record;
    /// A record was changed.
    Update "update" REST UPDATE Update Some("Update"), Record;
    /// A record was marked as entered in error; it stays readable.
    MarkedInError "strike" REST UPDATE Update Some("Update"), Record;
    /// A marking as entered in error was undone before it was sent.
    MarkingUndone "marking_undone" REST UPDATE Update Some("Update"), Record;
    /// A note was signed.
    NoteSigned "note_signed" REST CREATE Create Some("Create"), Record;
    /// A patient's name was unmasked in the access review.
    Unmask "unmask" AUDIT_LOG_USED RESTRICTED_FUNCTION Read None, Record;
    /// The audit ledger was read in the access review.
    AuditRead "audit_read" AUDIT_LOG_USED READ Read None, Security;
    /// Records were imported from a file.
    Import "import" IMPORT CREATE Create None, Transfer;
    /// Records were exported to a file, which this program does not protect.
    Export "export" EXPORT READ Read None, Transfer;
    /// A sync completed.
    Sync "sync" REST TRANSACTION Execute None, Transfer;
    /// A sync failed.
    SyncFailed "sync_failed" REST TRANSACTION Execute None, Transfer;
    /// A record was changed both here and on the server.
    ConflictFound "conflict_found" REST UPDATE Execute None, Record;
    /// A conflict was resolved by a user.
    ConflictDecided "conflict_decided" REST UPDATE Update Some("Update"), Record;
    /// The server rejected a change of a record.
    WriteRejected "quarantine" REST UPDATE Execute None, Record;
    /// The server's certificate was not trusted, or its response was not FHIR.
    ServerUntrusted "server_untrusted" NETWORK_ENTRY NODE_AUTHENTICATION Execute None, Security;
    /// A user was enrolled on this device.
    Enrol "enrol" SECURITY_ALERT USER_SECURITY_CHANGED Create None, Security;
    /// Segment keys were granted to a colleague.
    Grant "grant" SECURITY_ALERT ROLES_CHANGED Update None, Security;
    /// Granted segment keys were accepted.
    GrantReceived "grant_received" SECURITY_ALERT ROLES_CHANGED Update None, Security;
    /// A device setting was changed.
    ConfigChange "config_change" SECURITY_ALERT SOFTWARE_CONFIGURATION Update None, Security;
    /// The role does not permit the requested action.
    Refused "refused" SECURITY_ALERT RESTRICTED_FUNCTION Execute None, Security;
    /// A check of records, files or the ledger itself found something.
    IntegrityFinding "integrity_finding" SECURITY_ALERT OBJECT_SECURITY_CHANGED Execute None, Security;
    /// The session's clock was corrected to the phone's time.
    ClockCorrection "clock_correction" SECURITY_ALERT SECURITY_CONFIGURATION Update None, Security;
    /// The keychain was locked, absent, slow or without the device key.
    KeychainProblem "keychain_problem" SECURITY_ALERT NODE_AUTHENTICATION Execute None, Security;
    /// The disk was full.
    DiskFull "disk_full" SECURITY_ALERT SOFTWARE_CONFIGURATION Execute None, Security;
    /// Another instance tried to open the profile.
    SecondInstance "second_instance" SECURITY_ALERT NODE_AUTHENTICATION Execute None, Security;
    /// An alert was investigated and signed off by an entitled user.
    AlertSignedOff "alert_signed_off" SECURITY_ALERT SECURITY_CONFIGURATION Update None, Security;
    /// A draft was saved: a new one, or one continued from an earlier session.
    DraftSaved "draft_kept" REST UPDATE Update Some("Update"), Record;
    /// A draft was discarded.
    DraftDiscarded "draft_discarded" REST DELETE Delete Some("Delete"), Record;
}

impl EventClass {
    /// The class with this name; `None` for an unknown name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.name() == name)
    }

    /// Whether such an event is an alert until an entitled user has signed it off.
    #[must_use]
    pub const fn needs_sign_off(self) -> bool {
        matches!(self, Self::IntegrityFinding | Self::ClockCorrection)
    }

    /// Whether the class may still be written when the ledger is nearly full.
    #[must_use]
    pub const fn may_use_reserve(self) -> bool {
        matches!(self.codes().category, EventCategory::Security)
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
        for class in [EventClass::UnlockFailed, EventClass::Refused, EventClass::IntegrityFinding] {
            assert!(class.may_use_reserve(), "{class}");
        }
    }
}
