//! Which site file a workstation accepts: one whose key IT has installed, or whose fingerprint was typed.

use crate::dto::failure::FieldReasonDto;
use crate::error::SessionError;
use crate::settings::WorkstationSettings;
use crate::settings::sign_in::SignInSettings;
use crate::settings::site_file::{SignedSiteFile, SiteFile};
use crate::workstation::Workstation;
use keep_hardening::private_file;
use std::path::Path;

/// Where IT installs the fingerprint of the site's key; only an administrator can write there.
#[cfg(unix)]
const INSTALLED: &str = "/etc/chartkeep/site-fingerprint";
/// The largest accepted file, bytes.
#[cfg(unix)]
const MOST_BYTES: u64 = 4096;

/// Reads the signed site file at `path` and checks whose it is.
///
/// # Errors
/// `invalid` for the field `site` or `site_fingerprint`.
pub(crate) fn load(path: &Path, typed: Option<&str>) -> Result<(SignedSiteFile, SiteFile), SessionError> {
    let wrong = |reason| SessionError::field("site", reason);
    let signed = SignedSiteFile::load(path).map_err(|_| wrong(FieldReasonDto::NotReadable))?;
    let site = signed.content().map_err(|_| wrong(FieldReasonDto::Wrong))?;
    let expected = installed()?.or_else(|| typed.map(str::to_owned));
    match expected {
        Some(fingerprint) if signed.is_of(&fingerprint) => Ok((signed, site)),
        Some(_) => Err(SessionError::field("site_fingerprint", FieldReasonDto::Wrong)),
        None => Err(SessionError::field("site_fingerprint", FieldReasonDto::Missing)),
    }
}

/// INVARIANT: where IT has installed a fingerprint, nobody enrols at a server of their own choice.
///
/// # Errors
/// `invalid` for the field `site`.
pub(crate) fn check_enrolment(has_site_file: bool) -> Result<(), SessionError> {
    needs_site_file(has_site_file, installed()?.is_some())
}

fn needs_site_file(has_site_file: bool, is_installed: bool) -> Result<(), SessionError> {
    if is_installed && !has_site_file { Err(SessionError::field("site", FieldReasonDto::Missing)) } else { Ok(()) }
}

impl Workstation {
    /// How to sign in here.
    ///
    /// # Errors
    /// `invalid` for the field `site` where the stored site file is not one that IT signed.
    pub(crate) fn sign_in_settings(&self) -> Result<SignInSettings, SessionError> {
        chosen(&self.settings(), installed()?.as_deref())
    }
}

/// INVARIANT: where IT has installed a fingerprint, the names of roles come from a file signed with that key alone: the
/// user of this account could seal other settings.
fn chosen(settings: &WorkstationSettings, installed: Option<&str>) -> Result<SignInSettings, SessionError> {
    let wrong = || SessionError::field("site", FieldReasonDto::Wrong);
    match (&settings.site_file, installed) {
        (Some(signed), installed) if installed.is_none_or(|fingerprint| signed.is_of(fingerprint)) => {
            signed.content().map(|site| site.sign_in).map_err(|_| wrong())
        }
        (Some(_), _) => Err(wrong()),
        (None, Some(_)) if !settings.sign_in.are_default() => Err(wrong()),
        (None, _) => Ok(settings.sign_in.clone()),
    }
}

/// INVARIANT: what IT has installed counts, and not what a user types.
fn installed() -> Result<Option<String>, SessionError> {
    #[cfg(unix)]
    {
        installed_at(Path::new(INSTALLED))
    }
    #[cfg(not(unix))]
    Ok(None)
}

/// The fingerprint in the file at `path`; `None` only where there is no such file. One that is there and says nothing
/// never counts as none.
#[cfg(unix)]
fn installed_at(path: &Path) -> Result<Option<String>, SessionError> {
    let unusable = || SessionError::field("site_fingerprint", FieldReasonDto::NotReadable);
    let bytes = match private_file::read_named(path, MOST_BYTES) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|_| unusable())?,
    };
    let text = String::from_utf8(bytes).map_err(|_| unusable())?.trim().to_owned();
    if text.is_empty() { Err(unusable()) } else { Ok(Some(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_keys::Signer;

    fn signed(seed: u8) -> SignedSiteFile {
        let text = r#"{"version": 1, "server": "https://ehr.example/fhir", "sign_in": {"acr": ["2"]}}"#;
        SignedSiteFile::sign(text, &Signer::for_tests(seed)).expect("signed")
    }

    #[test]
    fn an_installed_fingerprint_counts_more_than_a_sealed_setting() {
        let (ours, other) = (signed(1), signed(2));
        let mut settings = WorkstationSettings::make_new();
        let acr = |s: &WorkstationSettings, f: Option<&str>| chosen(s, f).map(|s| s.acr);
        assert_eq!(acr(&settings, Some(&ours.fingerprint())), Ok(vec![]));
        settings.site_file = Some(ours.clone());
        assert_eq!(acr(&settings, Some(&ours.fingerprint())), Ok(vec![String::from("2")]));
        assert_eq!(acr(&settings, None), Ok(vec![String::from("2")]));
        settings.site_file = Some(other);
        assert!(acr(&settings, Some(&ours.fingerprint())).is_err());
        settings.site_file = None;
        settings.sign_in.without_second_factor = true;
        assert!(acr(&settings, Some(&ours.fingerprint())).is_err());
        assert!(acr(&settings, None).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn an_installed_fingerprint_that_cannot_be_read_is_not_taken_for_none() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("site-fingerprint");
        let unusable = Err(vec![("site_fingerprint", FieldReasonDto::NotReadable)]);
        let outcome = || installed_at(&path).map_err(|f| f.fields);
        assert_eq!(outcome(), Ok(None));
        for content in [&b""[..], b" \n", b"\xff\xfe", &[b'a'; 5000]] {
            std::fs::write(&path, content).expect("written");
            assert_eq!(outcome(), unusable, "{content:?}");
        }
        std::fs::write(&path, "abcd-ef01\n").expect("written");
        assert_eq!(outcome(), Ok(Some(String::from("abcd-ef01"))));
        std::fs::remove_file(&path).expect("removed");
        std::fs::create_dir(&path).expect("made");
        assert_eq!(outcome(), unusable);
    }

    #[test]
    fn an_installed_fingerprint_makes_the_site_file_a_condition_of_enrolment() {
        assert_eq!(needs_site_file(false, true).map_err(|e| e.fields), Err(vec![("site", FieldReasonDto::Missing)]));
        assert!(needs_site_file(true, true).is_ok() && needs_site_file(false, false).is_ok());
    }

    #[test]
    fn a_site_file_is_taken_only_with_the_fingerprint_of_its_key() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("site.signed.json");
        let ours = signed(1);
        std::fs::write(&path, serde_json::to_vec(&ours).expect("json")).expect("written");
        let outcome = |typed: Option<&str>| load(&path, typed).map(|_| ()).map_err(|f| f.fields);
        assert_eq!(outcome(Some(&ours.fingerprint())), Ok(()));
        assert_eq!(outcome(None), Err(vec![("site_fingerprint", FieldReasonDto::Missing)]));
        assert_eq!(outcome(Some(&signed(2).fingerprint())), Err(vec![("site_fingerprint", FieldReasonDto::Wrong)]));
        std::fs::write(&path, "{}").expect("written");
        assert_eq!(outcome(None), Err(vec![("site", FieldReasonDto::NotReadable)]));
    }
}
