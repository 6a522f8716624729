//! Trouble at the workstation that the ledger may be unable to take while it lasts: the keychain, the disk, a second
//! program on the profile. It is an event at once where that is possible, else a note that becomes one.

mod notes;

pub(crate) use notes::PendingFaults;

use crate::error::SessionError;
use crate::profile::Profile;
use crate::workstation::{Workstation, lock};
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{Clock, ErrorCode, SystemClock};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The closed list. Its words are the event's cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeviceFault {
    KeychainLocked,
    KeychainAbsent,
    KeychainKeyMissing,
    KeychainSlow,
    DiskFull,
    SecondInstance,
    AuthorityFileChanged,
}

/// What has become of trouble that lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reported {
    Event,
    Note,
}

impl DeviceFault {
    const fn of(code: ErrorCode) -> Option<Self> {
        match code {
            ErrorCode::KeychainLocked => Some(Self::KeychainLocked),
            ErrorCode::KeychainAbsent => Some(Self::KeychainAbsent),
            ErrorCode::KeychainKeyMissing => Some(Self::KeychainKeyMissing),
            ErrorCode::KeychainSlow => Some(Self::KeychainSlow),
            ErrorCode::DiskFull => Some(Self::DiskFull),
            ErrorCode::AuthorityFileChanged => Some(Self::AuthorityFileChanged),
            _ => None,
        }
    }

    fn event(self) -> EventDraft {
        use Outcome::{MinorFailure as Minor, SeriousFailure as Serious};
        let (class, cause, outcome) = match self {
            Self::KeychainLocked => (EventClass::KeychainProblem, "keychain_locked", Minor),
            Self::KeychainAbsent => (EventClass::KeychainProblem, "keychain_absent", Minor),
            Self::KeychainKeyMissing => (EventClass::KeychainProblem, "keychain_key_missing", Serious),
            Self::KeychainSlow => (EventClass::KeychainProblem, "keychain_slow", Minor),
            Self::DiskFull => (EventClass::DiskFull, "disk_full", Serious),
            Self::SecondInstance => (EventClass::SecondInstance, "profile_in_use", Minor),
            Self::AuthorityFileChanged => (EventClass::IntegrityFinding, "authority_file_changed", Serious),
        };
        EventDraft::new(class).ended(outcome).caused_by(cause)
    }
}

/// Leaves word for whoever holds the profile that another program asked for it: a note, never an event, because the
/// ledger is the holder's alone.
pub fn note_second_instance(profile: &Path) {
    second_instance(&Profile::at(profile), &SystemClock);
}

pub(crate) fn second_instance(profile: &Profile, clock: &dyn Clock) {
    PendingFaults::at(profile.device_fault()).leave(DeviceFault::SecondInstance, clock.now());
}

impl Workstation {
    /// Makes an event or a note of a failure that is the workstation's. What lasts is told once, until the next lock
    /// or unlock; a full disk that could only be noted is counted.
    pub(crate) fn report_fault(&self, code: ErrorCode) {
        let Some(device_fault) = DeviceFault::of(code).filter(|_| self.0.writes) else { return };
        let told = lock(&self.0.reported_faults).get(&device_fault).copied();
        let told = match told {
            Some(Reported::Event) => return,
            Some(Reported::Note) if device_fault != DeviceFault::DiskFull => return,
            None if self.write_now(device_fault.event()).is_ok() => Reported::Event,
            _ => {
                self.0.notes.leave(device_fault, self.0.event_stamper.now());
                Reported::Note
            }
        };
        lock(&self.0.reported_faults).insert(device_fault, told);
    }

    /// Turns what was noted into events, as soon as the ledger takes them.
    pub(crate) fn report_pending_faults(&self) {
        if !self.0.writes || lock(&self.0.device).is_none() {
            return;
        }
        match self.0.notes.settle(self.0.event_stamper.now(), |event| self.write_now(event)) {
            // From here on the same trouble is a new one.
            Ok(()) => lock(&self.0.reported_faults).retain(|_, told| *told == Reported::Event),
            Err(error) => tracing::warn!(code = %error.code.name(), "what was noted waits for the ledger"),
        }
    }

    /// After a lock or an unlock all trouble is new.
    pub(crate) fn report_all_faults(&self) {
        self.report_pending_faults();
        lock(&self.0.reported_faults).clear();
    }

    /// Takes up what another program noted a moment ago.
    pub fn hear_second_instance(&self) {
        self.report_pending_faults();
    }

    /// Into the ledger as it is open now; never opens it.
    fn write_now(&self, event: EventDraft) -> Result<(), SessionError> {
        let device = lock(&self.0.device).clone().ok_or_else(|| SessionError::of(ErrorCode::Locked))?;
        Ok(device.ledger.append(event).map(|_| ())?)
    }
}
