//! Whether the sign-in in a key ring is the last one of this device; the keychain stores its digest.

use crate::base64url::Base64Array;
use crate::key_ring::KeyRing;
use crate::slot_id::SlotContext;
use crate::slot_unlocker::SlotUnlocker;
use crate::stored_sign_in::StoredSignIn;
use crate::{DeviceKey, KeysError};
use keep_domain::UserId;
use serde::{Deserialize, Serialize};

/// Digests of the valid sign-ins: the last one and, while it is being replaced, the next one.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
struct SignInDigests(Vec<Base64Array<32>>);

impl SlotUnlocker<'_> {
    /// Makes the ring ignore a stored sign-in that is not the last one of this device; returns whether it does.
    pub(crate) fn check_sign_in(
        &self,
        device_key: &DeviceKey,
        slot: SlotContext,
        ring: &mut KeyRing,
    ) -> Result<bool, KeysError> {
        let altered = match ring.sign_in() {
            None => false,
            Some(stored) => !self.is_last_sign_in(device_key, slot, stored)?,
        };
        if altered {
            ring.ignore_sign_in();
        }
        Ok(altered)
    }

    /// Whether `stored` is the slot's last sign-in on this device, rather than an earlier, altered or foreign one.
    fn is_last_sign_in(
        &self,
        device_key: &DeviceKey,
        slot: SlotContext,
        stored: &StoredSignIn,
    ) -> Result<bool, KeysError> {
        if !stored.is_sealed_by(device_key, slot) {
            return Ok(false);
        }
        let digest = Base64Array(stored.digest(slot)?);
        match self.read_sign_in_digests(slot.user)? {
            Some(known) if !known.0.contains(&digest) => Ok(false),
            Some(known) if known.0.len() == 1 => Ok(true),
            // No digest yet (a profile of an earlier version), or an interrupted replacement.
            _ => self.write_sign_in_digests(slot.user, vec![digest]).map(|()| true),
        }
    }

    /// Adds `next` to the valid sign-ins: until the ring is written, either may be found.
    ///
    /// INVARIANT: a ring is never written with a sign-in whose digest is not in the keychain.
    pub(crate) fn stage_sign_in(&self, slot: SlotContext, next: &StoredSignIn) -> Result<(), KeysError> {
        let mut digests = self.read_sign_in_digests(slot.user)?.unwrap_or_default().0;
        digests.push(Base64Array(next.digest(slot)?));
        // Keep the newest two: more are only left by interrupted replacements.
        let from = digests.len().saturating_sub(2);
        self.write_sign_in_digests(slot.user, digests.split_off(from))
    }

    /// Makes `current` the only valid sign-in.
    pub(crate) fn commit_sign_in(&self, slot: SlotContext, current: &StoredSignIn) -> Result<(), KeysError> {
        self.write_sign_in_digests(slot.user, vec![Base64Array(current.digest(slot)?)])
    }

    fn read_sign_in_digests(&self, user: UserId) -> Result<Option<SignInDigests>, KeysError> {
        let Some(bytes) = self.keychain.read(&item(user))? else { return Ok(None) };
        // EXPOSE: digests are not secret; the keychain only keeps them from being restored with the files.
        // An unreadable value makes every stored sign-in invalid; the next sign-in replaces it.
        Ok(Some(serde_json::from_slice(bytes.expose()).unwrap_or_default()))
    }

    fn write_sign_in_digests(&self, user: UserId, digests: Vec<Base64Array<32>>) -> Result<(), KeysError> {
        let bytes = serde_json::to_vec(&SignInDigests(digests)).map_err(|_| KeysError::Internal("sign-in digests"))?;
        self.keychain.write(&item(user), &bytes)
    }
}

/// The keychain item of a user's last sign-in.
fn item(user: UserId) -> String {
    format!("sign-in/{user}")
}
