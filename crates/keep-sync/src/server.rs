//! One organisation's server and identity provider, as one connection pool.

use crate::discovery::{Endpoints, discover};
use crate::error::SyncError;
use crate::http::{HttpClient, Meter};
use crate::settings::ServerSettings;
use keep_domain::{Clock, UtcMillis};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Settings with an HTTP client; cheap to clone. Opening one sends nothing.
#[derive(Debug, Clone)]
pub struct Server {
    http: HttpClient,
    settings: Arc<ServerSettings>,
    endpoints: Arc<OnceCell<Endpoints>>,
}

impl Server {
    /// Builds the client: trust roots are read here, so a changed CA file needs a new `Server`.
    ///
    /// `clock` is trusted time, by which all times from servers are judged.
    ///
    /// # Errors
    /// [`SyncError::Settings`] for an unacceptable address or PEM, [`SyncError::Untrusted`] where no trust root is
    /// available.
    pub fn open(settings: ServerSettings, clock: Arc<dyn Clock>) -> Result<Self, SyncError> {
        let http = HttpClient::open(&settings, clock)?;
        Ok(Self { http, settings: Arc::new(settings), endpoints: Arc::default() })
    }

    /// Its settings.
    pub(crate) fn settings(&self) -> &ServerSettings {
        &self.settings
    }

    /// Bytes sent and received since it was opened.
    pub(crate) fn meter(&self) -> Arc<Meter> {
        Arc::clone(self.http.meter())
    }

    /// The newest time received from the server or the identity provider over TLS, whole seconds. A time that is far
    /// off trusted time is ignored.
    pub(crate) fn server_time(&self) -> Option<UtcMillis> {
        self.http.server_time()
    }

    pub(crate) const fn http(&self) -> &HttpClient {
        &self.http
    }

    /// The identity provider's endpoints, discovered once per `Server`.
    ///
    /// # Errors
    /// Unreachable, untrusted, invalid or failed; a failure is not cached.
    pub(crate) async fn endpoints(&self) -> Result<&Endpoints, SyncError> {
        self.endpoints.get_or_try_init(|| discover(&self.http, &self.settings)).await
    }
}
