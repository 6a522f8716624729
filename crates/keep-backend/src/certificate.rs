//! The backend's own certificate authority and leaf, made at first start and kept in the data folder.

use crate::BackendError;
use keep_domain::UtcMillis;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CA: &str = "ca.pem";
const LEAF: &str = "server.pem";
const KEY: &str = "server.key";

/// Opens the TLS configuration of `data`, making authority, leaf and key where they are missing.
/// Gives it together with the path of the authority's PEM file.
///
/// # Errors
/// [`BackendError::Certificate`] when a file is unreadable or of the wrong kind.
pub(crate) fn open_tls(data: &Path, now: UtcMillis) -> Result<(Arc<ServerConfig>, PathBuf), BackendError> {
    let broken = || BackendError::Certificate(data.to_path_buf());
    let ca = data.join(CA);
    if !(ca.exists() && data.join(LEAF).exists() && data.join(KEY).exists()) {
        make_certificates(data, now)?;
    }
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(data.join(LEAF))
        .map_err(|_| broken())?
        .collect::<Result<_, _>>()
        .map_err(|_| broken())?;
    let key = PrivateKeyDer::from_pem_file(data.join(KEY)).map_err(|_| broken())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|_| broken())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|_| broken())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((Arc::new(config), ca))
}

fn make_certificates(data: &Path, now: UtcMillis) -> Result<(), BackendError> {
    let broken = |_| BackendError::Certificate(data.to_path_buf());
    let year = jiff::Timestamp::from_millisecond(now.0)
        .map(|t| i32::from(t.to_zoned(jiff::tz::TimeZone::UTC).year()))
        .unwrap_or(2026);
    // A clock that is a year behind must still meet a certificate that is valid.
    let validity = (rcgen::date_time_ymd(year - 2, 1, 1), rcgen::date_time_ymd(year + 10, 1, 1));

    let ca_key = KeyPair::generate().map_err(broken)?;
    let mut ca = CertificateParams::default();
    (ca.not_before, ca.not_after) = validity;
    ca.distinguished_name.push(DnType::CommonName, "Chartkeep demo authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_pem = ca.self_signed(&ca_key).map_err(broken)?.pem();
    let issuer = Issuer::new(ca, ca_key);

    let key = KeyPair::generate().map_err(broken)?;
    let names = ["127.0.0.1", "::1", "localhost"].map(String::from).to_vec();
    let mut leaf = CertificateParams::new(names).map_err(broken)?;
    (leaf.not_before, leaf.not_after) = validity;
    leaf.distinguished_name.push(DnType::CommonName, "keep-backend");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let leaf_pem = leaf.signed_by(&key, &issuer).map_err(broken)?.pem();

    // The authority's key is dropped here: nothing else will ever be issued under it.
    write_private(&data.join(KEY), key.serialize_pem().as_bytes())?;
    write_private(&data.join(LEAF), leaf_pem.as_bytes())?;
    write_private(&data.join(CA), ca_pem.as_bytes())
}

/// Writes a file that only its owner may read, whole or not at all.
///
/// # Errors
/// [`BackendError::Io`].
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), BackendError> {
    let named = || BackendError::io(format!("writing {}", path.display()));
    let temporary = path.with_extension("new");
    if temporary.exists() {
        fs::remove_file(&temporary).map_err(named())?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary).map_err(named())?;
    file.write_all(bytes).map_err(named())?;
    file.sync_all().map_err(named())?;
    fs::rename(&temporary, path).map_err(named())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn made_once_and_private() {
        let data = tempfile::tempdir().expect("folder");
        let now = UtcMillis(1_795_338_000_000);
        let (_, ca) = open_tls(data.path(), now).expect("first start");
        let first = fs::read(&ca).expect("pem");
        open_tls(data.path(), now).expect("second start");
        assert_eq!(fs::read(&ca).expect("pem"), first);
        let mode = fs::metadata(data.path().join(KEY)).expect("key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
