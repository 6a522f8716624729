//! Unlocking a slot with password and one-time code.

use crate::code_plan::{Candidate, plan_candidates};
use crate::entropy::{Entropy, OsEntropy};
use crate::kdf::{derive_kek, derive_password_key};
use crate::key_ring::KeyRing;
use crate::lease::codes_until;
use crate::resume::ResumeSecret;
use crate::slot::{SlotFile, SlotHeader};
use crate::slots::Slots;
use crate::state::UnlockState;
use crate::throttle::UnlockMemory;
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
pub struct SlotUnlocker<'a> {
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
    /// Date and time as the phone shows them, asked for after [`KeysError::ClockWrong`] and after a failed attempt:
    /// then only the codes of that time are tried.
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
    /// What the ring keeps of the sign-in is not what this device kept last, so it counts for nothing: an integrity
    /// finding, and a clinic sign-in is needed.
    pub sign_in_altered: bool,
    /// What files of a damaged slot are called that this enrolment has set aside.
    pub set_aside: Vec<String>,
}

impl fmt::Debug for SlotUnlocker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotDoor({})", self.device)
    }
}

impl SlotUnlocker<'_> {
    /// Unlocks with password and code.
    ///
    /// Blocking: up to four key derivations of about half a second.
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
        let device_key = self.load_device_key()?;
        let file = self.read_slot(attempt.user, &device_key)?;
        let context = file.header().context();
        let generation = file.header().totp_generation;
        let mut state = UnlockState::open(&self.slots.read_state(attempt.user)?, &device_key, &context, generation)?;
        let mut restored_state = false;

        // Taken before the key derivations, which may run into the next step.
        let here = totp::step_of(time.now());
        let (counted, candidates) = self.count_attempt(attempt.user, time, |record| {
            restored_state = state.counter < record.counter;
            // INVARIANT: whatever file was put back, no step up to the highest L on record leads to T.
            state.last_step = state.last_step.max(record.last_step);
            state.table.drop_through(state.last_step);
            plan_candidates(&state, time, attempt)
        })?;
        let Some((accepted, master_key)) = self.try_candidates(&device_key, &file, attempt.password, &candidates)?
        else {
            return Err(counted.refusal(self.policy));
        };

        let (seed, t, keys, mut ring) = self.open_rest(&file, master_key, accepted.t)?;
        let sign_in_altered = self.check_sign_in(&device_key, context, &mut ring)?;
        let end = ring.sign_in().map_or(0, |s| totp::step_of(codes_until(s.lease_end(), time.now(), self.policy)));
        let step = accepted.step;
        let clock_corrected = attempt.entered_time.is_some() && time.phone_corrects(totp::start_of(step));
        let now = if clock_corrected { time.corrected_to(totp::start_of(step)) } else { totp::start_of(here) };
        state.skew = learned_skew(step, totp::step_of(now));
        // Before the lock of the count, which nobody should hold for long.
        state.last_step = step;
        state.table.drop_through(step);
        state.table.extend(&seed, t, end);
        self.settle_attempt(attempt.user, step, |counter| {
            state.counter = state.counter.saturating_add(1).max(counter);
            self.slots.write_state(attempt.user, &state.seal(&device_key, &context, generation, entropy)?)?;
            Ok(state.counter)
        })?;
        if clock_corrected {
            time.correct(now);
        } else {
            // In terms of this computer's clock: the step minus the phone's lead.
            time.accept(totp::start_of(step.saturating_add_signed(-i64::from(state.skew))));
        }
        time.save(self.keychain)?;
        Ok(Opened {
            header: file.header().clone(),
            keys,
            ring,
            member: file.member().clone(),
            resume: ResumeSecret::new(context, t, time.mark()),
            restored_state,
            clock_corrected,
            sign_in_altered,
            set_aside: Vec::new(),
        })
    }

    /// Unlocks with the password alone, within the policy's minutes after a full unlock.
    ///
    /// The secret is taken: after a wrong password, and after any other error, it is gone.
    ///
    /// # Errors
    /// [`KeysError::CodeNeeded`] when the secret is too old or another's, else as [`SlotUnlocker::unlock`].
    pub fn resume(
        &self,
        time: &TrustedTime,
        user: UserId,
        password: &Secret<String>,
        secret: ResumeSecret,
    ) -> Result<Opened, KeysError> {
        let device_key = self.load_device_key()?;
        let file = self.read_slot(user, &device_key)?;
        let context = file.header().context();
        let (counted, candidate) = self.count_attempt(user, time, |record| {
            if !secret.is_usable(context, time, self.policy) || time.judge() == ClockJudgement::Behind {
                return Err(KeysError::CodeNeeded);
            }
            Ok([Candidate { step: record.last_step, t: secret.t() }])
        })?;
        let Some((_, master_key)) = self.try_candidates(&device_key, &file, password, &candidate)? else {
            return Err(counted.refusal(self.policy));
        };
        let (_, _, keys, mut ring) = self.open_rest(&file, master_key, secret.t())?;
        let sign_in_altered = self.check_sign_in(&device_key, context, &mut ring)?;
        self.clear_failures(user)?;
        Ok(Opened {
            header: file.header().clone(),
            keys,
            ring,
            member: file.member().clone(),
            resume: secret,
            restored_state: false,
            clock_corrected: false,
            sign_in_altered,
            set_aside: Vec::new(),
        })
    }

    /// Opens what lies under the master key. Damage that shows only here is remembered, so that the person, whose factors
    /// were right, can be enrolled anew.
    fn open_rest(
        &self,
        file: &SlotFile,
        master_key: MasterKey,
        t: u32,
    ) -> Result<(TotpSeed, u32, UserKeys, KeyRing), KeysError> {
        let user = file.header().user;
        let opened = open_factors(file, &master_key).and_then(|(seed, own)| {
            if own != t {
                return Err(KeysError::SlotDamaged("slot"));
            }
            let keys = UserKeys::bound(master_key, file.header().context());
            let ring = KeyRing::load(self.slots, &keys)?;
            Ok((seed, own, keys, ring))
        });
        match &opened {
            Ok(_) => self.note_damage(user, false)?,
            Err(KeysError::SlotDamaged(_)) => self.note_damage(user, true)?,
            Err(_) => {}
        }
        opened
    }

    pub(crate) fn load_device_key(&self) -> Result<DeviceKey, KeysError> {
        DeviceKey::load(self.keychain, self.slots.exist()?)?.ok_or(KeysError::NotEnrolled)
    }

    pub(crate) fn read_slot(&self, user: UserId, device_key: &DeviceKey) -> Result<SlotFile, KeysError> {
        let file = self.slots.read(user, device_key)?;
        // A slot carried over from another device's profile is not ours, even under the same KD.
        if file.header().device == self.device { Ok(file) } else { Err(KeysError::SlotDamaged("slot")) }
    }

    fn try_candidates<'c>(
        &self,
        device_key: &DeviceKey,
        file: &SlotFile,
        password: &Secret<String>,
        candidates: &'c [Candidate],
    ) -> Result<Option<(&'c Candidate, MasterKey)>, KeysError> {
        let header = file.header();
        let [user, device, slot] = header.context().fields().map(<[u8]>::to_vec);
        for candidate in candidates {
            let password_key = derive_password_key(password, candidate.t, header.salt(), header.kdf)?;
            let kek = derive_kek(&password_key, device_key, [&user, &device, &slot, &header.generation.to_be_bytes()]);
            if let Ok(master_key) = file.open_master_key(&kek) {
                return Ok(Some((candidate, master_key)));
            }
        }
        Ok(None)
    }
}

/// Steps by which a phone that shows `accepted` is ahead of a clock that shows `here`.
pub(crate) fn learned_skew(accepted: u64, here: u64) -> i16 {
    let ahead = i64::try_from(accepted).unwrap_or(i64::MAX).saturating_sub(i64::try_from(here).unwrap_or(i64::MAX));
    i16::try_from(ahead.clamp(-MOST_SKEW, MOST_SKEW)).unwrap_or_default()
}

/// Seed and T, as they lie in the slot under its master key.
pub(crate) fn open_factors(file: &SlotFile, master_key: &MasterKey) -> Result<(TotpSeed, u32), KeysError> {
    let factors = file.open_factors(master_key)?;
    // EXPOSE: splits seed and T.
    let (seed, t) = factors.expose().split_first_chunk::<20>().ok_or(KeysError::SlotDamaged("slot"))?;
    let t = t.first_chunk::<4>().ok_or(KeysError::SlotDamaged("slot"))?;
    Ok((TotpSeed::from_secret(Secret::new(*seed)), u32::from_be_bytes(*t)))
}

#[cfg(test)]
mod tests;
