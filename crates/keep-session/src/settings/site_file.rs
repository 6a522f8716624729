//! The site file: what a workstation must know of its site, written and signed by IT.

use crate::settings::sign_in::SignInSettings;
use keep_domain::{ErrorCode, length_prefixed};
use keep_hardening::private_file;
use keep_keys::{Signer, verify_signature};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// The largest accepted file, bytes.
const MOST_BYTES: u64 = 1 << 20;
/// The version that this program reads.
const VERSION: u32 = 1;
/// Bytes of a key's hash in its fingerprint.
const FINGERPRINT_BYTES: usize = 16;

/// The content of a site file, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteFile {
    /// Format version.
    pub version: u32,
    /// The FHIR R4 base address.
    pub server: String,
    /// The OAuth client id registered for Chartkeep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How to sign in.
    #[serde(default)]
    pub sign_in: SignInSettings,
}

/// A signed site file as it is stored: the text of the site file and an Ed25519 signature over exactly that text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedSiteFile {
    site: String,
    /// The public key, hexadecimal.
    key: String,
    /// The signature, hexadecimal.
    signature: String,
}

impl SiteFile {
    /// A site file for one server, to be completed by hand.
    #[must_use]
    pub fn for_server(server: &str, issuer: Option<String>) -> Self {
        let sign_in = SignInSettings { issuer, ..SignInSettings::default() };
        Self { version: VERSION, server: server.to_owned(), client_id: None, sign_in }
    }

    /// Reads the text of a site file.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn read(text: &str) -> Result<Self, String> {
        let site: Self = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if site.version != VERSION {
            return Err(format!("version {} is not known", site.version));
        }
        if url::Url::parse(&site.server).is_err() {
            return Err(String::from("server is not an address"));
        }
        Ok(site)
    }
}

impl SignedSiteFile {
    /// Signs the text of a site file, which must be one.
    ///
    /// # Errors
    /// As [`SiteFile::read`].
    pub fn sign(text: &str, signer: &Signer) -> Result<Self, String> {
        SiteFile::read(text)?;
        let signature = hex::encode(signer.sign(&signed_bytes(text)));
        Ok(Self { site: text.to_owned(), key: hex::encode(signer.public()), signature })
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`ErrorCode::Io`] where it cannot be read, [`ErrorCode::Invalid`] where it is not a signed site file.
    pub fn load(path: &Path) -> Result<Self, ErrorCode> {
        let bytes = private_file::read_named(path, MOST_BYTES).map_err(|_| ErrorCode::Io)?;
        serde_json::from_slice(&bytes).map_err(|_| ErrorCode::Invalid)
    }

    /// The content, if the signature is by the key in the file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn content(&self) -> Result<SiteFile, String> {
        let (mut key, mut signature) = ([0; 32], [0; 64]);
        let decoded = hex::decode_to_slice(&self.key, &mut key).is_ok()
            && hex::decode_to_slice(&self.signature, &mut signature).is_ok();
        if !decoded || !verify_signature(&key, &signed_bytes(&self.site), &signature) {
            return Err(String::from("the signature is not by the key in the file"));
        }
        SiteFile::read(&self.site)
    }

    /// The fingerprint of the key: 128 bits of its SHA-256, in groups of four letters.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(length_prefixed(&[b"chartkeep/site-key/1", self.key.as_bytes()]));
        let text = hex::encode(digest.get(..FINGERPRINT_BYTES).unwrap_or_default());
        text.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join("-")
    }

    /// Whether `typed` is the fingerprint; spaces, hyphens and case do not count.
    #[must_use]
    pub fn is_of(&self, typed: &str) -> bool {
        let bare = |text: &str| text.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase();
        !typed.is_empty() && bare(typed) == bare(&self.fingerprint())
    }
}

fn signed_bytes(text: &str) -> Vec<u8> {
    length_prefixed(&[b"chartkeep/site/1", text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"version": 1, "server": "https://ehr.example/fhir", "sign_in": {
        "issuer": "https://id.example/realms/clinic",
        "roles": {"claim": "realm_access.roles", "names": {"ward-nurse": "nurse"}}, "acr": ["2"]}}"#;

    #[test]
    fn what_it_signed_is_what_is_read() {
        let signed = SignedSiteFile::sign(TEXT, &Signer::for_tests(1)).expect("signed");
        let site = signed.content().expect("read");
        assert_eq!(site.sign_in.roles.claim, "realm_access.roles");
        let other = SignedSiteFile::sign(TEXT, &Signer::for_tests(2)).expect("signed");
        assert!(signed.is_of(&signed.fingerprint().to_uppercase().replace('-', " ")));
        assert!(!signed.is_of(&other.fingerprint()) && !signed.is_of(""));
        let forged = SignedSiteFile { site: TEXT.replace("ehr", "evil"), ..signed.clone() };
        assert!(forged.content().is_err());
        let swapped = SignedSiteFile { key: other.key, ..signed };
        assert!(swapped.content().is_err());
    }

    #[test]
    fn every_site_file_of_the_pages_for_it_is_one() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/it");
        let mut found = 0;
        for page in std::fs::read_dir(pages).expect("the pages") {
            let path = page.expect("a page").path();
            let text = std::fs::read_to_string(&path).expect("a page");
            for block in text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()) {
                assert_eq!(SiteFile::read(block).map(|_| ()), Ok(()), "{}", path.display());
                found += 1;
            }
        }
        assert!(found >= 3, "{found}");
    }

    #[test]
    fn a_misspelt_requirement_is_never_ignored() {
        for text in [
            r#"{"version": 2, "server": "https://ehr.example/fhir"}"#,
            r#"{"version": 1, "server": "ehr"}"#,
            r#"{"version": 1, "server": "https://ehr.example/fhir", "sign_in": {"arc": ["2"]}}"#,
            r#"{"version": 1, "server": "https://ehr.example/fhir", "sign_in": {"roles": {"names": {"a": "doctor"}}}}"#,
        ] {
            assert!(SignedSiteFile::sign(text, &Signer::for_tests(1)).is_err(), "{text}");
        }
    }
}
