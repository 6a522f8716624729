//! Unlocking a slot with password and one-time code.

use crate::entropy::{Entropy, OsEntropy};
use crate::kdf::{derive_kek, derive_kp};
use crate::key_ring::KeyRing;
use crate::resume::ResumeSecret;
use crate::slot::{SlotFile, SlotHeader};
use crate::slots::Slots;
use crate::state::UnlockState;
use crate::throttle::{UnlockMemory, UnlockRecord};
use crate::totp::{self, TotpSeed};
use crate::trusted_time::{ClockJudgement, TrustedTime};
use crate::user_keys::{MasterKey, UserKeys};
use crate::{DeviceKey, Keychain, KeysError, MemberRecord};
use keep_domain::{DeviceId, Policy, Secret, UserId, UtcMillis};
use std::fmt;

/// Steps that a phone may be ahead or behind and still be learned: ten minutes.
pub(crate) const MOST_SKEW: i64 = 20;

/// Everything that unlocking needs besides the clinician.
#[derive(Clone, Copy)]
pub struct SlotDoor<'a> {
    /// The profile's slots.
    pub slots: &'a Slots,
    /// The device that the slots must belong to.
    pub device: DeviceId,
    /// Where KD and one copy of the unlock record are.
    pub keychain: &'a dyn Keychain,
    /// Where the other copy of the unlock record is: the ledger.
    pub memory: &'a dyn UnlockMemory,
    /// The organisation's limits.
    pub policy: &'a Policy,
}

/// What the clinician typed.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// Whose slot.
    pub user: UserId,
    /// The password.
    pub password: &'a Secret<String>,
    /// The one-time code, six digits.
    pub code: &'a Secret<String>,
    /// Date and time as the phone shows them, asked for after [`KeysError::ClockWrong`].
    pub entered_time: Option<UtcMillis>,
}

/// An opened slot.
#[derive(Debug)]
pub struct Opened {
    /// The slot's header.
    pub header: SlotHeader,
    /// The clinician's own keys.
    pub keys: UserKeys,
    /// Carried keys, lease and refresh token.
    pub ring: KeyRing,
    /// The clinician's member record.
    pub member: MemberRecord,
    /// What lets the password alone unlock for a while.
    pub resume: ResumeSecret,
    /// An older state file had been put back; it served only later steps. An integrity finding.
    pub restored_state: bool,
    /// The clinician's entry corrected the clock. An event, and a flag on clinical times.
    pub clock_corrected: bool,
}

impl fmt::Debug for SlotDoor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotDoor({})", self.device)
    }
}

/// One way to read the typed code.
struct Candidate {
    step: u64,
    t: u32,
}

