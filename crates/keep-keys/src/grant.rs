//! Grants of data keys to colleagues: `slots/<recipient>.grants/<key>-<generation>.json`.

use crate::base64url::{Base64Array, Base64Bytes};
use crate::entropy::{Entropy, OsEntropy};
use crate::key_ring::KeyRing;
use crate::slots::Slots;
use crate::{DataKey, HpkePublicKey, KeyName, KeysError, UserKeys, VerifiedMember, durable, verify_signature};
use keep_domain::{DeviceId, Secret, UserId, length_prefixed};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

const VERSION: u32 = 1;

/// One key, sealed to one recipient and signed by its granter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    version: u32,
    device: DeviceId,
    key: KeyName,
    generation: u32,
    recipient: UserId,
    granter: UserId,
    /// HPKE base mode: encapsulated key ‖ ciphertext.
    sealed: Base64Bytes,
    /// Ed25519 over everything above.
    signature: Base64Array<64>,
}

/// The grants in the folder of one recipient.
#[derive(Debug)]
pub struct WaitingGrants {
    /// The grants, lowest segment first.
    pub grants: Vec<Grant>,
    /// Number of files that are not grants or could not be read.
    pub unreadable: u32,
}

impl Grant {
    /// Seals `key` to `recipient`, whose member record the granter's session has verified.
    ///
    /// # Errors
    /// [`KeysError::Refused`] if the recipient is enrolled on another device or not entitled to the key.
    pub fn make(granter: &UserKeys, recipient: &VerifiedMember, key: &DataKey) -> Result<Self, KeysError> {
        Self::make_with(granter, recipient, key, &mut OsEntropy)
    }

    pub(crate) fn make_with(
        granter: &UserKeys,
        recipient: &VerifiedMember,
        key: &DataKey,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeysError> {
        let context = granter.context();
        if recipient.device() != context.device {
            return Err(KeysError::Refused("the recipient is enrolled on another device"));
        }
        // INVARIANT: no key is granted to a role that is not entitled to it.
        if !recipient.may_hold(key.name()) {
            return Err(KeysError::Refused("the recipient's role does not entitle to that key"));
        }
        let mut grant = Self {
            version: VERSION,
            device: context.device,
            key: key.name(),
            generation: key.generation(),
            recipient: recipient.user(),
            granter: context.user,
            sealed: Base64Bytes(Vec::new()),
            signature: Base64Array([0; 64]),
        };
        let info = grant.info(recipient.hpke());
        grant.sealed = Base64Bytes(recipient.hpke().seal_with(&info, key.bytes(), entropy)?);
        grant.signature = Base64Array(granter.signer().sign(&grant.signed_bytes()));
        Ok(grant)
    }

    /// One grant for each key on the granter's ring to which the recipient is entitled, including the audit key.
    ///
    /// # Errors
    /// As [`Grant::make`].
    pub fn make_for_rank(
        granter: &UserKeys,
        ring: &KeyRing,
        recipient: &VerifiedMember,
    ) -> Result<Vec<Self>, KeysError> {
        let entitled = ring.keys().iter().filter(|key| recipient.may_hold(key.name()));
        entitled.map(|key| Self::make(granter, recipient, key)).collect()
    }

    /// The name of the key.
    #[must_use]
    pub const fn key(&self) -> KeyName {
        self.key
    }

    /// The generation of the key.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// The granter; the recipient verifies their member record before opening the grant.
    #[must_use]
    pub const fn granter(&self) -> UserId {
        self.granter
    }

    /// Opens the grant, tests the key with `test_open`, adds it to the ring, saves the ring and deletes the grant.
    ///
    /// `granter` is the granter's member record, verified by the recipient's session.
    ///
    /// # Errors
    /// [`KeysError::Refused`] for a wrong signature, another recipient, an unentitled granter, a second key of a
    /// generation or a key that `test_open` rejects; the grant file then stays.
    pub fn accept(
        &self,
        slots: &Slots,
        recipient: &UserKeys,
        ring: &mut KeyRing,
        granter: &VerifiedMember,
        test_open: impl FnOnce(&DataKey) -> bool,
    ) -> Result<(), KeysError> {
        if ring.holds(self.key, self.generation) {
            return Err(KeysError::Refused("there is already a key of that generation"));
        }
        let key = self.open(recipient, granter)?;
        if !test_open(&key) {
            return Err(KeysError::Refused("the granted key does not open its file"));
        }
        ring.add(key)?;
        ring.save(slots, recipient)?;
        durable::delete(&self.path(slots))
    }

    fn open(&self, recipient: &UserKeys, granter: &VerifiedMember) -> Result<DataKey, KeysError> {
        let context = recipient.context();
        if self.recipient != context.user || self.device != context.device {
            return Err(KeysError::Refused("the grant is for another user"));
        }
        if granter.user() != self.granter || granter.device() != self.device {
            return Err(KeysError::Refused("the grant names another granter"));
        }
        // The first user to enrol makes the audit key, whatever their role; the recipient tests it against the public half
        // that the device signed.
        if self.key != KeyName::Audit && !granter.may_hold(self.key) {
            return Err(KeysError::Refused("the granter's role does not entitle to that key"));
        }
        if !verify_signature(granter.ed25519(), &self.signed_bytes(), &self.signature.0) {
            return Err(KeysError::Refused("the grant's signature is wrong"));
        }
        let pair = recipient.hpke_key_pair();
        let opened = pair
            .open(&self.info(pair.public()), &self.sealed.0)
            .map_err(|_| KeysError::Refused("the grant does not open"))?;
        // EXPOSE: the bytes move from one secret container to another.
        let key = opened.expose().as_slice().try_into().map_err(|_| KeysError::Refused("the grant holds no key"))?;
        Ok(DataKey::from_secret(self.key, self.generation, Secret::new(key)))
    }

    /// Deletes a grant that the recipient refused or does not need.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn discard(&self, slots: &Slots) -> Result<(), KeysError> {
        durable::delete(&self.path(slots))
    }

