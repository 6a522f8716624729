//! How full the ledger is, and which events may still be written.

use keep_audit::{EventDraft, Purpose};

/// Size at which the ledger counts as full: about a million events, years of a busy workstation.
pub const LEDGER_LIMIT_BYTES: u64 = 1 << 30;

/// The remaining capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerCapacity {
    /// Below 80 %.
    Ample,
    /// From 80 %: the device page says so.
    Warn,
    /// From 95 %: no access to patient data except under break-glass; the rest is reserved for security events.
    ReserveOnly,
}

impl LedgerCapacity {
    /// The remaining capacity of a ledger of `used` bytes that may grow to `limit` bytes.
    #[must_use]
    pub const fn of(used: u64, limit: u64) -> Self {
        let (used, limit) = (used as u128, limit as u128);
        if used * 100 >= limit * 95 {
            Self::ReserveOnly
        } else if used * 100 >= limit * 80 {
            Self::Warn
        } else {
            Self::Ample
        }
    }

    /// Whether an event may be written. Refusing the event refuses the access that it records.
    #[must_use]
    pub fn admits(self, draft: &EventDraft) -> bool {
        let emergency = matches!(draft.purpose(), Some(Purpose::BreakTheGlass | Purpose::EmergencyTreatment));
        self < Self::ReserveOnly || emergency || draft.class().may_use_reserve()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_audit::EventClass;

    #[test]
    fn eighty_percent_warns_and_ninety_five_reserves_the_rest() {
        let capacity = |used| LedgerCapacity::of(used, 1000);
        assert_eq!(
            [capacity(0), capacity(799), capacity(800), capacity(949)],
            [LedgerCapacity::Ample, LedgerCapacity::Ample, LedgerCapacity::Warn, LedgerCapacity::Warn]
        );
        assert_eq!([capacity(950), capacity(2000)], [LedgerCapacity::ReserveOnly; 2]);
    }

    #[test]
    fn a_nearly_full_ledger_admits_security_and_break_glass_only() {
        let read = EventDraft::new(EventClass::ChartRead);
        assert!(LedgerCapacity::Warn.admits(&read) && !LedgerCapacity::ReserveOnly.admits(&read));
        assert!(LedgerCapacity::ReserveOnly.admits(&read.for_purpose(Purpose::BreakTheGlass)));
        assert!(LedgerCapacity::ReserveOnly.admits(&EventDraft::new(EventClass::UnlockFailed)));
    }
}
