//! Writes, signs and checks site files. Works on files alone: no profile is opened.

use crate::settings::site_file::{SignedSiteFile, SiteFile};
use keep_domain::{ErrorCode, Secret};
use keep_hardening::private_file;
use keep_keys::Signer;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Bytes of a signing key file: 32 bytes in hexadecimal and a line end.
const KEY_BYTES: u64 = 65;
/// The largest site file that is read, bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Why a site file was not written, signed or accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFailure {
    /// The code.
    pub code: ErrorCode,
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it, in words for IT.
    pub problem: String,
}

/// Writes a site file to `out` and a new signing key to `key`; a file that exists is never replaced.
///
/// # Errors
/// [`SiteFailure`].
pub fn write_new(site: &SiteFile, out: &Path, key: &Path) -> Result<(), SiteFailure> {
    let failed = |problem: String| SiteFailure { code: ErrorCode::Invalid, file: out.to_owned(), problem };
    let text = serde_json::to_string_pretty(site).map_err(|e| failed(e.to_string()))?;
    SiteFile::read(&text).map_err(failed)?;
    let seed = Signer::make_seed().map_err(|e| failed(e.to_string()))?;
    // EXPOSE: written once, to a file that only its owner can read.
    let line = Secret::new(format!("{}\n", hex::encode(seed.expose())));
    // EXPOSE: as above.
    create(key, line.expose())?;
    create(out, &format!("{text}\n"))
}

/// Signs the site file at `file` with the key at `key`, writes it to `out`, and returns the key's fingerprint.
///
/// # Errors
/// [`SiteFailure`].
pub fn sign(file: &Path, key: &Path, out: &Path) -> Result<String, SiteFailure> {
    let text = read(file, MOST_BYTES)?;
    let line = Secret::new(read(key, KEY_BYTES)?);
    let mut seed = [0; 32];
    // EXPOSE: the seed of the signing key that the caller named.
    let decoded = hex::decode_to_slice(line.expose().trim(), &mut seed);
    let seed = Secret::new(seed);
    if decoded.is_err() {
        let problem = String::from("not a signing key");
        return Err(SiteFailure { code: ErrorCode::Invalid, file: key.to_owned(), problem });
    }
    let failed = |problem| SiteFailure { code: ErrorCode::Invalid, file: file.to_owned(), problem };
    let signed = SignedSiteFile::sign(&text, &Signer::of_seed(&seed)).map_err(failed)?;
    let signed_text = serde_json::to_string_pretty(&signed).map_err(|e| failed(e.to_string()))?;
    create(out, &format!("{signed_text}\n"))?;
    Ok(signed.fingerprint())
}

/// Reads the signed site file at `file`: its content, and the fingerprint of its key.
///
/// # Errors
/// [`SiteFailure`].
pub fn check(file: &Path) -> Result<(SiteFile, String), SiteFailure> {
    let failed = |code, problem| SiteFailure { code, file: file.to_owned(), problem };
    let signed = SignedSiteFile::load(file).map_err(|code| failed(code, String::from("not a signed site file")))?;
    let site = signed.content().map_err(|problem| failed(ErrorCode::Invalid, problem))?;
    Ok((site, signed.fingerprint()))
}

fn read(path: &Path, limit: u64) -> Result<String, SiteFailure> {
    let failed = |code, problem| SiteFailure { code, file: path.to_owned(), problem };
    let bytes = private_file::read_named(path, limit).map_err(|e| failed(ErrorCode::Io, e.to_string()))?;
    String::from_utf8(bytes).map_err(|_| failed(ErrorCode::Invalid, String::from("not text")))
}

fn create(path: &Path, text: &str) -> Result<(), SiteFailure> {
    let failed = |e: std::io::Error| SiteFailure { code: ErrorCode::Io, file: path.to_owned(), problem: e.to_string() };
    let mut file = private_file::create_new(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}
