//! Enrolling a clinician on a device: new master key, seed and T, one sign-in, one slot.

use crate::code_plan::steps_at;
use crate::code_table::CodeTable;
use crate::entropy::{Entropy, OsEntropy, make_public, make_six_digits};
use crate::kdf::{KdfParams, derive_kek, derive_password_key};
use crate::key_ring::KeyRing;
use crate::lease::{LeaseRecord, codes_until};
use crate::member::{MemberClaims, MemberRecord, NoncePreimage};
use crate::resume::ResumeSecret;
use crate::sign_in_record::{KeptSignIn, SignInRecord};
use crate::slot::{HeaderParts, SlotFile, SlotHeader};
use crate::slot_id::{SlotContext, SlotId};
use crate::state::UnlockState;
use crate::throttle::UnlockRecord;
use crate::totp::{self, TotpSeed};
use crate::trusted_time::TrustedTime;
use crate::unlock::{MOST_SKEW, Opened, SlotUnlocker, learned_skew};
use crate::user_keys::{MasterKey, UserKeys};
use crate::{DeviceKey, KeysError};
use keep_domain::{DeviceId, Policy, Secret, UserId, UtcMillis};
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// An enrolment under way. Nothing is written before [`Enrolment::finish`].
pub struct Enrolment {
    device: DeviceId,
    slot: SlotId,
    master_key: MasterKey,
    seed: TotpSeed,
    t: Secret<[u8; 4]>,
    preimage: NoncePreimage,
    kdf: KdfParams,
    salt: [u8; 16],
}

/// The code of a phone that has the seed, as the new slot will remember it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmedCode {
    step: u64,
    skew: i16,
    /// What the clock is corrected to, where the time came from the phone.
    corrected: Option<UtcMillis>,
}

/// What the sign-in and the clinician contribute.
#[derive(Debug)]
pub struct EnrolmentInput<'a> {
    /// The claims of `id_token`, verified.
    pub claims: &'a MemberClaims,
    /// The ID token as it was received.
    pub id_token: String,
    /// What the same verified token gives.
    pub lease: LeaseRecord,
    /// The refresh token, where the provider gave one.
    pub refresh_token: Option<Secret<String>>,
    /// The new workstation password.
    pub password: &'a Secret<String>,
    /// From [`Enrolment::confirm_code`].
    pub confirmed: ConfirmedCode,
}

