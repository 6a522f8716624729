//! What a device keeps of a clinic sign-in: the provider's signed token, the key that signed it, and the lease end.
//!
//! Role, assignment and lease are not kept: they are read from the token at each unlock, so that nobody writes their own.

use crate::b64::Exactly;
use crate::key_ring::KeyRing;
use crate::old_lease::OldLease;
use crate::slot_id::SlotContext;
use crate::unlock::SlotUnlocker;
use crate::{DeviceKey, KeysError};
use keep_domain::{UserId, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The statement of one sign-in, sealed by the device that made it; lies under the clinician's master key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRecord {
    id_token: String,
    jwk: String,
    lease_end: UtcMillis,
    /// HMAC under a key from KD over [`SignInRecord::digest`]: only the device that fetched the key writes this.
    seal: Exactly<32>,
}

impl SignInRecord {
    pub(crate) fn make(
        device_key: &DeviceKey,
        slot: SlotContext,
        id_token: String,
        jwk: String,
        lease_end: UtcMillis,
    ) -> Self {
        let mut record = Self { id_token, jwk, lease_end, seal: Exactly([0; 32]) };
        record.seal = Exactly(device_key.sign_in_seal_key().tag(&[&record.digest(slot)]));
        record
    }

    /// The ID token as the provider signed it.
    #[must_use]
    pub fn id_token(&self) -> &str {
        &self.id_token
    }

    /// The provider's key that signed it, as this device fetched it at the sign-in.
    #[must_use]
    pub fn jwk(&self) -> &str {
        &self.jwk
    }

    /// When offline work ends, as the device set it at the sign-in.
    #[must_use]
    pub const fn lease_end(&self) -> UtcMillis {
        self.lease_end
    }

    fn digest(&self, slot: SlotContext) -> [u8; 32] {
        let [user, device, id] = slot.fields();
        let end = self.lease_end.0.to_be_bytes();
        let fields = [b"chartkeep/sign-in/1", user, device, id, self.id_token.as_bytes(), self.jwk.as_bytes(), &end];
        Sha256::digest(length_prefixed(&fields)).into()
    }

    fn is_sealed_by(&self, device_key: &DeviceKey, slot: SlotContext) -> bool {
        device_key.sign_in_seal_key().matches(&[&self.digest(slot)], &self.seal.0)
    }
}

/// What a key ring holds of the last sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptSignIn {
    /// The signed statement.
    Signed(SignInRecord),
    /// What key rings of version 1 held instead; counts until the next sign-in, and never for more than the slot's own
    /// signed statement.
    Old(OldLease),
}

impl KeptSignIn {
    /// When offline work ends at the latest.
    #[must_use]
    pub const fn lease_end(&self) -> UtcMillis {
        match self {
            Self::Signed(record) => record.lease_end,
            Self::Old(lease) => lease.lease_end,
        }
    }

    fn digest(&self, slot: SlotContext) -> Result<[u8; 32], KeysError> {
        match self {
            Self::Signed(record) => Ok(record.digest(slot)),
            Self::Old(lease) => lease.digest(),
        }
    }

    fn is_sealed_by(&self, device_key: &DeviceKey, slot: SlotContext) -> bool {
        match self {
            Self::Signed(record) => record.is_sealed_by(device_key, slot),
            // Version 1 had no seal; the keychain remembers the first one that was seen.
            Self::Old(_) => true,
        }
    }
}

/// The digests of the sign-ins that count: the last one, and while it is being replaced the next one, too.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
struct LastSeen(Vec<Exactly<32>>);

impl SlotUnlocker<'_> {
    /// Marks what the ring keeps of a sign-in where it is not what this device kept last; says whether it is not.
    pub(crate) fn check_sign_in(
        &self,
        device_key: &DeviceKey,
        slot: SlotContext,
        ring: &mut KeyRing,
    ) -> Result<bool, KeysError> {
        let altered = match ring.sign_in() {
            None => false,
            Some(kept) => !self.is_last_sign_in(device_key, slot, kept)?,
        };
        if altered {
            ring.distrust_sign_in();
        }
        Ok(altered)
    }

    /// Whether `kept` is what this device kept at the slot's last sign-in, and no earlier, altered or foreign one.
    fn is_last_sign_in(&self, device_key: &DeviceKey, slot: SlotContext, kept: &KeptSignIn) -> Result<bool, KeysError> {
        if !kept.is_sealed_by(device_key, slot) {
            return Ok(false);
        }
        let digest = Exactly(kept.digest(slot)?);
        match self.last_seen(slot.user)? {
            Some(seen) if !seen.0.contains(&digest) => Ok(false),
            Some(seen) if seen.0.len() == 1 => Ok(true),
            // Nothing remembered yet (a profile of an earlier version), or a replacement that was cut short.
            _ => self.remember(slot.user, vec![digest]).map(|()| true),
        }
    }

    /// Remembers `next` beside what counts now: until the ring is written either of the two may be found.
    ///
    /// INVARIANT: a ring whose sign-in the keychain does not know is never written.
    pub(crate) fn announce_sign_in(&self, slot: SlotContext, next: &KeptSignIn) -> Result<(), KeysError> {
        let mut seen = self.last_seen(slot.user)?.unwrap_or_default().0;
        seen.push(Exactly(next.digest(slot)?));
        // The newest two: more come only from replacements that were cut short.
        let from = seen.len().saturating_sub(2);
        self.remember(slot.user, seen.split_off(from))
    }

    /// From here on only `now` counts.
    pub(crate) fn settle_sign_in(&self, slot: SlotContext, now: &KeptSignIn) -> Result<(), KeysError> {
        self.remember(slot.user, vec![Exactly(now.digest(slot)?)])
    }

    fn last_seen(&self, user: UserId) -> Result<Option<LastSeen>, KeysError> {
        let Some(bytes) = self.keychain.read(&item(user))? else { return Ok(None) };
        // EXPOSE: digests are no secret; the keychain only keeps them from being put back with the files.
        // What cannot be read allows nothing: a sign-in writes it anew.
        Ok(Some(serde_json::from_slice(bytes.expose()).unwrap_or_default()))
    }

    fn remember(&self, user: UserId, digests: Vec<Exactly<32>>) -> Result<(), KeysError> {
        let bytes = serde_json::to_vec(&LastSeen(digests)).map_err(|_| KeysError::Internal("sign-in digests"))?;
        self.keychain.write(&item(user), &bytes)
    }
}

/// The keychain item of one clinician's last sign-in.
fn item(user: UserId) -> String {
    format!("sign-in/{user}")
}

#[cfg(test)]
impl KeptSignIn {
    pub(crate) fn for_tests(slot: SlotContext, lease_end: UtcMillis) -> Self {
        let (token, jwk) = (String::from("header.payload.signature"), String::from("{\"kid\":\"k1\"}"));
        Self::Signed(SignInRecord::make(&DeviceKey::for_tests(1), slot, token, jwk, lease_end))
    }
}
