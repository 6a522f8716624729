//! Requests the server's capabilities.

use super::capabilities::Capabilities;
use super::client::{FhirClient, RequestBody, resource_text};
use crate::error::SyncError;
use crate::http::join_path;
use keep_domain::UtcMillis;
use keep_fhir::{Bundle, Raw};
use reqwest::Method;
use std::sync::Arc;

impl FhirClient {
    /// The server's capabilities: `cached` where that is fresh, else requested and probed now.
    ///
    /// # Errors
    /// Transport errors, an error status, or a body that is not a CapabilityStatement.
    pub async fn capabilities(&self, cached: Option<Capabilities>) -> Result<Arc<Capabilities>, SyncError> {
        if let Some(known) = self.known_capabilities() {
            return Ok(known);
        }
        let now = self.credentials().server().http().clock().now();
        let capabilities = match cached.filter(|c| c.is_fresh(self.base(), now)) {
            Some(cached) => cached,
            None => self.request_capabilities(now).await?,
        };
        let capabilities = Arc::new(capabilities);
        self.set_capabilities(Arc::clone(&capabilities));
        Ok(capabilities)
    }

    async fn request_capabilities(&self, now: UtcMillis) -> Result<Capabilities, SyncError> {
        let response = self.send(Method::GET, &join_path(self.base(), "metadata")?, Vec::new(), None).await?;
        if !response.is_success() {
            return Err(response.failure());
        }
        let statement = Raw::parse(&resource_text(response)?).map_err(|_| SyncError::InvalidResponse)?;
        let mut capabilities = Capabilities::from_statement(self.base(), &statement, now)?;
        // A statement does not mention compressed requests: a compressed batch of nothing must be understood. It is in the
        // form of the writes, since HAPI unpacks JSON and ignores packed forms.
        let body = RequestBody::gzip_fhir(r#"{"resourceType":"Bundle","type":"batch","entry":[]}"#);
        let response = self.send(Method::POST, self.base(), Vec::new(), Some(body)).await?;
        let text = if response.is_success() { response.text().ok() } else { None };
        capabilities.gzip_requests =
            text.is_some_and(|text| Bundle::parse(&text).is_ok_and(|bundle| bundle.kind == "batch-response"));
        Ok(capabilities)
    }
}
