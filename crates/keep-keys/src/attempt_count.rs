//! Counting unlock attempts, in two copies of the unlock record: ledger and keychain. The stricter copy counts.

use crate::KeysError;
use crate::attempt_lock::AttemptLock;
use crate::slot_unlocker::SlotUnlocker;
use crate::throttle::UnlockRecord;
use crate::totp::STEP_SECONDS;
use crate::trusted_time::TrustedTime;
use keep_domain::UserId;
use std::time::Duration;

impl SlotUnlocker<'_> {
    /// The unlock record of a slot: the stricter of both copies. If both are missing, the slot is held.
    ///
    /// # Errors
    /// The keychain variants, and those of the ledger.
    pub fn load_record(&self, user: UserId) -> Result<UnlockRecord, KeysError> {
        let ledger = self.memory.read(user)?;
        let keychain = match self.keychain.read(&record_item(user))? {
            None => None,
            // An unreadable copy counts as missing.
            // EXPOSE: counters are not secret; the keychain only protects them from changes.
            Some(bytes) => serde_json::from_slice(bytes.expose()).ok(),
        };
        Ok(match (ledger, keychain) {
            (Some(a), Some(b)) => a.stricter(b),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => UnlockRecord::unknown(self.policy),
        })
    }

    /// Writes both copies.
    pub(crate) fn save_record(&self, user: UserId, record: &UnlockRecord) -> Result<(), KeysError> {
        let bytes = serde_json::to_vec(record).map_err(|_| KeysError::Internal("unlock record"))?;
        self.memory.write(user, record)?;
        self.keychain.write(&record_item(user), &bytes)
    }

    /// Begins an attempt: checks the throttle, lets `plan` decide what to try, and counts the attempt as a failure until
    /// it succeeds. If `plan` fails, nothing is counted.
    ///
    /// INVARIANT: the failure is on disk and in the keychain before the key derivation runs, so that cutting the power
    /// does not bypass the throttle; and no two attempts of this OS user read the same count.
    pub(crate) fn begin_attempt<T>(
        &self,
        user: UserId,
        time: &TrustedTime,
        plan: impl FnOnce(&UnlockRecord) -> Result<T, KeysError>,
    ) -> Result<(UnlockRecord, T), KeysError> {
        let _lock = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(user)?;
        record.check(self.policy, time)?;
        let planned = plan(&record)?;
        let counted = record.failed(time.mark());
        self.save_record(user, &counted)?;
        // A keychain that loses writes would make every attempt the first one.
        if self.load_record(user)?.failures < counted.failures {
            return Err(KeysError::KeychainGarbled);
        }
        Ok((counted, planned))
    }

    /// Completes a successful attempt: clears the failures and marks `step` as used. `write` writes the state file with
    /// a counter not below the given one, and returns that counter.
    ///
    /// # Errors
    /// [`KeysError::CodeUsed`] if another copy of the profile has used that step in the meantime.
    pub(crate) fn complete_attempt(
        &self,
        user: UserId,
        step: u64,
        write: impl FnOnce(u64) -> Result<u64, KeysError>,
    ) -> Result<(), KeysError> {
        let _lock = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(user)?;
        if record.last_step >= step {
            return Err(KeysError::CodeUsed { next_in: Duration::from_secs(STEP_SECONDS) });
        }
        let counter = write(record.counter.saturating_add(1))?;
        self.save_record(user, &UnlockRecord::fresh(step, counter))
    }

    /// Completes a successful attempt without a code: clears the failures.
    pub(crate) fn clear_failures(&self, user: UserId) -> Result<(), KeysError> {
        let _lock = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(user)?;
        self.save_record(user, &UnlockRecord::fresh(record.last_step, record.counter))
    }

    /// Releases a held slot after an entitled colleague confirmed it with their own password or, with `online`, after an
    /// online sign-in. The caller has checked and audited that.
    ///
    /// # Errors
    /// [`KeysError::SlotHeld`] for a slot that only an online sign-in releases, and those of the copies.
    pub fn release(&self, user: UserId, online: bool) -> Result<(), KeysError> {
        let _lock = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(user)?;
        if record.failures >= self.policy.throttle_online && !online {
            return Err(KeysError::SlotHeld { online_only: true });
        }
        let released = if online {
            UnlockRecord::fresh(record.last_step, record.counter)
        } else {
            UnlockRecord { released_at: record.failures, failed_at: None, ..record }
        };
        self.save_record(user, &released)
    }
}

/// The keychain item of a user's record.
fn record_item(user: UserId) -> String {
    format!("unlock/{user}")
}
