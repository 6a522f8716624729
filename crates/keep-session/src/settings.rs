//! The settings of this workstation: no secret, no patient.

pub(crate) mod audit_key;
pub(crate) mod key_holders;
pub(crate) mod sign_in;
pub(crate) mod site_file;

use crate::profile::Profile;
use audit_key::AuditPublicKeyRecord;
use keep_domain::{DeviceId, ErrorCode, Policy, length_prefixed};
use keep_hardening::private_file;
use keep_keys::{DeviceSigner, Slots, verify_signature};
use key_holders::KeyHolders;
use serde::{Deserialize, Serialize};
use sign_in::SignInSettings;
use site_file::{SignedSiteFile, SiteFile};
use std::path::PathBuf;

/// `workstation.json`, version 1; version 2 where the hash of `ca_file` is sealed; version 3 with settings of the
/// sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkstationSettings {
    /// Format version.
    pub version: u32,
    /// This device profile.
    pub device: DeviceId,
    /// The display name, for example "Room 3 workstation".
    pub name: String,
    /// The site's name, once it is known from the records.
    pub site: String,
    /// The FHIR base address; empty until the first enrolment.
    pub server: String,
    /// A PEM file of certificate authorities to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// The SHA-256 of that file, hexadecimal, since version 2: the path alone would let the file be swapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file_sha256: Option<String>,
    /// The OAuth client id registered for Chartkeep.
    pub client_id: String,
    /// Whether this profile holds demo data; never reset.
    pub demo: bool,
    /// The public half of the audit key, once it exists.
    #[serde(rename = "audit_key")]
    pub audit_public_key: Option<AuditPublicKeyRecord>,
    /// The users who were given each key.
    pub holders: KeyHolders,
    /// Organisation policy.
    pub policy: Policy,
    /// How to sign in where there is no site file, since version 3; absent where nothing differs from the defaults.
    #[serde(default, skip_serializing_if = "SignInSettings::are_default")]
    pub sign_in: SignInSettings,
    /// The site file as it was signed, since version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_file: Option<SignedSiteFile>,
    /// The device's signature over everything above, hexadecimal; present after the first enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

/// The largest accepted file; real settings have a few kilobytes.
const MOST_BYTES: u64 = 1 << 20;
/// The version without a sealed hash, which earlier programs can read.
const WITHOUT_HASH: u32 = 1;
/// The version with the sealed hash of `ca_file`.
const WITH_HASH: u32 = 2;
/// The newest version that this program can read: with settings of the sign-in.
const VERSION: u32 = 3;

impl WorkstationSettings {
    /// The settings of a new workstation.
    #[must_use]
    pub fn make_new() -> Self {
        Self {
            version: WITHOUT_HASH,
            device: DeviceId::make_random(),
            name: String::new(),
            site: String::new(),
            server: String::new(),
            ca_file: None,
            ca_file_sha256: None,
            client_id: String::from("chartkeep-desktop"),
            demo: false,
            audit_public_key: None,
            holders: KeyHolders::default(),
            policy: Policy::default(),
            sign_in: SignInSettings::default(),
            site_file: None,
            seal: None,
        }
    }

    /// Reads the profile's settings, or their copy if the first file is lost, damaged, or names a device without key
    /// slots here. The signature is checked later, with the device key.
    ///
    /// # Errors
    /// As [`WorkstationSettings::load`], of the first file.
    pub(crate) fn load_either(profile: &Profile) -> Result<Self, ErrorCode> {
        let slots = Slots::of_profile(profile.root());
        let fits = |settings: &Self| slots.may_belong_to(settings.device).unwrap_or(true);
        let first = Self::load(profile);
        match first {
            Ok(settings) if fits(&settings) => Ok(settings),
            Err(ErrorCode::StoreNewer) => first,
            _ => match Self::load_copy(profile).filter(fits) {
                Some(copy) => Ok(copy),
                None => first,
            },
        }
    }

    /// The copy of the settings, if it can be read.
    pub(crate) fn load_copy(profile: &Profile) -> Option<Self> {
        let bytes = private_file::read(&profile.workstation_copy(), MOST_BYTES).ok()??;
        let settings: Self = serde_json::from_slice(&bytes).ok()?;
        (settings.version <= VERSION).then_some(settings)
    }

    /// Reads the profile's settings. In a profile without users missing settings are new ones, saved at the first change.
    ///
    /// # Errors
    /// [`ErrorCode::SlotDamaged`] for absent settings while people are enrolled, [`ErrorCode::StoreNewer`] for a version this build does not know, [`ErrorCode::SlotDamaged`] for a file
    /// that cannot be read as settings, [`ErrorCode::Io`] else. The file is never replaced then.
    pub fn load(profile: &Profile) -> Result<Self, ErrorCode> {
        let text = match private_file::read(&profile.settings(), MOST_BYTES) {
            Ok(Some(bytes)) => String::from_utf8(bytes).map_err(|_| ErrorCode::SlotDamaged)?,
            Ok(None) => {
                // INVARIANT: a profile with users never counts as new: a new device id would need another key in the
                // keychain, and the server would not be the signed one.
                let people = Slots::of_profile(profile.root()).exist().map_err(|e| e.code())?;
                return if people { Err(ErrorCode::SlotDamaged) } else { Ok(Self::make_new()) };
            }
            Err(e) if private_file::is_not_regular_file(&e) => return Err(ErrorCode::SlotDamaged),
            Err(_) => return Err(ErrorCode::Io),
        };
        let version = serde_json::from_str::<Version>(&text).map_err(|_| ErrorCode::SlotDamaged)?.version;
        if version > VERSION {
            return Err(ErrorCode::StoreNewer);
        }
        serde_json::from_str(&text).map_err(|_| ErrorCode::SlotDamaged)
    }

