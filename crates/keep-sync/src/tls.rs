//! The only place where an HTTP client is built.

use crate::error::SyncError;
use crate::settings::{ServerSettings, is_loopback};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use std::error::Error as _;
use std::time::Duration;

/// Time to reach the server, TLS handshake included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Longest time without a byte of the response; a slow connection still delivers some.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// What the server's log says of this program.
pub(crate) const USER_AGENT: &str = concat!("Chartkeep/", env!("CARGO_PKG_VERSION"));
/// Redirects followed on the same origin.
pub(crate) const MAX_REDIRECTS: usize = 3;

/// A client that trusts the system's roots and the authority in the settings, requires TLS 1.2 or newer, never follows a
/// redirect to another origin, and by itself only those that repeat the request as it was.
///
/// # Errors
/// [`SyncError::Settings`] for an unacceptable base address or PEM, [`SyncError::Untrusted`] where no root is
/// available.
pub(crate) fn make_client(settings: &ServerSettings) -> Result<Client, SyncError> {
    settings.check_address(&settings.fhir_base)?;
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .tcp_nodelay(true)
        .referer(false)
        // Decompressed by our own code, which counts the transferred bytes and limits the uncompressed size.
        .no_gzip()
        .https_only(!settings.demo)
        .redirect(Policy::custom(|attempt| {
            let same_origin = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
            // Any other status would turn a write into a read, whose answer would be taken for that of the write.
            let repeats = matches!(attempt.status().as_u16(), 307 | 308);
            let follows = same_origin && repeats && attempt.previous().len() <= MAX_REDIRECTS;
            if follows { attempt.follow() } else { attempt.stop() }
        }));
    if is_loopback(&settings.fhir_base) {
        // A proxy from the environment cannot reach this machine's loopback.
        builder = builder.no_proxy();
    }
    if let Some(pem) = &settings.extra_ca_pem {
        builder = builder.tls_certs_merge(authorities(pem)?);
    }
    builder.build().map_err(|_| SyncError::Untrusted)
}

/// Checks that `pem` contains usable certificates of authorities.
///
/// # Errors
/// [`SyncError::Settings`] where it contains none, or something else.
pub fn check_authorities(pem: &str) -> Result<(), SyncError> {
    let builder = Client::builder().tls_certs_only(authorities(pem)?);
    builder.build().map(|_| ()).map_err(|_| SyncError::Settings("extra_ca_pem"))
}

fn authorities(pem: &str) -> Result<Vec<Certificate>, SyncError> {
    let found = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| SyncError::Settings("extra_ca_pem"))?;
    if found.is_empty() { Err(SyncError::Settings("extra_ca_pem")) } else { Ok(found) }
}

/// Reduces a transport error to its kind; the text is dropped, since it contains the address.
pub(crate) fn transport_error(error: &reqwest::Error) -> SyncError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if is_tls(inner) {
            return SyncError::Untrusted;
        }
        cause = inner.source();
    }
    if error.is_decode() || (error.is_body() && !error.is_timeout()) {
        SyncError::InvalidResponse
    } else {
        SyncError::Unreachable
    }
}

fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    // An I/O error does not return its inner error as `source`.
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}

#[cfg(test)]
mod tests;
