//! Waits and holds after failed unlock attempts.

use crate::KeysError;
use crate::totp;
use crate::trusted_time::{TimeMark, TrustedTime};
use keep_domain::{Policy, UtcMillis};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The first wait; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(30);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// The unlock attempts of one slot; stored in the ledger and in the keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlockRecord {
    /// Failures since the last success; counted before the key derivation runs.
    pub failures: u32,
    /// Number of failures at the last release by a colleague; later ones count for waits and the hold.
    pub released_at: u32,
    /// The time of the last failure.
    pub failed_at: Option<TimeMark>,
    /// The last accepted 30 s step, L.
    pub last_step: u64,
    /// The counter of the newest state file.
    pub counter: u64,
}

impl UnlockRecord {
    /// A record without failures.
    #[must_use]
    pub const fn fresh(last_step: u64, counter: u64) -> Self {
        Self { failures: 0, released_at: 0, failed_at: None, last_step, counter }
    }

    /// The record assumed for an existing slot when both copies are missing: held.
    #[must_use]
    pub const fn unknown(policy: &Policy) -> Self {
        Self { failures: policy.throttle_hold, released_at: 0, failed_at: None, last_step: 0, counter: 0 }
    }

    /// The stricter of two copies, field by field.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let (worse, better) = if self.failures >= other.failures { (self, other) } else { (other, self) };
        Self {
            failures: worse.failures,
            released_at: worse.released_at.min(better.released_at),
            failed_at: worse.failed_at.or(better.failed_at),
            last_step: worse.last_step.max(better.last_step),
            counter: worse.counter.max(better.counter),
        }
    }

    /// Time until the next unused code, since each code works once; zero if the current one is unused.
    ///
    /// Also zero if `now` is well before the last step: then the clock is wrong.
    #[must_use]
    pub fn next_code_in(&self, now: UtcMillis) -> Duration {
        match self.last_step.checked_sub(totp::step_of(now)) {
            Some(0) => totp::until(now, self.last_step.saturating_add(1)),
            // The phone is one step ahead of this computer: it shows the next code when that step begins here.
            Some(1) => totp::until(now, self.last_step),
            _ => Duration::ZERO,
        }
    }

    /// Whether an attempt may be made now.
    ///
    /// # Errors
    /// [`KeysError::SlotHeld`] or [`KeysError::Throttled`].
    pub fn check(&self, policy: &Policy, time: &TrustedTime) -> Result<(), KeysError> {
        if self.failures >= policy.throttle_online {
            return Err(KeysError::SlotHeld { online_only: true });
        }
        if self.since_release() >= policy.throttle_hold {
            return Err(KeysError::SlotHeld { online_only: false });
        }
        let wait = wait_after(self.since_release(), policy);
        // Without the time of the failure the wait cannot be over.
        let passed = self.failed_at.as_ref().map_or(Duration::ZERO, |mark| time.elapsed_since(mark));
        match wait.saturating_sub(passed) {
            Duration::ZERO => Ok(()),
            left => Err(KeysError::Throttled { wait: left }),
        }
    }

    /// The record with one more failure, at `now`.
    #[must_use]
    pub fn failed(&self, now: TimeMark) -> Self {
        Self { failures: self.failures.saturating_add(1), failed_at: Some(now), ..self.clone() }
    }

    /// The error for a wrong password or code; this record already counts it.
    #[must_use]
    pub fn refusal(&self, policy: &Policy) -> KeysError {
        KeysError::UnlockRefused {
            failures: self.failures,
            attempts_left: policy.throttle_hold.saturating_sub(self.since_release()),
            wait: wait_after(self.since_release(), policy),
        }
    }

    /// Failures since the last release by a colleague, which count for waits and the hold.
    const fn since_release(&self) -> u32 {
        self.failures.saturating_sub(self.released_at)
    }
}

/// The wait after a number of failures: none, then 30 s, doubling up to 15 min.
fn wait_after(failures: u32, policy: &Policy) -> Duration {
    match failures.checked_sub(policy.throttle_from) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_WAIT.saturating_mul(1 << doublings.min(16)).min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boot_clock::{BootClock, BootReading};
    use keep_domain::{ManualClock, UtcMillis};
    use std::sync::Arc;

    #[derive(Debug)]
    struct NoBootClock;

    impl BootClock for NoBootClock {
        fn reading(&self) -> Option<BootReading> {
            None
        }
    }

    fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::starting(UtcMillis(1_800_000_000_000)))
    }

    #[test]
    fn waits_double_from_five_failures_to_fifteen_minutes() {
        let waits: Vec<u64> = (0..12).map(|n| wait_after(n, &Policy::default()).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
    }

    #[test]
    fn the_next_code_comes_with_the_next_step() {
        let record = UnlockRecord::fresh(100, 1);
        let wait = |seconds: i64| record.next_code_in(UtcMillis(seconds * 1000)).as_secs();
        assert_eq!((wait(100 * 30 + 18), wait(101 * 30), wait(200 * 30)), (12, 0, 0));
        // The phone was one step ahead of this computer; two would be a clock that went back.
        assert_eq!((wait(99 * 30 + 18), wait(98 * 30)), (12, 0));
    }

    #[test]
    fn the_stricter_copy_wins() {
        let mut ledger = UnlockRecord::fresh(10, 3);
        let mut keychain = UnlockRecord::fresh(12, 2);
        ledger.failures = 4;
        keychain.failures = 7;
        let merged = ledger.clone().stricter(keychain.clone());
        assert_eq!((merged.failures, merged.last_step, merged.counter), (7, 12, 3));
        assert_eq!(keychain.stricter(ledger), merged);
    }

    #[test]
    fn a_wait_survives_a_clock_set_forward_and_back() {
        let clock = clock();
        let time = TrustedTime::starting(None, Arc::new(NoBootClock), clock.clone());
        let mut record = UnlockRecord::fresh(0, 0);
        record.failures = 4;
        let record = record.failed(time.mark());
        for wall in [0, 1_900_000_000_000] {
            clock.set_wall(UtcMillis(wall));
            let Err(KeysError::Throttled { wait }) = record.check(&Policy::default(), &time) else { panic!() };
            assert_eq!(wait, Duration::from_secs(30));
        }
        clock.advance(Duration::from_secs(29));
        assert!(record.check(&Policy::default(), &time).is_err());
        clock.advance(Duration::from_secs(1));
        assert!(record.check(&Policy::default(), &time).is_ok());
    }

    #[test]
    fn ten_failures_hold_a_slot_and_a_hundred_need_an_online_sign_in() {
        let time = TrustedTime::starting(None, Arc::new(NoBootClock), clock());
        let policy = Policy::default();
        let with = |failures, released_at| UnlockRecord { failures, released_at, ..UnlockRecord::fresh(0, 0) };
        assert_eq!(with(10, 0).check(&policy, &time), Err(KeysError::SlotHeld { online_only: false }));
        assert_eq!(with(100, 99).check(&policy, &time), Err(KeysError::SlotHeld { online_only: true }));
        assert_eq!(
            UnlockRecord::unknown(&policy).check(&policy, &time),
            Err(KeysError::SlotHeld { online_only: false })
        );
        assert_eq!(with(12, 10).check(&policy, &time), Ok(()));
        assert!(matches!(with(16, 10).check(&policy, &time), Err(KeysError::Throttled { .. })));
    }
}
