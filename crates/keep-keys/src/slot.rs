//! `slots/<user>.json`, format version 1; only written at enrolment, password change and reset.

use crate::base64url::{Base64Array, Base64Bytes};
use crate::entropy::Entropy;
use crate::slot_id::{SlotContext, SlotId};
use crate::user_keys::MasterKey;
use crate::{DeviceKey, KdfParams, KeysError, MemberRecord, aead};
use keep_domain::{DeviceId, Role, Secret, UserId, UtcMillis, length_prefixed};
use serde::{Deserialize, Serialize};

pub(crate) const VERSION: u32 = 1;
const DAMAGED: KeysError = KeysError::SlotDamaged("slot");

/// A factor needed to open a slot.
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

/// The cleartext part of a slot; all of it is bound to the wrapped master key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotHeader {
    /// Format version.
    pub version: u32,
    /// The user.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The enrolment.
    pub slot: SlotId,
    /// Number of the password, from 1; changes and resets increment it.
    pub generation: u32,
    /// Number of the TOTP seed, from 1.
    pub totp_generation: u32,
    /// Name for the lock screen.
    pub display_name: String,
    /// Main role, for the lock screen; permissions come from the lease.
    pub role: Role,
    /// Argon2id parameters.
    pub kdf: KdfParams,
    /// Argon2id salt.
    salt: Base64Array<16>,
    /// The factors needed to open the slot.
    pub factors: Vec<Factor>,
    /// When the slot was made.
    pub created: UtcMillis,
}

/// The variable parts of a new header.
pub(crate) struct HeaderParts {
    pub(crate) context: SlotContext,
    pub(crate) display_name: String,
    pub(crate) role: Role,
    pub(crate) kdf: KdfParams,
    pub(crate) salt: [u8; 16],
    pub(crate) created: UtcMillis,
}

impl SlotHeader {
    pub(crate) fn new(parts: HeaderParts) -> Self {
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
            salt: Base64Array(parts.salt),
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

    pub(crate) fn owner(&self) -> SlotOwner {
        SlotOwner { display_name: self.display_name.clone(), role: self.role, created: self.created }
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

/// The secrets of a new slot.
pub(crate) struct SlotSecrets<'a> {
    pub(crate) kek: &'a Secret<[u8; 32]>,
    pub(crate) master_key: &'a MasterKey,
    /// TOTP seed (20) ‖ T (4, big-endian).
    pub(crate) factors: &'a [u8; 24],
}

/// A user as the lock screen shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotOwner {
    /// Name from the identity provider.
    pub display_name: String,
    /// Main role.
    pub role: Role,
    /// When the slot was made.
    pub created: UtcMillis,
}

/// The whole slot file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotFile {
    header: SlotHeader,
    /// UMK under KEK, AAD = the canonical header.
    #[serde(rename = "umk")]
    master_key: Base64Bytes,
    /// TOTP seed (20) ‖ T (4, big-endian) under UMK.
    factors: Base64Bytes,
    /// The identity provider's statement about this clinician's keys.
    member: MemberRecord,
    /// Reserved for sealed recovery codes; empty in version 1.
    recovery: Vec<Base64Bytes>,
    /// HMAC under a key from KD over everything above: distinguishes a changed file from a wrong password.
    seal: Base64Array<32>,
}

/// The part common to all versions of the format.
#[derive(Deserialize)]
struct Versioned {
    header: VersionOnly,
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl SlotFile {
    /// Seals a slot.
    pub(crate) fn make(
        header: SlotHeader,
        secrets: &SlotSecrets<'_>,
        member: MemberRecord,
        device_key: &DeviceKey,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, KeysError> {
        let aad = header.canonical();
        // EXPOSE: wraps the master key.
        let wrapped = aead::seal(secrets.kek.expose(), &aad, secrets.master_key.bytes(), entropy)?;
        let key = factors_key(secrets.master_key);
        let factors = aead::seal(&key, &factors_aad(&header), secrets.factors, entropy)?;
        let mut file = Self {
            header,
            master_key: Base64Bytes(wrapped),
            factors: Base64Bytes(factors),
            member,
            recovery: Vec::new(),
            seal: Base64Array([0; 32]),
        };
        file.seal = Base64Array(device_key.slot_seal_key().tag(&[&file.sealed_bytes()]));
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

    /// Unwraps the master key. This decides an unlock: a wrong password and a wrong code fail here in the same way.
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
        SlotHeader::new(HeaderParts {
            context: SlotContext::for_tests(1),
            display_name: String::from("Amara Obi"),
            role: Role::Nurse,
            kdf: KdfParams::MINIMUM,
            salt: [4; 16],
            created: UtcMillis(1_795_338_000_000),
        })
    }

    fn file() -> SlotFile {
        let master_key = MasterKey::from_secret(Secret::new([6; 32]));
        let member = MemberRecord::for_tests(SlotContext::for_tests(1), &master_key);
        let entropy = &mut FixedEntropy::named("slot");
        let secrets = SlotSecrets { kek: &kek(5), master_key: &master_key, factors: &[8; 24] };
        SlotFile::make(header(), &secrets, member, &DeviceKey::for_tests(1), entropy).unwrap()
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
            |h| h.salt = Base64Array([0; 16]),
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
    fn a_truncated_or_changed_file_is_damage() {
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