impl Enrolment {
    /// Draws everything random of a new slot.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn begin(device: DeviceId, kdf: KdfParams) -> Result<Self, KeysError> {
        Self::begin_with(device, kdf, &mut OsEntropy)
    }

    pub(crate) fn begin_with(device: DeviceId, kdf: KdfParams, entropy: &mut dyn Entropy) -> Result<Self, KeysError> {
        let master_key = MasterKey::make_with(entropy)?;
        let preimage = NoncePreimage::make_with(device, &master_key, entropy)?;
        Ok(Self {
            device,
            slot: SlotId::make_with(entropy)?,
            seed: TotpSeed::make_with(entropy)?,
            t: Secret::new(make_six_digits(entropy)?.to_be_bytes()),
            salt: make_public(entropy)?,
            master_key,
            preimage,
            kdf,
        })
    }

    /// The `nonce` of the sign-in: it makes the ID token a statement about this slot's keys.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.preimage.nonce()
    }

    /// The address for the phone, shown once as a picture; the label reads "person @ workstation".
    ///
    /// # Errors
    /// [`KeysError::Invalid`] for an empty label.
    pub fn otpauth_uri(&self, person: &str, workstation: &str) -> Result<Secret<String>, KeysError> {
        self.seed.otpauth_uri(person, workstation)
    }

    /// Checks a code of the phone within ten minutes of this computer's time, and learns the difference.
    ///
    /// Only an enrolment compares a code: the seed is still in memory here.
    ///
    /// # Errors
    /// [`KeysError::Invalid`] when no step fits.
    pub fn confirm_code(&self, code: &Secret<String>, time: &TrustedTime) -> Result<ConfirmedCode, KeysError> {
        let code = totp::parse_code(code).ok_or(KeysError::Invalid("code"))?;
        let here = totp::step_of(time.now());
        // Nearest first, so that a code that fits two steps is read as the likelier one.
        let skews = (0..=MOST_SKEW).flat_map(|n| [n, -n]);
        for skew in skews {
            let step = here.saturating_add_signed(skew);
            if self.seed.code(step) == code {
                return Ok(ConfirmedCode { step, skew: i16::try_from(skew).unwrap_or_default(), corrected: None });
            }
        }
        Err(KeysError::Invalid("code"))
    }

    /// Checks a code at the time that the phone shows: for a computer whose clock is off by more than ten minutes.
    ///
    /// # Errors
    /// [`KeysError::Invalid`] when no step fits, [`KeysError::ClockWrong`] for a time that cannot be.
    pub fn confirm_code_at(
        &self,
        code: &Secret<String>,
        time: &TrustedTime,
        phone: UtcMillis,
    ) -> Result<ConfirmedCode, KeysError> {
        let code = totp::parse_code(code).ok_or(KeysError::Invalid("code"))?;
        let steps = steps_at(phone, 0, time)?;
        let step = steps.into_iter().find(|s| self.seed.code(*s) == code).ok_or(KeysError::Invalid("code"))?;
        let at = totp::start_of(step);
        let now = if time.phone_corrects(at) { time.corrected_to(at) } else { time.now() };
        let skew = learned_skew(step, totp::step_of(now));
        Ok(ConfirmedCode { step, skew, corrected: time.phone_corrects(at).then_some(now) })
    }

    /// Writes the slot; its `.json` comes last, so a crash before leaves no slot. What is left of a damaged slot of the
    /// same person is set aside first.
    ///
    /// # Errors
    /// [`KeysError::Invalid`] for a short password, [`KeysError::Refused`] for a token of other keys,
    /// [`KeysError::AlreadyEnrolled`] where the person has a slot that opens, the keychain's and file errors.
    pub fn finish(
        self,
        unlocker: &SlotUnlocker<'_>,
        device_key: &DeviceKey,
        time: &mut TrustedTime,
        input: EnrolmentInput<'_>,
    ) -> Result<Opened, KeysError> {
        self.finish_with(unlocker, device_key, time, input, &mut OsEntropy)
    }

    pub(crate) fn finish_with(
        self,
        unlocker: &SlotUnlocker<'_>,
        device_key: &DeviceKey,
        time: &mut TrustedTime,
        input: EnrolmentInput<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<Opened, KeysError> {
        let claims = input.claims;
        check_password(input.password, unlocker.policy)?;
        let role = *claims.roles.first().ok_or(KeysError::Refused("the token names no role"))?;
        let user = UserId::of(&claims.issuer, &claims.subject);
        let damaged = unlocker.is_damaged_with(user, device_key)?;
        if self.device != unlocker.device || (unlocker.slots.slot_path(user).exists() && !damaged) {
            return Err(KeysError::AlreadyEnrolled);
        }
        let context = SlotContext { user, device: self.device, slot: self.slot };
        let lease = input.lease;
        let sign_in =
            SignInRecord::make(device_key, context, input.id_token.clone(), lease.jwk.clone(), lease.lease_end);
        let sign_in = KeptSignIn::Signed(sign_in);
        let member = MemberRecord::new(self.preimage, input.id_token, claims)?;
        let header = SlotHeader::first(HeaderParts {
            context,
            display_name: claims.name.clone(),
            role,
            kdf: self.kdf,
            salt: self.salt,
            created: time.now(),
        });
        // EXPOSE: T enters the key derivation, the sealed factors and the code table.
        let t_bytes = *self.t.expose();
        let t = u32::from_be_bytes(t_bytes);
        let password_key = derive_password_key(input.password, t, header.salt(), header.kdf)?;
        let [u, d, s] = context.fields();
        let kek = derive_kek(&password_key, device_key, [u, d, s, &header.generation.to_be_bytes()]);
        let mut factors = Zeroizing::new([0; 24]);
        let both = self.seed.bytes().iter().chain(&t_bytes);
        factors.iter_mut().zip(both).for_each(|(o, b)| *o = *b);
        let file = SlotFile::make(header, &kek, &self.master_key, &factors, member, device_key, entropy)?;

        let end = totp::step_of(codes_until(lease.lease_end, lease.issued_at, unlocker.policy));
        let ConfirmedCode { step, skew, corrected } = input.confirmed;
        let table = CodeTable::make(&self.seed, t, step, end);
        let state = UnlockState { counter: 1, last_step: step, skew, table };
        let keys = UserKeys::bound(self.master_key, context);
        // INVARIANT: an enrolment overwrites no file of a slot that was in use: it may be brought back.
        let set_aside = if damaged { unlocker.slots.set_aside(user, time.now())? } else { Vec::new() };
        unlocker.settle_sign_in(context, &sign_in)?;
        let mut ring = KeyRing::first(sign_in, input.refresh_token);
        ring.save(unlocker.slots, &keys)?;
        let generation = file.header().totp_generation;
        unlocker.slots.write_state(user, &state.seal(device_key, &context, generation, entropy)?)?;
        unlocker.save_record(user, &UnlockRecord::fresh(step, state.counter))?;
        match corrected {
            Some(now) => time.correct(now),
            None => time.accept(totp::start_of(step.saturating_add_signed(-i64::from(skew)))),
        }
        time.save(unlocker.keychain)?;
        unlocker.slots.write(&file)?;
        Ok(Opened {
            header: file.header().clone(),
            keys,
            ring,
            member: file.into_member(),
            resume: ResumeSecret::new(context, t, time.mark()),
            restored_state: false,
            clock_corrected: corrected.is_some(),
            sign_in_altered: false,
            set_aside,
        })
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Enrolment({})", self.slot)
    }
}

/// Whether a new password is long enough (NIST SP 800-63B-4, 3.1.1.2 counts characters after normalisation).
///
/// # Errors
/// [`KeysError::Invalid`].
pub fn check_password(password: &Secret<String>, policy: &Policy) -> Result<(), KeysError> {
    // EXPOSE: counts the characters.
    let length = password.expose().nfc().count();
    let enough = usize::try_from(policy.password_min_chars).unwrap_or(usize::MAX);
    if length >= enough { Ok(()) } else { Err(KeysError::Invalid("password too short")) }
}