impl SlotDoor<'_> {
    /// Unlocks with password and code.
    ///
    /// Blocking: up to three key derivations of about half a second.
    ///
    /// # Errors
    /// Before anything is tried: the keychain's states, [`KeysError::NotEnrolled`], [`KeysError::SlotDamaged`],
    /// [`KeysError::SlotHeld`], [`KeysError::Throttled`], [`KeysError::ClockWrong`], [`KeysError::CodeUsed`], [`KeysError::LeaseEnded`].
    /// After: [`KeysError::UnlockRefused`], the same for a wrong password and a wrong code.
    pub fn unlock(&self, time: &mut TrustedTime, attempt: &Attempt<'_>) -> Result<Opened, KeysError> {
        self.unlock_with(time, attempt, &mut OsEntropy)
    }

    fn unlock_with(
        &self,
        time: &mut TrustedTime,
        attempt: &Attempt<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<Opened, KeysError> {
        let kd = self.load_kd()?;
        let file = self.read_slot(attempt.user, &kd)?;
        let record = self.load_record(attempt.user)?;
        record.check(self.policy, time)?;
        let context = file.header().context();
        let generation = file.header().totp_generation;
        let mut state = UnlockState::open(&self.slots.read_state(attempt.user)?, &kd, &context, generation)?;
        let restored_state = state.counter < record.counter;
        // INVARIANT: whatever file was put back, no step up to the highest L on record leads to T.
        state.last_step = state.last_step.max(record.last_step);
        state.table.drop_through(state.last_step);

        // Taken before the key derivations, which may run into the next step.
        let here = totp::step_of(time.now());
        let candidates = plan_candidates(&state, time, attempt)?;
        let record = self.count_failure(attempt.user, &record, time)?;
        let Some((accepted, umk)) = self.try_candidates(&kd, &file, attempt.password, &candidates)? else {
            return Err(record.refusal(self.policy));
        };

        let (seed, t) = open_factors(&file, &umk)?;
        if t != accepted.t {
            return Err(KeysError::SlotDamaged("slot"));
        }
        let keys = UserKeys::bound(umk, context);
        let ring = KeyRing::load(self.slots, &keys)?;

        let clock_corrected = attempt.entered_time.is_some();
        if clock_corrected {
            time.correct(totp::start_of(accepted.step));
        } else {
            state.skew = learned_skew(accepted.step, here);
            // In terms of this computer's clock: the step minus the phone's lead.
            time.accept(totp::start_of(accepted.step.saturating_add_signed(-i64::from(state.skew))));
        }
        let end = ring.lease().map_or(0, |l| totp::step_of(l.codes_until(self.policy)));
        state.counter = state.counter.max(record.counter).saturating_add(1);
        state.last_step = accepted.step;
        state.table.drop_through(accepted.step);
        state.table.extend(&seed, t, end);
        self.slots.write_state(attempt.user, &state.seal(&kd, &context, generation, entropy)?)?;
        self.save_record(attempt.user, &UnlockRecord::fresh(accepted.step, state.counter))?;
        time.save(self.keychain)?;
        Ok(Opened {
            header: file.header().clone(),
            keys,
            ring,
            member: file.member().clone(),
            resume: ResumeSecret::new(context, t, time.mark()),
            restored_state,
            clock_corrected,
        })
    }

    /// Unlocks with the password alone, within the policy's minutes after a full unlock.
    ///
    /// The secret is taken: after a wrong password, and after any other error, it is gone.
    ///
    /// # Errors
    /// [`KeysError::CodeNeeded`] when the secret is too old or another's, else as [`SlotDoor::unlock`].
    pub fn resume(
        &self,
        time: &TrustedTime,
        user: UserId,
        password: &Secret<String>,
        secret: ResumeSecret,
    ) -> Result<Opened, KeysError> {
        let kd = self.load_kd()?;
        let file = self.read_slot(user, &kd)?;
        let record = self.load_record(user)?;
        record.check(self.policy, time)?;
        let context = file.header().context();
        if !secret.is_usable(context, time, self.policy) || time.judge() == ClockJudgement::Behind {
            return Err(KeysError::CodeNeeded);
        }
        let counted = self.count_failure(user, &record, time)?;
        let candidate = [Candidate { step: record.last_step, t: secret.t() }];
        let Some((_, umk)) = self.try_candidates(&kd, &file, password, &candidate)? else {
            return Err(counted.refusal(self.policy));
        };
        let keys = UserKeys::bound(umk, context);
        let ring = KeyRing::load(self.slots, &keys)?;
        self.save_record(user, &UnlockRecord::fresh(record.last_step, record.counter))?;
        Ok(Opened {
            header: file.header().clone(),
            keys,
            ring,
            member: file.member().clone(),
            resume: secret,
            restored_state: false,
            clock_corrected: false,
        })
    }

    pub(crate) fn load_kd(&self) -> Result<DeviceKey, KeysError> {
        DeviceKey::load(self.keychain, self.slots.exist()?)?.ok_or(KeysError::NotEnrolled)
    }

    pub(crate) fn read_slot(&self, user: UserId, kd: &DeviceKey) -> Result<SlotFile, KeysError> {
        let file = self.slots.read(user, kd)?;
        // A slot carried over from another device's profile is not ours, even under the same KD.
        if file.header().device == self.device { Ok(file) } else { Err(KeysError::SlotDamaged("slot")) }
    }

    fn try_candidates<'c>(
        &self,
        kd: &DeviceKey,
        file: &SlotFile,
        password: &Secret<String>,
        candidates: &'c [Candidate],
    ) -> Result<Option<(&'c Candidate, MasterKey)>, KeysError> {
        let header = file.header();
        let [user, device, slot] = header.context().fields().map(<[u8]>::to_vec);
        for candidate in candidates {
            let kp = derive_kp(password, candidate.t, header.salt(), header.kdf)?;
            let kek = derive_kek(&kp, kd, [&user, &device, &slot, &header.generation.to_be_bytes()]);
            if let Ok(umk) = file.open_umk(&kek) {
                return Ok(Some((candidate, umk)));
            }
        }
        Ok(None)
    }
}

