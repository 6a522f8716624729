//! The file of certificate authorities named in the settings, used only while its hash is the sealed one.
//!
//! Anyone who can change that file could intercept the connection to the server and receive the refresh token.

use crate::dto::device::DeviceCheckDto;
use crate::dto::failure::FieldReasonDto;
use crate::error::SessionError;
use crate::state::acquire;
use crate::workstation::Workstation;
use keep_audit::{Actor, DetailValue, EventClass, EventDraft};
use keep_domain::ErrorCode;
use keep_hardening::private_file;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The largest accepted file, bytes; the bundle of a browser is a quarter of that.
const LIMIT: u64 = 1024 * 1024;

/// The file's text and hash.
pub(crate) struct AuthorityFile {
    pub(crate) pem: String,
    digest: [u8; 32],
}

impl AuthorityFile {
    /// Reads the file at `path`; it must be a regular text file of at most [`LIMIT`] bytes.
    pub(crate) fn read(path: &Path) -> Result<Self, SessionError> {
        let not_readable = || SessionError::field("ca_file", FieldReasonDto::NotReadable);
        let bytes = private_file::read_named(path, LIMIT).map_err(|_| not_readable())?;
        let pem = String::from_utf8(bytes).map_err(|_| not_readable())?;
        let digest = Sha256::digest(pem.as_bytes()).into();
        Ok(Self { pem, digest })
    }

    /// The SHA-256 in hexadecimal, as the settings store it.
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.digest)
    }
}

impl Workstation {
    /// The authorities to trust in addition to the system's, as sealed in the settings.
    ///
    /// # Errors
    /// `authority_file_changed` where the file has changed since, `invalid` where it cannot be read.
    pub(crate) fn sealed_authorities(&self) -> Result<Option<String>, SessionError> {
        let (path, sealed) = {
            let settings = self.settings();
            (settings.ca_file.clone(), settings.ca_file_sha256.clone())
        };
        let Some(path) = path else { return Ok(None) };
        let file = AuthorityFile::read(&path)?;
        match sealed {
            Some(sealed) if sealed == file.sha256() => {}
            // INVARIANT: nothing is sent, and no other file is accepted in place of the sealed one.
            Some(_) => return Err(ErrorCode::AuthorityFileChanged.into()),
            None => self.adopt(&file)?,
        }
        Ok(Some(file.pem))
    }

    /// Seals the hash of a file named in settings of an earlier version, or in settings that IT prepared.
    ///
    /// Done as soon as the device key exists, which ends the time in which the file could be swapped.
    pub(crate) fn adopt_authority_file(&self) {
        let path = {
            let settings = self.settings();
            settings.ca_file.clone().filter(|_| settings.ca_file_sha256.is_none())
        };
        let adopted = path.map(|path| AuthorityFile::read(&path).and_then(|file| self.adopt(&file)));
        if matches!(adopted, Some(Err(_))) {
            tracing::warn!("the certificate authority file could not be sealed; the next connection will try again");
        }
    }

    /// The finding about the file for the device page.
    pub(crate) fn authority_file_finding(&self) -> Option<DeviceCheckDto> {
        match self.sealed_authorities() {
            Ok(_) => None,
            Err(error) if error.code == ErrorCode::AuthorityFileChanged => Some(DeviceCheckDto::AuthorityFileChanged),
            Err(_) => Some(DeviceCheckDto::AuthorityFileUnreadable),
        }
    }

    fn adopt(&self, file: &AuthorityFile) -> Result<(), SessionError> {
        if !self.0.access.writes {
            return Ok(());
        }
        self.change_settings(|w| w.seal_authority_file(file.sha256()))?;
        if acquire(&self.0.device.context).is_some() {
            self.record(changed("authority_file_adopted", file));
        }
        Ok(())
    }

    /// Replaces the file named in the settings with the one at `path`.
    ///
    /// # Errors
    /// `invalid` where it cannot be read or holds no certificate, and the errors of saving the settings.
    pub(crate) fn replace_authority_file(&self, actor: Actor, path: &Path) -> Result<(), SessionError> {
        let path = path.canonicalize().map_err(|_| SessionError::field("ca_file", FieldReasonDto::NotReadable))?;
        let file = AuthorityFile::read(&path)?;
        keep_sync::check_authorities(&file.pem)
            .map_err(|_| SessionError::field("ca_file", FieldReasonDto::NoCertificate))?;
        // INVARIANT: it is in the ledger before it is trusted.
        self.enrolled_device()?.ledger.append(changed("authority_file_replaced", &file).by(actor))?;
        self.change_settings(|w| {
            w.ca_file = Some(path);
            w.seal_authority_file(file.sha256());
        })
    }
}

/// The event for a newly trusted file.
fn changed(how: &'static str, file: &AuthorityFile) -> EventDraft {
    EventDraft::new(EventClass::ConfigChange).with_cause(how).with("sha256", DetailValue::digest(&file.digest))
}
