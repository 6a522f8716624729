//! Trouble at the workstation that the ledger may be unable to take while it lasts: the keychain, the disk, a second
//! program on the profile. It is an event at once where that is possible, else a note that becomes one.

mod notes;

pub(crate) use notes::TroubleNotes;

use crate::app::{App, guard};
use crate::fault::Fault;
use crate::profile::Profile;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{Clock, ErrorCode, SystemClock};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The closed list. Its words are the event's cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trouble {
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
pub(crate) enum Told {
    Event,
    Note,
}

impl Trouble {
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
    TroubleNotes::at(profile.trouble()).leave(Trouble::SecondInstance, clock.now());
}

impl App {
    /// Makes an event or a note of a failure that is the workstation's. What lasts is told once, until the next lock
    /// or unlock; a full disk that could only be noted is counted.
    pub(crate) fn tell_trouble(&self, code: ErrorCode) {
        let Some(trouble) = Trouble::of(code).filter(|_| self.0.writes) else { return };
        let told = guard(&self.0.troubles).get(&trouble).copied();
        let told = match told {
            Some(Told::Event) => return,
            Some(Told::Note) if trouble != Trouble::DiskFull => return,
            None if self.write_now(trouble.event()).is_ok() => Told::Event,
            _ => {
                self.0.notes.leave(trouble, self.0.stamper.now());
                Told::Note
            }
        };
        guard(&self.0.troubles).insert(trouble, told);
    }

    /// Turns what was noted into events, as soon as the ledger takes them.
    pub(crate) fn settle_trouble(&self) {
        if !self.0.writes || guard(&self.0.device).is_none() {
            return;
        }
        match self.0.notes.settle(self.0.stamper.now(), |event| self.write_now(event)) {
            // From here on the same trouble is a new one.
            Ok(()) => guard(&self.0.troubles).retain(|_, told| *told == Told::Event),
            Err(fault) => tracing::warn!(code = %fault.code.name(), "what was noted waits for the ledger"),
        }
    }

    /// After a lock or an unlock all trouble is new.
    pub(crate) fn settle_all_trouble(&self) {
        self.settle_trouble();
        guard(&self.0.troubles).clear();
    }

    /// Takes up what another program noted a moment ago.
    pub fn hear_second_instance(&self) {
        self.settle_trouble();
    }

    /// Into the ledger as it is open now; never opens it.
    fn write_now(&self, event: EventDraft) -> Result<(), Fault> {
        let device = guard(&self.0.device).clone().ok_or_else(|| Fault::of(ErrorCode::Locked))?;
        Ok(device.ledger.append(event).map(|_| ())?)
    }
}
