//! `slots/<user>.json`, format version 1: written at enrolment, password change or reset only.

use crate::b64::{Bytes, Exactly};
use crate::entropy::Entropy;
use crate::slot_id::{SlotContext, SlotId};
use crate::slots::ShownPerson;
use crate::user_keys::MasterKey;
use crate::{DeviceKey, KdfParams, KeysError, MemberRecord, aead};
use keep_domain::{DeviceId, Role, Secret, UserId, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};

pub(crate) const VERSION: u32 = 1;
const DAMAGED: KeysError = KeysError::SlotDamaged("slot");

/// What takes part in opening a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// The workstation password.
    Password,
    /// The one-time code.
    Totp,
    /// The device key in the keychain.
    Keychain,
}

impl Factor {
    const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Keychain => "keychain",
        }
    }
}

/// The clear part of a slot; all of it is bound to the wrapped master key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotHeader {
    /// Format version.
    pub version: u32,
    /// Whose slot.
    pub user: UserId,
    /// On which device.
    pub device: DeviceId,
    /// Which enrolment.
    pub slot: SlotId,
    /// Counts password changes and resets, from 1.
    pub generation: u32,
    /// Counts seeds, from 1.
    pub totp_generation: u32,
    /// Name for the lock screen.
    pub display_name: String,
    /// Main role, for the lock screen; permissions come from the lease.
    pub role: Role,
    /// Argon2id parameters.
    pub kdf: KdfParams,
    /// Argon2id salt.
    salt: Exactly<16>,
    /// What takes part in opening.
    pub factors: Vec<Factor>,
    /// When the slot was made.
    pub created: UtcMillis,
}

/// What a new slot's header is made of.
pub(crate) struct HeaderParts {
    pub(crate) context: SlotContext,
    pub(crate) display_name: String,
    pub(crate) role: Role,
    pub(crate) kdf: KdfParams,
    pub(crate) salt: [u8; 16],
    pub(crate) created: UtcMillis,
}

impl SlotHeader {
    pub(crate) fn first(parts: HeaderParts) -> Self {
        Self {
            version: VERSION,
            user: parts.context.user,
            device: parts.context.device,
            slot: parts.context.slot,
            generation: 1,
            totp_generation: 1,
            display_name: parts.display_name,
            role: parts.role,
            kdf: parts.kdf,
            salt: Exactly(parts.salt),
            factors: vec![Factor::Password, Factor::Totp, Factor::Keychain],
            created: parts.created,
        }
    }

    /// Clinician, device and slot.
    #[must_use]
    pub const fn context(&self) -> SlotContext {
        SlotContext { user: self.user, device: self.device, slot: self.slot }
    }

    pub(crate) const fn salt(&self) -> &[u8; 16] {
        &self.salt.0
    }

    pub(crate) fn shown(&self) -> ShownPerson {
        ShownPerson { display_name: self.display_name.clone(), role: self.role, created: self.created }
    }

    /// The canonical bytes: every field, length-prefixed, in the order of the struct.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let context = self.context();
        let [user, device, slot] = context.fields();
        let factors: Vec<&[u8]> = self.factors.iter().map(|f| f.name().as_bytes()).collect();
        length_prefixed(&[
            b"chartkeep/slot/1",
            user,
            device,
            slot,
            &self.generation.to_be_bytes(),
            &self.totp_generation.to_be_bytes(),
            self.display_name.as_bytes(),
            self.role.name().as_bytes(),
            &self.kdf.memory_kib.to_be_bytes(),
            &self.kdf.passes.to_be_bytes(),
            &self.kdf.lanes.to_be_bytes(),
            &self.salt.0,
            &length_prefixed(&factors),
            &self.created.0.to_be_bytes(),
        ])
    }
}

/// The whole slot file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotFile {
    header: SlotHeader,
    /// UMK under KEK, AAD = the canonical header.
    #[serde(rename = "umk")]
    master_key: Bytes,
    /// TOTP seed (20) ‖ T (4, big-endian) under UMK.
    factors: Bytes,
    /// What the identity provider signed about this clinician's keys.
    member: MemberRecord,
    /// Room for sealed recovery codes; empty in version 1.
    recovery: Vec<Bytes>,
    /// HMAC under a key from KD over everything above: tells a changed file from a wrong password.
    seal: Exactly<32>,
}

