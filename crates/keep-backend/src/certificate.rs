//! The backend's own certificate authority and server certificate, created on first start and stored in the data folder.

use crate::error::BackendError;
use crate::private_file::write_private;
use keep_domain::UtcMillis;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CA: &str = "ca.pem";
const LEAF: &str = "server.pem";
const KEY: &str = "server.key";

/// Loads the TLS configuration from `data`, creating authority, certificate and key if one is missing.
/// Returns it with the path of the authority's PEM file.
///
/// # Errors
/// [`BackendError::Certificate`] if a file cannot be read or is not valid PEM.
pub(crate) fn open_tls(data: &Path, now: UtcMillis) -> Result<(Arc<ServerConfig>, PathBuf), BackendError> {
    let invalid = || BackendError::Certificate(data.to_path_buf());
    let ca = data.join(CA);
    if !(ca.exists() && data.join(LEAF).exists() && data.join(KEY).exists()) {
        make_certificates(data, now)?;
    }
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(data.join(LEAF))
        .map_err(|_| invalid())?
        .collect::<Result<_, _>>()
        .map_err(|_| invalid())?;
    let key = PrivateKeyDer::from_pem_file(data.join(KEY)).map_err(|_| invalid())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|_| invalid())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|_| invalid())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((Arc::new(config), ca))
}

fn make_certificates(data: &Path, now: UtcMillis) -> Result<(), BackendError> {
    let failed = |_| BackendError::Certificate(data.to_path_buf());
    let year = jiff::Timestamp::from_millisecond(now.0)
        .map(|t| i32::from(t.to_zoned(jiff::tz::TimeZone::UTC).year()))
        .unwrap_or(2026);
    // The certificate must be valid even for a client whose clock is a year behind.
    let validity = (rcgen::date_time_ymd(year - 2, 1, 1), rcgen::date_time_ymd(year + 10, 1, 1));

    let ca_key = KeyPair::generate().map_err(failed)?;
    let mut ca = CertificateParams::default();
    (ca.not_before, ca.not_after) = validity;
    ca.distinguished_name.push(DnType::CommonName, "Chartkeep demo authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_pem = ca.self_signed(&ca_key).map_err(failed)?.pem();
    let issuer = Issuer::new(ca, ca_key);

    let key = KeyPair::generate().map_err(failed)?;
    let names = ["127.0.0.1", "::1", "localhost"].map(String::from).to_vec();
    let mut leaf = CertificateParams::new(names).map_err(failed)?;
    (leaf.not_before, leaf.not_after) = validity;
    leaf.distinguished_name.push(DnType::CommonName, "keep-backend");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    let leaf_pem = leaf.signed_by(&key, &issuer).map_err(failed)?.pem();

    // The authority's key is never stored: it issues no other certificate.
    write_private(&data.join(KEY), key.serialize_pem().as_bytes())?;
    write_private(&data.join(LEAF), leaf_pem.as_bytes())?;
    write_private(&data.join(CA), ca_pem.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn certificates_are_created_once_and_the_key_is_private() {
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