/// The steps to try, likeliest first: the learned skew, then one step to either side; around an
/// entered time, the two steps of that minute and the one after, as typing takes time.
fn plan_candidates(
    state: &UnlockState,
    time: &TrustedTime,
    attempt: &Attempt<'_>,
) -> Result<Vec<Candidate>, KeysError> {
    let steps: Vec<u64> = match attempt.entered_time {
        Some(entered) => {
            // INVARIANT: an entered time corrects the clock forward, or back to the trusted time, never behind it:
            // else a code seen earlier, or a lease that has ended, would count again.
            if time.is_past(entered) {
                return Err(KeysError::ClockWrong);
            }
            let first = totp::step_of(UtcMillis(entered.0 - entered.0.rem_euclid(60_000)));
            (first..=first.saturating_add(2)).collect()
        }
        None => {
            if time.judge() != ClockJudgement::Agrees {
                return Err(KeysError::ClockWrong);
            }
            let now = time.now();
            let base = totp::step_of(now).saturating_add_signed(i64::from(state.skew));
            if base <= state.last_step {
                // One step back is the code just used; more means that the clock went back.
                let next = state.last_step.saturating_add(1);
                let next_in = totp::until(now, next.saturating_add_signed(-i64::from(state.skew)));
                let used = state.last_step - base <= 1;
                return Err(if used { KeysError::CodeUsed { next_in } } else { KeysError::ClockWrong });
            }
            vec![base, base.saturating_add(1), base.saturating_sub(1)]
        }
    };
    // A code that is no six digits is a wrong code like any other.
    let code = totp::parse_code(attempt.code);
    let inside = steps.iter().any(|s| *s >= state.table.first() && *s < state.table.end());
    if !inside {
        // Past the end the lease is over, if the time can be believed; else ask for the phone's time first.
        let believed = attempt.entered_time.is_some() || time.is_confirmed();
        let past = steps.iter().all(|s| *s >= state.table.end());
        return Err(if believed && past { KeysError::LeaseEnded } else { KeysError::ClockWrong });
    }
    let read = |step: u64| code.and_then(|c| state.table.t(step, c)).map(|t| Candidate { step, t });
    Ok(steps.into_iter().filter_map(read).collect())
}

fn learned_skew(accepted: u64, here: u64) -> i16 {
    let ahead = i64::try_from(accepted).unwrap_or(i64::MAX).saturating_sub(i64::try_from(here).unwrap_or(i64::MAX));
    i16::try_from(ahead.clamp(-MOST_SKEW, MOST_SKEW)).unwrap_or_default()
}

/// Seed and T, as they lie in the slot under its master key.
pub(crate) fn open_factors(file: &SlotFile, umk: &MasterKey) -> Result<(TotpSeed, u32), KeysError> {
    let factors = file.open_factors(umk)?;
    // EXPOSE: splits seed and T.
    let (seed, t) = factors.expose().split_first_chunk::<20>().ok_or(KeysError::SlotDamaged("slot"))?;
    let t = t.first_chunk::<4>().ok_or(KeysError::SlotDamaged("slot"))?;
    Ok((TotpSeed::from_secret(Secret::new(*seed)), u32::from_be_bytes(*t)))
}

#[cfg(test)]
mod tests;
