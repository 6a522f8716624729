//! Unlocking a slot with password and one-time code.

use crate::code_plan::{StepCandidate, plan_candidates};
use crate::entropy::OsEntropy;
use crate::kdf::{derive_kek, derive_password_key};
use crate::key_ring::KeyRing;
use crate::lease::codes_until;
use crate::resume::ResumeSecret;
use crate::slot::{SlotFile, SlotHeader};
use crate::slot_unlocker::SlotUnlocker;
use crate::totp::{self, TotpSeed};
use crate::trusted_time::{ClockStatus, TrustedTime};
use crate::unlock_state::UnlockState;
use crate::user_keys::{MasterKey, UserKeys};
use crate::{DeviceKey, KeysError, MemberRecord};
use keep_domain::{Secret, UserId, UtcMillis};

/// The maximum learned difference between phone and computer, steps: ten minutes.
pub(crate) const MAX_SKEW: i64 = 20;

/// What the user entered.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// The user.
    pub user: UserId,
    /// The password.
    pub password: &'a Secret<String>,
    /// The one-time code, six digits.
    pub code: &'a Secret<String>,
    /// Date and time on the phone, requested after [`KeysError::ClockWrong`] and after a failed attempt; if given, only
    /// the codes of that time are tried.
    pub entered_time: Option<UtcMillis>,
}

/// An opened slot.
#[derive(Debug)]
pub struct OpenedSlot {
    /// The slot's header.
    pub header: SlotHeader,
    /// The clinician's own keys.
    pub keys: UserKeys,
    /// Data keys, lease and refresh token.
    pub ring: KeyRing,
    /// The clinician's member record.
    pub member: MemberRecord,
    /// The secret that lets the password alone unlock for a while.
    pub resume: ResumeSecret,
    /// What the caller has to report or act on.
    pub findings: UnlockFindings,
}

/// What an unlock or enrolment found, for the caller to record.
#[derive(Debug, Clone, Default)]
pub struct UnlockFindings {
    /// The state file had been replaced by an older one, of which only later steps were used. An integrity finding.
    pub restored_state: bool,
    /// The entered time corrected the clock. An event, and a flag on clinical times.
    pub clock_corrected: bool,
    /// The stored sign-in is not the last one of this device and was ignored. An integrity finding, and a new clinic
    /// sign-in is needed.
    pub sign_in_altered: bool,
    /// New names of the files of a damaged slot that this enrolment has set aside.
    pub set_aside: Vec<String>,
}

