//! One organisation's server and identity provider, as one connection pool.

use crate::SyncError;
use crate::discovery::{Endpoints, discover};
use crate::http::{HttpClient, Meter};
use crate::settings::ServerSettings;
use keep_domain::{Clock, UtcMillis};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The settings with their client; cheap to clone. Nothing is sent before the first request.
#[derive(Debug, Clone)]
pub struct Server {
    http: HttpClient,
    settings: Arc<ServerSettings>,
    endpoints: Arc<OnceCell<Endpoints>>,
}

impl Server {
    /// Makes the client: trust roots are read here, so a changed CA file needs a new `Server`.
    ///
    /// `clock` tells trusted time: what servers say of the time is measured by it.
    ///
    /// # Errors
    /// [`SyncError::Settings`] for an unacceptable address or PEM, [`SyncError::Untrusted`] where no trust root is known.
    pub fn open(settings: ServerSettings, clock: Arc<dyn Clock>) -> Result<Self, SyncError> {
        let http = HttpClient::open(&settings, clock)?;
        Ok(Self { http, settings: Arc::new(settings), endpoints: Arc::default() })
    }

    /// The settings that it was opened with.
    #[must_use]
    pub fn settings(&self) -> &ServerSettings {
        &self.settings
    }

    /// Bytes sent and received through this connection since it was opened.
    #[must_use]
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(self.http.meter())
    }

    /// The newest time that the server or the identity provider told over TLS: authenticated time, whole seconds. A time
    /// that is far off the clock's is left out.
    #[must_use]
    pub fn server_time(&self) -> Option<UtcMillis> {
        self.http.server_time()
    }

    pub(crate) const fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Where to sign in; asked once per `Server`.
    ///
    /// # Errors
    /// Unreachable, untrusted, garbled or failed; an unsuccessful try is not remembered.
    pub async fn endpoints(&self) -> Result<&Endpoints, SyncError> {
        self.endpoints.get_or_try_init(|| discover(&self.http, &self.settings)).await
    }
}
