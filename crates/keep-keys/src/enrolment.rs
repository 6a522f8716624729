//! Enrolling a clinician on a device: a sign-in and new secrets make a slot.

use crate::code_plan::steps_at;
use crate::code_table::CodeTable;
use crate::entropy::{OsEntropy, make_public, make_six_digits};
use crate::kdf::{KdfParams, derive_kek, derive_password_key};
use crate::key_ring::KeyRing;
use crate::lease::{LeaseRecord, codes_until};
use crate::nonce_preimage::NoncePreimage;
use crate::resume::ResumeSecret;
use crate::sign_in_record::SignInRecord;
use crate::slot::{HeaderParts, SlotFile, SlotHeader, SlotSecrets};
use crate::slot_id::{SlotContext, SlotId};
use crate::slot_unlocker::SlotUnlocker;
use crate::stored_sign_in::StoredSignIn;
use crate::throttle::UnlockRecord;
use crate::totp::{self, TotpSeed};
use crate::trusted_time::TrustedTime;
use crate::unlock::{MAX_SKEW, OpenedSlot, UnlockFindings, learned_skew};
use crate::unlock_state::UnlockState;
use crate::user_keys::{MasterKey, UserKeys};
use crate::{DeviceKey, KeysError, MemberClaims, MemberRecord};
use keep_domain::{DeviceId, Policy, ProviderStatement, Secret, UserId, UtcMillis};
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// An enrolment in progress. Nothing is written before [`Enrolment::finish`].
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

/// A confirmed code of the phone, from which the new slot learns the phone's skew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfirmedCode {
    step: u64,
    skew: i16,
    /// The corrected time, if the phone corrects the clock.
    corrected: Option<UtcMillis>,
}

/// Input from the sign-in and the clinician.
#[derive(Debug)]
pub struct EnrolmentInput<'a> {
    /// The verified claims of `statement`.
    pub claims: &'a MemberClaims,
    /// What the provider signed.
    pub statement: ProviderStatement,
    /// The lease of the same statement.
    pub lease: LeaseRecord,
    /// The refresh token, if the provider issued one.
    pub refresh_token: Option<Secret<String>>,
    /// The new workstation password.
    pub password: &'a Secret<String>,
    /// From [`Enrolment::confirm_code`].
    pub confirmed: ConfirmedCode,
}

impl Enrolment {
    /// Generates all random values of a new slot.
    ///
    /// # Errors
    /// [`KeysError::NoRandomness`].
    pub fn begin(device: DeviceId, kdf: KdfParams) -> Result<Self, KeysError> {
        let entropy = &mut OsEntropy;
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

    /// The `nonce` of the sign-in, which commits the ID token to this slot's keys.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.preimage.nonce()
    }

    /// The otpauth URI for the phone, shown once as a QR code; its label is "person @ workstation".
    ///
    /// # Errors
    /// [`KeysError::Invalid`] for an empty label.
    pub fn otpauth_uri(&self, person: &str, workstation: &str) -> Result<Secret<String>, KeysError> {
        self.seed.otpauth_uri(person, workstation)
    }

    /// Checks a code within ten minutes of this computer's time, and learns the difference to the phone.
    ///
    /// Only an enrolment compares codes, because only here the seed is in memory.
    ///
    /// # Errors
    /// [`KeysError::Invalid`] if no step matches.
    pub fn confirm_code(&self, code: &Secret<String>, time: &TrustedTime) -> Result<ConfirmedCode, KeysError> {
        let code = totp::parse_code(code).ok_or(KeysError::Invalid("code"))?;
        let here = totp::step_of(time.now());
        // Nearest first, so that a code of two steps is taken for the more likely one.
        let skews = (0..=MAX_SKEW).flat_map(|n| [n, -n]);
        for skew in skews {
            let step = here.saturating_add_signed(skew);
            if self.seed.code(step) == code {
                return Ok(ConfirmedCode { step, skew: i16::try_from(skew).unwrap_or_default(), corrected: None });
            }
        }
        Err(KeysError::Invalid("code"))
    }

    /// Checks a code at the time on the phone, for a computer whose clock is off by more than ten minutes.
    ///
    /// # Errors
    /// [`KeysError::Invalid`] if no step matches, [`KeysError::ClockWrong`] for an impossible time.
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

    /// Writes the slot; its `.json` comes last, so that an earlier crash leaves no slot. The files of a damaged slot of
    /// the same user are set aside first.
    ///
    /// # Errors
    /// [`KeysError::Invalid`] for a short password, [`KeysError::Refused`] for a token for other keys,
    /// [`KeysError::AlreadyEnrolled`] if the user has an intact slot, the keychain variants and file errors.
    pub fn finish(
        self,
        unlocker: &SlotUnlocker<'_>,
        device_key: &DeviceKey,
        time: &mut TrustedTime,
        input: EnrolmentInput<'_>,
    ) -> Result<OpenedSlot, KeysError> {
        let entropy = &mut OsEntropy;
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
            SignInRecord::make(device_key, context, input.statement.clone(), lease.jwk.clone(), lease.lease_end);
        let sign_in = StoredSignIn::Signed(sign_in);
        let member = MemberRecord::new(self.preimage, input.statement, claims, device_key, entropy)?;
        let header = SlotHeader::new(HeaderParts {
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
        let secrets = SlotSecrets { kek: &kek, master_key: &self.master_key, factors: &factors };
        let file = SlotFile::make(header, &secrets, member, device_key, entropy)?;

        let end = totp::step_of(codes_until(lease.lease_end, lease.issued_at, unlocker.policy));
        let ConfirmedCode { step, skew, corrected } = input.confirmed;
        let table = CodeTable::make(&self.seed, t, step, end);
        let state = UnlockState { counter: 1, last_step: step, skew, table };
        let keys = UserKeys::bound(self.master_key, context);
        // INVARIANT: an enrolment overwrites no file of a slot that was in use, since the slot may be restored.
        let set_aside = if damaged { unlocker.slots.set_aside(user, time.now())? } else { Vec::new() };
        unlocker.commit_sign_in(context, &sign_in)?;
        let mut ring = KeyRing::new(sign_in, input.refresh_token);
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
        Ok(OpenedSlot {
            header: file.header().clone(),
            keys,
            ring,
            member: file.into_member(),
            resume: ResumeSecret::new(context, t, time.mark()),
            findings: UnlockFindings { clock_corrected: corrected.is_some(), set_aside, ..UnlockFindings::default() },
        })
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Enrolment({})", self.slot)
    }
}

/// Checks the length of a new password, in characters after normalisation (NIST SP 800-63B-4, 3.1.1.2).
///
/// # Errors
/// [`KeysError::Invalid`].
pub fn check_password(password: &Secret<String>, policy: &Policy) -> Result<(), KeysError> {
    // EXPOSE: counts the characters.
    let length = password.expose().nfc().count();
    let enough = usize::try_from(policy.password_min_chars).unwrap_or(usize::MAX);
    if length >= enough { Ok(()) } else { Err(KeysError::Invalid("password too short")) }
}