impl SlotUnlocker<'_> {
    /// Unlocks with password and code.
    ///
    /// Blocking: up to four key derivations of about half a second each.
    ///
    /// # Errors
    /// Before anything is tried: the keychain variants, [`KeysError::NotEnrolled`], [`KeysError::SlotDamaged`],
    /// [`KeysError::SlotHeld`], [`KeysError::Throttled`], [`KeysError::ClockWrong`], [`KeysError::CodeUsed`], [`KeysError::LeaseEnded`].
    /// Afterwards: [`KeysError::UnlockRefused`], the same for a wrong password and a wrong code.
    pub fn unlock(&self, time: &mut TrustedTime, attempt: &Attempt<'_>) -> Result<OpenedSlot, KeysError> {
        let device_key = self.load_device_key()?;
        let file = self.read_slot(attempt.user, &device_key)?;
        let context = file.header().context();
        let generation = file.header().totp_generation;
        let mut state = UnlockState::open(&self.slots.read_state(attempt.user)?, &device_key, &context, generation)?;
        let mut restored_state = false;

        // Before the key derivations, which may last into the next step.
        let here = totp::step_of(time.now());
        let (counted, candidates) = self.begin_attempt(attempt.user, time, |record| {
            restored_state = state.counter < record.counter;
            // INVARIANT: even with an older state file, no step up to the highest recorded L leads to T.
            state.last_step = state.last_step.max(record.last_step);
            state.table.drop_through(state.last_step);
            plan_candidates(&state, time, attempt.code, attempt.entered_time)
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
        // Before taking the attempt lock, which should be held only briefly.
        state.last_step = step;
        state.table.drop_through(step);
        state.table.extend(&seed, t, end);
        self.complete_attempt(attempt.user, step, |counter| {
            state.counter = state.counter.saturating_add(1).max(counter);
            self.slots.write_state(attempt.user, &state.seal(&device_key, &context, generation, &mut OsEntropy)?)?;
            Ok(state.counter)
        })?;
        if clock_corrected {
            time.correct(now);
        } else {
            // On this computer's clock: the step minus the phone's skew.
            time.accept(totp::start_of(step.saturating_add_signed(-i64::from(state.skew))));
        }
        time.save(self.keychain)?;
        Ok(OpenedSlot {
            header: file.header().clone(),
            keys,
            ring,
            member: file.member().clone(),
            resume: ResumeSecret::new(context, t, time.mark()),
            findings: UnlockFindings { restored_state, clock_corrected, sign_in_altered, set_aside: Vec::new() },
        })
    }

    /// Unlocks with the password alone, within the time after a full unlock that policy allows.
    ///
    /// Consumes the secret: after a wrong password or any other error it cannot be used again.
    ///
    /// # Errors
    /// [`KeysError::CodeNeeded`] if the secret is too old or of another user, otherwise as [`SlotUnlocker::unlock`].
    pub fn resume(
        &self,
        time: &TrustedTime,
        user: UserId,
        password: &Secret<String>,
        secret: ResumeSecret,
    ) -> Result<OpenedSlot, KeysError> {
        let device_key = self.load_device_key()?;
        let file = self.read_slot(user, &device_key)?;
        let context = file.header().context();
        let (counted, candidate) = self.begin_attempt(user, time, |record| {
            if !secret.is_usable(context, time, self.policy) || time.clock_status() == ClockStatus::Behind {
                return Err(KeysError::CodeNeeded);
            }
            Ok([StepCandidate { step: record.last_step, t: secret.t() }])
        })?;
        let Some((_, master_key)) = self.try_candidates(&device_key, &file, password, &candidate)? else {
            return Err(counted.refusal(self.policy));
        };
        let (_, _, keys, mut ring) = self.open_rest(&file, master_key, secret.t())?;
        let sign_in_altered = self.check_sign_in(&device_key, context, &mut ring)?;
        self.clear_failures(user)?;
        Ok(OpenedSlot {
            header: file.header().clone(),
            keys,
            ring,
            member: file.member().clone(),
            resume: secret,
            findings: UnlockFindings { sign_in_altered, ..UnlockFindings::default() },
        })
    }

    /// Opens what is sealed under the master key. Damage found here marks the slot, so that the user, whose factors were
    /// correct, can enrol again.
    fn open_rest(
        &self,
        file: &SlotFile,
        master_key: MasterKey,
        t: u32,
    ) -> Result<(TotpSeed, u32, UserKeys, KeyRing), KeysError> {
        let user = file.header().user;
        let opened = open_factors(file, &master_key).and_then(|(seed, slot_t)| {
            if slot_t != t {
                return Err(KeysError::SlotDamaged("slot"));
            }
            let keys = UserKeys::bound(master_key, file.header().context());
            let ring = KeyRing::load(self.slots, &keys)?;
            Ok((seed, slot_t, keys, ring))
        });
        match &opened {
            Ok(_) => self.mark_damaged(user, false)?,
            Err(KeysError::SlotDamaged(_)) => self.mark_damaged(user, true)?,
            Err(_) => {}
        }
        opened
    }

    fn try_candidates<'c>(
        &self,
        device_key: &DeviceKey,
        file: &SlotFile,
        password: &Secret<String>,
        candidates: &'c [StepCandidate],
    ) -> Result<Option<(&'c StepCandidate, MasterKey)>, KeysError> {
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

/// Steps by which a phone at step `accepted` is ahead of a clock at step `here`.
pub(crate) fn learned_skew(accepted: u64, here: u64) -> i16 {
    let ahead = i64::try_from(accepted).unwrap_or(i64::MAX).saturating_sub(i64::try_from(here).unwrap_or(i64::MAX));
    i16::try_from(ahead.clamp(-MAX_SKEW, MAX_SKEW)).unwrap_or_default()
}

/// Seed and T, from the slot file.
pub(crate) fn open_factors(file: &SlotFile, master_key: &MasterKey) -> Result<(TotpSeed, u32), KeysError> {
    let factors = file.open_factors(master_key)?;
    // EXPOSE: splits seed and T.
    let (seed, t) = factors.expose().split_first_chunk::<20>().ok_or(KeysError::SlotDamaged("slot"))?;
    let t = t.first_chunk::<4>().ok_or(KeysError::SlotDamaged("slot"))?;
    Ok((TotpSeed::from_secret(Secret::new(*seed)), u32::from_be_bytes(*t)))
}

#[cfg(test)]
mod tests;
