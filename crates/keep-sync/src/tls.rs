//! The one place where an HTTP client is made.

use crate::SyncError;
use crate::settings::{ServerSettings, is_loopback};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use std::error::Error as _;
use std::time::Duration;

/// Time to reach the server, TLS handshake included.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// Longest silence inside an answer: a slow line drips, a dead one is silent.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// Redirects followed on the same origin.
const REDIRECTS: usize = 3;

/// A client that trusts the system's roots and the settings' own authority, speaks TLS 1.2 or newer and
/// never follows a redirect to another origin.
///
/// # Errors
/// [`SyncError::Settings`] for an unacceptable base address or PEM, [`SyncError::Untrusted`] where no root at all is known.
pub(crate) fn make_client(settings: &ServerSettings) -> Result<Client, SyncError> {
    settings.check_address(&settings.fhir_base)?;
    let mut builder = Client::builder()
        .user_agent(concat!("Chartkeep/", env!("CARGO_PKG_VERSION")))
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .connect_timeout(CONNECT_LIMIT)
        .read_timeout(SILENCE_LIMIT)
        .tcp_nodelay(true)
        .referer(false)
        // Compression is undone by hand: the bytes on the wire are counted and the unpacked size is limited.
        .no_gzip()
        .https_only(!settings.demo)
        .redirect(Policy::custom(|attempt| {
            let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
            if same && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
        }));
    if is_loopback(&settings.fhir_base) {
        // A proxy from the environment cannot reach this machine's own loopback.
        builder = builder.no_proxy();
    }
    if let Some(pem) = &settings.extra_ca_pem {
        builder = builder.tls_certs_merge(authorities(pem)?);
    }
    builder.build().map_err(|_| SyncError::Untrusted)
}

/// Whether `pem` holds certificates of authorities that can be trusted.
///
/// # Errors
/// [`SyncError::Settings`] where it holds none, or something else.
pub fn check_authorities(pem: &str) -> Result<(), SyncError> {
    let builder = Client::builder().tls_certs_only(authorities(pem)?);
    builder.build().map(|_| ()).map_err(|_| SyncError::Settings("extra_ca_pem"))
}

fn authorities(pem: &str) -> Result<Vec<Certificate>, SyncError> {
    let found = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| SyncError::Settings("extra_ca_pem"))?;
    if found.is_empty() { Err(SyncError::Settings("extra_ca_pem")) } else { Ok(found) }
}

/// Reduces a transport error to its kind; the text is dropped, as it names the address.
pub(crate) fn transport_kind(error: &reqwest::Error) -> SyncError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if is_tls(inner) {
            return SyncError::Untrusted;
        }
        cause = inner.source();
    }
    if error.is_decode() || (error.is_body() && !error.is_timeout()) {
        SyncError::Garbled
    } else {
        SyncError::Unreachable
    }
}

fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    // What an I/O error was made of is not its `source`; it has to be asked for, layer by layer.
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}

#[cfg(test)]
mod tests;