    /// Writes the grant for its recipient to find at the next unlock.
    ///
    /// # Errors
    /// [`KeysError::Io`].
    pub fn write(&self, slots: &Slots) -> Result<(), KeysError> {
        let folder = slots.grants_folder(self.recipient);
        // Anything else with that name is renamed, so that it does not block grants permanently.
        if folder.symlink_metadata().is_ok() && !folder.is_dir() {
            fs::rename(&folder, folder.with_extension("grants.damaged")).map_err(|e| KeysError::Io(e.kind()))?;
        }
        durable::make_folder(&folder)?;
        let bytes = serde_json::to_vec_pretty(self).map_err(|_| KeysError::Internal("grant"))?;
        durable::write(&self.path(slots), &bytes)
    }

    /// The waiting grants of `user`, lowest segment first.
    ///
    /// INVARIANT: no file in the folder prevents an unlock: files that are not grants stay and are counted.
    #[must_use]
    pub fn waiting_for(slots: &Slots, user: UserId) -> WaitingGrants {
        let mut waiting = WaitingGrants { grants: Vec::new(), unreadable: 0 };
        let entries = match fs::read_dir(slots.grants_folder(user)) {
            Ok(entries) => entries,
            Err(e) => {
                waiting.unreadable = u32::from(e.kind() != ErrorKind::NotFound);
                return waiting;
            }
        };
        for path in entries.filter_map(|e| e.ok().map(|e| e.path())) {
            // A temporary file left by a crash contains no complete grant.
            if path.extension().is_some_and(|e| e == "tmp") {
                continue;
            }
            let grant = durable::read(&path).ok().flatten().and_then(|b| serde_json::from_slice::<Self>(&b).ok());
            match grant.filter(|g| g.version == VERSION && g.recipient == user) {
                Some(grant) => waiting.grants.push(grant),
                None => waiting.unreadable = waiting.unreadable.saturating_add(1),
            }
        }
        waiting.grants.sort_by_key(|g| (g.key, g.generation));
        waiting
    }

    fn path(&self, slots: &Slots) -> PathBuf {
        slots.grants_folder(self.recipient).join(format!("{}-{}.json", self.key, self.generation))
    }

    /// HPKE info: segment, generation, recipient, device and the recipient's public key.
    fn info(&self, public: HpkePublicKey) -> Vec<u8> {
        length_prefixed(&[
            b"chartkeep/grant/1",
            self.key.name().as_bytes(),
            &self.generation.to_be_bytes(),
            self.recipient.as_bytes(),
            self.device.as_bytes(),
            public.as_bytes(),
        ])
    }

    fn signed_bytes(&self) -> Vec<u8> {
        length_prefixed(&[
            b"chartkeep/grant-signature/1",
            self.device.as_bytes(),
            self.key.name().as_bytes(),
            &self.generation.to_be_bytes(),
            self.recipient.as_bytes(),
            self.granter.as_bytes(),
            &self.sealed.0,
        ])
    }
}

#[cfg(test)]
mod tests;
