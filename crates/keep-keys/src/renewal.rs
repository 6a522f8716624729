//! A new clinic sign-in for a slot that exists: new lease, new refresh token, codes up to the new lease's end.

use crate::attempt_lock::AttemptLock;
use crate::entropy::{Entropy, OsEntropy};
use crate::key_ring::KeyRing;
use crate::lease::{LeaseRecord, codes_until};
use crate::sign_in_record::{KeptSignIn, SignInRecord};
use crate::state::UnlockState;
use crate::throttle::UnlockRecord;
use crate::totp;
use crate::unlock::{SlotUnlocker, open_factors};
use crate::{KeysError, UserKeys};
use keep_domain::{Secret, UserId};

/// What a sign-in brings for a slot that exists.
#[derive(Debug)]
pub struct Renewal {
    /// What the verified token gives.
    pub lease: LeaseRecord,
    /// The ID token as the provider signed it.
    pub id_token: String,
    /// The refresh token, where the provider gave one; without one the old one stays.
    pub refresh_token: Option<Secret<String>>,
}

impl Renewal {
    /// Whose sign-in it was.
    #[must_use]
    pub fn user(&self) -> UserId {
        UserId::of(&self.lease.issuer, &self.lease.subject)
    }
}

impl SlotUnlocker<'_> {
    /// Puts lease and refresh token of a new sign-in in place of the old ones and extends the table of codes to the
    /// end of the new lease. The caller has verified the sign-in and records it.
    ///
    /// # Errors
    /// [`KeysError::Refused`] for the sign-in of somebody else, [`KeysError::SlotDamaged`], the keychain's and file
    /// errors.
    pub fn renew(&self, keys: &UserKeys, ring: &mut KeyRing, renewal: Renewal) -> Result<(), KeysError> {
        self.renew_with(keys, ring, renewal, &mut OsEntropy)
    }

    fn renew_with(
        &self,
        keys: &UserKeys,
        ring: &mut KeyRing,
        renewal: Renewal,
        entropy: &mut dyn Entropy,
    ) -> Result<(), KeysError> {
        let context = keys.context();
        // INVARIANT: a slot belongs to one (issuer, subject); nobody else's sign-in extends it.
        if renewal.user() != context.user {
            return Err(KeysError::Refused("the sign-in is another person's"));
        }
        let device_key = self.load_device_key()?;
        let Renewal { lease, id_token, refresh_token } = renewal;
        let end = totp::step_of(codes_until(lease.lease_end, lease.issued_at, self.policy));
        if refresh_token.is_some() {
            ring.replace_refresh_token(refresh_token);
        }
        let record = SignInRecord::make(&device_key, context, id_token, lease.jwk.clone(), lease.lease_end);
        self.keep_sign_in(keys, ring, record)?;
        ring.use_lease(lease);
        let file = self.read_slot(context.user, &device_key)?;
        let generation = file.header().totp_generation;
        let (seed, t) = open_factors(&file, keys.master())?;
        let mut state = UnlockState::open(&self.slots.read_state(context.user)?, &device_key, &context, generation)?;
        // Before the lock of the count, which nobody should hold for long.
        state.table.extend(&seed, t, end);
        let _alone = AttemptLock::take(self.slots.folder())?;
        let record = self.load_record(context.user)?;
        state.last_step = state.last_step.max(record.last_step);
        state.table.drop_through(state.last_step);
        state.counter = state.counter.max(record.counter).saturating_add(1);
        self.slots.write_state(context.user, &state.seal(&device_key, &context, generation, entropy)?)?;
        self.save_record(context.user, &UnlockRecord { counter: state.counter, ..record })
    }

    /// Puts the signed statement in the place of an old lease that was read from the same token, which the caller has
    /// verified. Nothing becomes longer by it.
    ///
    /// # Errors
    /// The keychain's and file errors.
    pub fn sign_old_lease(
        &self,
        keys: &UserKeys,
        ring: &mut KeyRing,
        id_token: String,
        lease: &LeaseRecord,
    ) -> Result<(), KeysError> {
        let device_key = self.load_device_key()?;
        let record = SignInRecord::make(&device_key, keys.context(), id_token, lease.jwk.clone(), lease.lease_end);
        self.keep_sign_in(keys, ring, record)
    }

    fn keep_sign_in(&self, keys: &UserKeys, ring: &mut KeyRing, record: SignInRecord) -> Result<(), KeysError> {
        let kept = KeptSignIn::Signed(record);
        self.announce_sign_in(keys.context(), &kept)?;
        ring.replace_sign_in(kept.clone());
        ring.save(self.slots, keys)?;
        self.settle_sign_in(keys.context(), &kept)
    }
}