    /// Writes the settings so that a power cut leaves either the old or the new ones.
    ///
    /// # Errors
    /// [`ErrorCode::DiskFull`] or [`ErrorCode::Io`].
    pub fn save(&self, profile: &Profile) -> Result<(), ErrorCode> {
        let text = serde_json::to_vec_pretty(self).map_err(|_| ErrorCode::Internal)?;
        private_file::replace(&profile.settings(), &text).map_err(|e| io_code(&e))?;
        // The first file is complete; the next change writes the copy again.
        if private_file::replace(&profile.workstation_copy(), &text).is_err() {
            tracing::warn!("the copy of the settings could not be written");
        }
        Ok(())
    }

    /// Binds the settings to the content of `ca_file`. Earlier programs can no longer open them.
    pub(crate) fn seal_authority_file(&mut self, sha256: String) {
        self.ca_file_sha256 = Some(sha256);
        self.version = self.version.max(WITH_HASH);
    }

    /// Takes the site file whose content is `site`.
    pub(crate) fn take_site(&mut self, signed: SignedSiteFile, site: SiteFile) {
        self.server = site.server;
        if let Some(client_id) = site.client_id {
            self.client_id = client_id;
        }
        self.site_file = Some(signed);
        self.version = VERSION;
    }

    /// Takes the settings of the sign-in. Earlier programs can no longer open the profile if they differ from the
    /// defaults.
    pub(crate) fn set_sign_in(&mut self, sign_in: SignInSettings) {
        if !sign_in.are_default() {
            self.version = VERSION;
        }
        self.sign_in = sign_in;
    }

    /// Signs the settings, so that only a holder of the device key can change the server, a limit or an assignment.
    pub(crate) fn make_seal(&mut self, device: &DeviceSigner) -> Result<(), ErrorCode> {
        self.seal = Some(hex::encode(device.sign(&self.sealed_bytes()?)));
        Ok(())
    }

    /// Whether the settings have a valid signature of the device.
    pub(crate) fn seal_holds(&self, device: &DeviceSigner) -> bool {
        let mut signature = [0; 64];
        // Only in lower case, as written: otherwise a change of case would go undetected.
        let decoded = self
            .seal
            .as_ref()
            .is_some_and(|s| hex::decode_to_slice(s, &mut signature).is_ok() && hex::encode(signature) == *s);
        let bytes = self.sealed_bytes();
        decoded && bytes.is_ok_and(|b| verify_signature(&device.public(), &b, &signature))
    }

    fn sealed_bytes(&self) -> Result<Vec<u8>, ErrorCode> {
        let bare = Self { seal: None, ..self.clone() };
        let text = serde_json::to_vec(&bare).map_err(|_| ErrorCode::Internal)?;
        Ok(length_prefixed(&[b"chartkeep/workstation/1", &text]))
    }
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// Distinguishes a full disk from other failures.
pub(crate) fn io_code(error: &std::io::Error) -> ErrorCode {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        _ => ErrorCode::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_server_breaks_the_seal() {
        let (device, thief) = (DeviceSigner::for_tests(1), DeviceSigner::for_tests(2));
        let mut w = WorkstationSettings::make_new();
        assert!(!w.seal_holds(&device));
        w.make_seal(&device).expect("sealed");
        assert!(w.seal_holds(&device));
        let moved = WorkstationSettings { server: String::from("https://elsewhere.example/fhir"), ..w.clone() };
        assert!(!moved.seal_holds(&device));
        let mut forged = moved;
        forged.make_seal(&thief).expect("sealed");
        assert!(!forged.seal_holds(&device));
    }

    #[test]
    fn a_profile_with_users_and_without_settings_is_damaged_and_not_new() {
        let folder = tempfile::tempdir().expect("folder");
        let profile = Profile::at(folder.path());
        profile.make_folders().expect("folders");
        assert!(WorkstationSettings::load(&profile).is_ok());
        let amara = keep_domain::UserId::of("https://id.example", "amara");
        std::fs::write(profile.slots().join(format!("{amara}.json")), "{}").expect("written");
        assert_eq!(WorkstationSettings::load(&profile), Err(ErrorCode::SlotDamaged));
        assert!(!profile.settings().exists(), "and nothing is written in its place");
    }

    #[test]
    fn settings_are_read_back_and_invalid_ones_are_left_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let profile = Profile::at(folder.path());
        profile.make_folders().expect("folders");
        let mut w = WorkstationSettings::load(&profile).expect("new");
        w.name = String::from("Room 3 workstation");
        w.save(&profile).expect("saved");
        assert_eq!(WorkstationSettings::load(&profile), Ok(w));
        std::fs::write(profile.settings(), "{\"version\": 9}").expect("write");
        assert_eq!(WorkstationSettings::load(&profile), Err(ErrorCode::StoreNewer));
        std::fs::write(profile.settings(), "not json").expect("write");
        assert_eq!(WorkstationSettings::load(&profile), Err(ErrorCode::SlotDamaged));
        assert_eq!(std::fs::read_to_string(profile.settings()).expect("kept"), "not json");
    }
}
