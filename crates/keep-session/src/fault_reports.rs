//! Reporting faults of the workstation: an event at once where that is possible, otherwise a note that becomes one.

use crate::error::SessionError;
use crate::profile::Profile;
use crate::state::acquire;
use crate::state::device_fault::{DeviceFault, Reported};
use crate::state::pending_faults::PendingFaults;
use crate::workstation::Workstation;
use keep_audit::EventDraft;
use keep_domain::{Clock, ErrorCode, SystemClock};
use std::path::Path;

/// Notes for the program that holds the profile that another one asked for it. Never an event: the ledger belongs to
/// the holder.
pub fn note_second_instance(profile: &Path) {
    second_instance(&Profile::at(profile), &SystemClock);
}

pub(crate) fn second_instance(profile: &Profile, clock: &dyn Clock) {
    PendingFaults::at(profile.device_fault()).leave(DeviceFault::SecondInstance, clock.now());
}

impl Workstation {
    /// Records a failure of the workstation itself as an event, or as a note while the ledger cannot take it. A fault
    /// that lasts is reported once until the next lock or unlock; a full disk that could only be noted is counted.
    pub(crate) fn report_fault(&self, code: ErrorCode) {
        let Some(fault) = DeviceFault::of(code).filter(|_| self.0.access.writes) else { return };
        let reported = acquire(&self.0.faults.reported).get(&fault).copied();
        let reported = match reported {
            Some(Reported::Event) => return,
            Some(Reported::Note) if fault != DeviceFault::DiskFull => return,
            None if self.write_now(fault.event()).is_ok() => Reported::Event,
            _ => {
                self.0.faults.pending.leave(fault, self.0.device.event_stamper.now());
                Reported::Note
            }
        };
        acquire(&self.0.faults.reported).insert(fault, reported);
    }

    /// Turns notes, also those of another program, into events if the ledger can take them.
    pub fn report_pending_faults(&self) {
        if !self.0.access.writes || acquire(&self.0.device.context).is_none() {
            return;
        }
        match self.0.faults.pending.report(self.0.device.event_stamper.now(), |event| self.write_now(event)) {
            // From here on the same fault is a new one.
            Ok(()) => acquire(&self.0.faults.reported).retain(|_, reported| *reported == Reported::Event),
            Err(error) => tracing::warn!(code = %error.code.name(), "faults are still waiting for the ledger"),
        }
    }

    /// As [`Workstation::report_pending_faults`]; every fault counts as new from here on: after a lock or an unlock.
    pub(crate) fn report_all_faults(&self) {
        self.report_pending_faults();
        acquire(&self.0.faults.reported).clear();
    }

    /// Appends to the ledger if it is open; never opens it.
    fn write_now(&self, event: EventDraft) -> Result<(), SessionError> {
        let device = acquire(&self.0.device.context).clone().ok_or(ErrorCode::Locked)?;
        Ok(device.ledger.append(event).map(|_| ())?)
    }
}
