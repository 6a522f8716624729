//! The two copies of an unlock record: ledger and keychain, the stricter one counts.

use crate::KeysError;
use crate::attempt_lock::AttemptLock;
use crate::throttle::UnlockRecord;
use crate::totp::STEP_SECONDS;
use crate::trusted_time::TrustedTime;
use crate::unlock::SlotUnlocker;
use keep_domain::UserId;
use std::time::Duration;

impl SlotUnlocker<'_> {
    /// What is on record about a slot's unlocks: the stricter of both copies, and when both are gone the
    /// slot is held. For the lock screen and for deciding.
    ///
    /// # Errors
    /// The keychain variants, and the ledger's.
    pub fn load_record(&self, user: UserId) -> Result<UnlockRecord, KeysError> {
        let ledger = self.memory.read(user)?;
        let keychain = match self.keychain.read(&record_item(user))? {
            None => None,
            // A copy that cannot be read counts as one that is gone.
            // EXPOSE: counters are no secret; the keychain only keeps them from being altered.
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

    /// Begins an attempt: checks the throttle, lets `plan` say what is to be tried, and counts the attempt as a failure
    /// until it has succeeded. What `plan` refuses is not counted.
    ///
    /// INVARIANT: the failure is on disk and in the keychain before the key derivation runs, so that pulling the plug
    /// is no way around the throttle; and no two attempts of this OS user read the same count.
    pub(crate) fn count_attempt<T>(
        &self,
        user: UserId,
        time: &TrustedTime,
        plan: impl FnOnce(&UnlockRecord) -> Result<T, KeysError>,
    ) -> Result<(UnlockRecord, T), KeysError> {
        let _alone = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(user)?;
        record.check(self.policy, time)?;
        let planned = plan(&record)?;
        let counted = record.failed(time.mark());
        self.save_record(user, &counted)?;
        // A keychain that does not keep what it took would let every attempt be the first.
        if self.load_record(user)?.failures < counted.failures {
            return Err(KeysError::KeychainGarbled);
        }
        Ok((counted, planned))
    }

    /// Ends a successful attempt: what had been counted is cleared and `step` counts as used. `write` puts the state
    /// file in place with a counter not below the one that it is given, and says which.
    ///
    /// # Errors
    /// [`KeysError::CodeUsed`] where another copy of the profile has used that step meanwhile.
    pub(crate) fn settle_attempt(
        &self,
        user: UserId,
        step: u64,
        write: impl FnOnce(u64) -> Result<u64, KeysError>,
    ) -> Result<(), KeysError> {
        let _alone = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(user)?;
        if record.last_step >= step {
            return Err(KeysError::CodeUsed { next_in: Duration::from_secs(STEP_SECONDS) });
        }
        let counter = write(record.counter.saturating_add(1))?;
        self.save_record(user, &UnlockRecord::fresh(step, counter))
    }

    /// Ends a successful attempt without a code: what had been counted is cleared, and nothing else changes.
    pub(crate) fn clear_failures(&self, user: UserId) -> Result<(), KeysError> {
        let _alone = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(user)?;
        self.save_record(user, &UnlockRecord::fresh(record.last_step, record.counter))
    }

    /// Releases a held slot, after an entitled colleague confirmed with their own password or after an
    /// online sign-in; the caller has checked and audited that. Does nothing for a slot that only an
    /// online sign-in releases, unless `online`.
    ///
    /// # Errors
    /// [`KeysError::SlotHeld`] and those of the copies.
    pub fn release(&self, user: UserId, online: bool) -> Result<(), KeysError> {
        let _alone = AttemptLock::take(self.slots.folder())?;
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

/// The keychain item of one clinician's record.
pub(crate) fn record_item(user: UserId) -> String {
    format!("unlock/{user}")
}