/// Only what every version of the format has.
#[derive(Deserialize)]
struct Versioned {
    header: VersionOnly,
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl SlotFile {
    /// Seals a slot. `factors` = seed (20 bytes) ‖ T (4 bytes).
    pub(crate) fn make(
        header: SlotHeader,
        kek: &Secret<[u8; 32]>,
        master_key: &MasterKey,
        factors: &[u8; 24],
        member: MemberRecord,
        device_key: &DeviceKey,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeysError> {
        let aad = header.canonical();
        // EXPOSE: wraps the master key.
        let wrapped = aead::seal(kek.expose(), &aad, master_key.bytes(), entropy)?;
        let sealed_factors = aead::seal(&factors_key(master_key), &factors_aad(&header), factors, entropy)?;
        let mut file = Self {
            header,
            master_key: Bytes(wrapped),
            factors: Bytes(sealed_factors),
            member,
            recovery: Vec::new(),
            seal: Exactly([0; 32]),
        };
        file.seal = Exactly(device_key.slot_seal_key().tag(&[&file.sealed_bytes()]));
        Ok(file)
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, KeysError> {
        let versioned: Versioned = serde_json::from_slice(bytes).map_err(|_| DAMAGED)?;
        if versioned.header.version > VERSION {
            return Err(KeysError::SlotNewer("slot"));
        }
        if versioned.header.version != VERSION {
            return Err(DAMAGED);
        }
        serde_json::from_slice(bytes).map_err(|_| DAMAGED)
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, KeysError> {
        serde_json::to_vec_pretty(self).map_err(|_| KeysError::Internal("slot file"))
    }

    pub(crate) fn check_seal(&self, device_key: &DeviceKey) -> Result<(), KeysError> {
        let intact = device_key.slot_seal_key().matches(&[&self.sealed_bytes()], &self.seal.0);
        if intact { Ok(()) } else { Err(DAMAGED) }
    }

    pub(crate) const fn header(&self) -> &SlotHeader {
        &self.header
    }

    pub(crate) fn into_header(self) -> SlotHeader {
        self.header
    }

    pub(crate) const fn member(&self) -> &MemberRecord {
        &self.member
    }

    pub(crate) fn into_member(self) -> MemberRecord {
        self.member
    }

    /// Success is this opening: a wrong password and a wrong code both end here, alike.
    pub(crate) fn open_master_key(&self, kek: &Secret<[u8; 32]>) -> Result<MasterKey, KeysError> {
        // EXPOSE: unwraps the master key.
        aead::open_array(kek.expose(), &self.header.canonical(), &self.master_key.0).map(MasterKey::from_secret)
    }

    /// Seed and T.
    pub(crate) fn open_factors(&self, master_key: &MasterKey) -> Result<Secret<[u8; 24]>, KeysError> {
        aead::open_array(&factors_key(master_key), &factors_aad(&self.header), &self.factors.0).map_err(|_| DAMAGED)
    }

    fn sealed_bytes(&self) -> Vec<u8> {
        let recovery: Vec<&[u8]> = self.recovery.iter().map(|b| b.0.as_slice()).collect();
        length_prefixed(&[
            b"chartkeep/slot-seal/1",
            &self.header.canonical(),
            &self.master_key.0,
            &self.factors.0,
            &self.member.canonical(),
            &length_prefixed(&recovery),
        ])
    }
}

fn factors_key(master_key: &MasterKey) -> zeroize::Zeroizing<[u8; 32]> {
    // EXPOSE: the key that seals seed and T; wiped by its container.
    zeroize::Zeroizing::new(*crate::derive::derive::<32>(master_key.bytes(), None, &[b"factors"]).expose())
}

fn factors_aad(header: &SlotHeader) -> Vec<u8> {
    length_prefixed(&[b"chartkeep/slot-factors/1", &header.canonical()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::FixedEntropy;

    fn kek(seed: u8) -> Secret<[u8; 32]> {
        Secret::new([seed; 32])
    }

    fn header() -> SlotHeader {
        SlotHeader::first(HeaderParts {
            context: SlotContext::for_tests(1),
            display_name: String::from("Amara Obi"),
            role: Role::Nurse,
            kdf: KdfParams::FLOOR,
            salt: [4; 16],
            created: UtcMillis(1_795_338_000_000),
        })
    }

    fn file() -> SlotFile {
        let master_key = MasterKey::from_secret(Secret::new([6; 32]));
        let member = MemberRecord::for_tests(SlotContext::for_tests(1), &master_key);
        let entropy = &mut FixedEntropy::named("slot");
        SlotFile::make(header(), &kek(5), &master_key, &[8; 24], member, &DeviceKey::for_tests(1), entropy).unwrap()
    }

    #[test]
    fn bytes_are_frozen() {
        let made = String::from_utf8(file().to_bytes().unwrap()).unwrap();
        crate::frozen::check("slot.json", include_str!("vectors/slot.json"), &made);
    }

    #[test]
    fn the_frozen_file_still_opens() {
        let file = SlotFile::parse(include_bytes!("vectors/slot.json")).unwrap();
        file.check_seal(&DeviceKey::for_tests(1)).unwrap();
        let master_key = file.open_master_key(&kek(5)).unwrap();
        assert_eq!(master_key.bytes(), &[6; 32]);
        // EXPOSE: a test compares what came back.
        assert_eq!(file.open_factors(&master_key).unwrap().expose(), &[8; 24]);
        assert_eq!(file.open_master_key(&kek(4)).err(), Some(KeysError::NotOpened));
    }

    #[test]
    fn a_changed_header_opens_nothing() {
        let changes: [fn(&mut SlotHeader); 7] = [
            |h| h.display_name.push('x'),
            |h| h.role = Role::Physician,
            |h| h.generation = 2,
            |h| h.kdf.passes = 4,
            |h| h.salt = Exactly([0; 16]),
            |h| h.created = UtcMillis(0),
            |h| h.factors.clear(),
        ];
        for change in changes {
            let mut changed = file();
            change(&mut changed.header);
            assert_eq!(changed.check_seal(&DeviceKey::for_tests(1)), Err(DAMAGED));
            assert_eq!(changed.open_master_key(&kek(5)).err(), Some(KeysError::NotOpened));
        }
    }

    #[test]
    fn every_cut_and_every_changed_part_is_damage() {
        let bytes = file().to_bytes().unwrap();
        for at in 0..bytes.len() {
            assert_eq!(SlotFile::parse(&bytes[..at]).err(), Some(DAMAGED), "cut at {at}");
        }
        let mut other = file();
        other.member.id_token.push('x');
        assert_eq!(other.check_seal(&DeviceKey::for_tests(1)), Err(DAMAGED));
        assert_eq!(file().check_seal(&DeviceKey::for_tests(2)), Err(DAMAGED));
        let newer = String::from_utf8(bytes).unwrap().replace("\"version\": 1", "\"version\": 2");
        assert_eq!(SlotFile::parse(newer.as_bytes()).err(), Some(KeysError::SlotNewer("slot")));
    }
}
