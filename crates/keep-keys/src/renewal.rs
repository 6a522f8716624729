//! A new clinic sign-in for an existing slot: new lease, new refresh token, and codes up to the end of the lease.

use crate::attempt_lock::AttemptLock;
use crate::entropy::OsEntropy;
use crate::key_ring::KeyRing;
use crate::lease::{LeaseRecord, codes_until};
use crate::sign_in_record::SignInRecord;
use crate::slot_unlocker::SlotUnlocker;
use crate::stored_sign_in::StoredSignIn;
use crate::throttle::UnlockRecord;
use crate::totp;
use crate::unlock::open_factors;
use crate::unlock_state::UnlockState;
use crate::{KeysError, UserKeys};
use keep_domain::{ProviderStatement, Secret, UserId};

/// A new sign-in for an existing slot.
#[derive(Debug)]
pub struct Renewal {
    /// The lease of the verified token.
    pub lease: LeaseRecord,
    /// What the provider signed.
    pub statement: ProviderStatement,
    /// The refresh token, if the provider issued one; otherwise the old one stays.
    pub refresh_token: Option<Secret<String>>,
}

impl Renewal {
    /// The user who signed in.
    #[must_use]
    pub fn user(&self) -> UserId {
        UserId::of(&self.lease.issuer, &self.lease.subject)
    }
}

impl SlotUnlocker<'_> {
    /// Replaces lease and refresh token by those of a new sign-in, and extends the code table to the end of the new
    /// lease. The caller has verified the sign-in and records it.
    ///
    /// # Errors
    /// [`KeysError::Refused`] for the sign-in of another user, [`KeysError::SlotDamaged`], the keychain variants and file
    /// errors.
    pub fn renew(&self, keys: &UserKeys, ring: &mut KeyRing, renewal: Renewal) -> Result<(), KeysError> {
        let context = keys.context();
        // INVARIANT: a slot belongs to one (issuer, subject); no other sign-in extends it.
        if renewal.user() != context.user {
            return Err(KeysError::Refused("the sign-in is another person's"));
        }
        let device_key = self.load_device_key()?;
        let Renewal { lease, statement, refresh_token } = renewal;
        let end = totp::step_of(codes_until(lease.lease_end, lease.issued_at, self.policy));
        if refresh_token.is_some() {
            ring.replace_refresh_token(refresh_token);
        }
        let record = SignInRecord::make(&device_key, context, statement, lease.jwk.clone(), lease.lease_end);
        self.replace_sign_in_record(keys, ring, record)?;
        ring.set_lease(lease);
        let file = self.read_slot(context.user, &device_key)?;
        let generation = file.header().totp_generation;
        let (seed, t) = open_factors(&file, keys.master())?;
        let mut state = UnlockState::open(&self.slots.read_state(context.user)?, &device_key, &context, generation)?;
        // Before taking the attempt lock, which should be held only briefly.
        state.table.extend(&seed, t, end);
        let _lock = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(context.user)?;
        state.last_step = state.last_step.max(record.last_step);
        state.table.drop_through(state.last_step);
        state.counter = state.counter.max(record.counter).saturating_add(1);
        self.slots.write_state(context.user, &state.seal(&device_key, &context, generation, &mut OsEntropy)?)?;
        self.save_record(context.user, &UnlockRecord { counter: state.counter, ..record })
    }

    /// Replaces the stored statement by `statement`, from which `lease` was read; the caller has verified it and does
    /// not extend the lease.
    ///
    /// # Errors
    /// The keychain variants and file errors.
    pub fn replace_statement(
        &self,
        keys: &UserKeys,
        ring: &mut KeyRing,
        statement: ProviderStatement,
        lease: &LeaseRecord,
    ) -> Result<(), KeysError> {
        let device_key = self.load_device_key()?;
        let record = SignInRecord::make(&device_key, keys.context(), statement, lease.jwk.clone(), lease.lease_end);
        self.replace_sign_in_record(keys, ring, record)
    }

    fn replace_sign_in_record(
        &self,
        keys: &UserKeys,
        ring: &mut KeyRing,
        record: SignInRecord,
    ) -> Result<(), KeysError> {
        let sign_in = StoredSignIn::Signed(record);
        self.stage_sign_in(keys.context(), &sign_in)?;
        ring.replace_sign_in(sign_in.clone());
        ring.save(self.slots, keys)?;
        self.commit_sign_in(keys.context(), &sign_in)
    }
}
