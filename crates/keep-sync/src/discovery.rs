//! Where to sign in: OpenID Connect Discovery 1.0 or SMART App Launch 2 (`.well-known/smart-configuration`).

use crate::error::SyncError;
use crate::http::{HttpClient, HttpRequest, SMALL_TIMEOUT, join_path};
use crate::jwks::Jwks;
use crate::settings::ServerSettings;
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use url::Url;

/// Largest discovery document or key set, bytes.
const MAX_DOCUMENT: usize = 512 * 1024;

/// The identity provider's endpoints, each checked to be https (or loopback in a demonstration).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoints {
    /// The issuer as in its tokens.
    pub(crate) issuer: String,
    /// For the browser.
    pub(crate) authorization: Url,
    /// For the exchange of codes and refresh tokens.
    pub(crate) token: Url,
    /// The published keys.
    pub(crate) jwks: Url,
    /// For signed claims about the user, where there is one.
    pub(crate) userinfo: Option<Url>,
}

#[derive(Deserialize)]
struct Document {
    issuer: Option<String>,
    authorization_endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    jwks_uri: Option<Url>,
    userinfo_endpoint: Option<Url>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

/// Discovers the endpoints of the issuer in the settings, or else those in the FHIR server's SMART configuration.
pub(crate) async fn discover(http: &HttpClient, settings: &ServerSettings) -> Result<Endpoints, SyncError> {
    if let Some(issuer) = &settings.issuer {
        return openid(http, settings, issuer).await;
    }
    let address = join_path(&settings.fhir_base, ".well-known/smart-configuration")?;
    let smart: Document = match document(http, settings, &address).await {
        // A FHIR server without SMART answers as for any path that it does not know (HAPI: 404, or 400 with an outcome).
        Err(SyncError::Failed { status: 400..500, .. } | SyncError::InvalidResponse) => {
            return Err(SyncError::NoSignInAddress);
        }
        found => found?,
    };
    match endpoints(&smart, settings) {
        Ok(found) => Ok(found),
        // A SMART configuration may omit the keys and only name its issuer.
        Err(_) => openid(http, settings, smart.issuer.as_deref().ok_or(SyncError::NoSignInAddress)?).await,
    }
}

async fn openid(http: &HttpClient, settings: &ServerSettings, issuer: &str) -> Result<Endpoints, SyncError> {
    let base: Url = issuer.parse().map_err(|_| SyncError::Settings("issuer"))?;
    let address = join_path(&base, ".well-known/openid-configuration")?;
    let found: Document = match document(http, settings, &address).await {
        Err(SyncError::Failed { status: 400..500, .. } | SyncError::InvalidResponse) => {
            return Err(SyncError::WrongIssuer);
        }
        found => found?,
    };
    // INVARIANT: the document is of the requested issuer, byte by byte (Discovery 1.0, 4.3).
    if found.issuer.as_deref() != Some(issuer) {
        return Err(SyncError::WrongIssuer);
    }
    endpoints(&found, settings)
}

/// The provider's own description, as it is.
pub(crate) async fn provider_document(
    http: &HttpClient,
    settings: &ServerSettings,
    issuer: &str,
) -> Result<serde_json::Value, SyncError> {
    let base: Url = issuer.parse().map_err(|_| SyncError::Settings("issuer"))?;
    let address = join_path(&base, ".well-known/openid-configuration")?;
    settings.check_address(&address)?;
    serde_json::from_str(&fetch(http, &address).await?).map_err(|_| SyncError::InvalidResponse)
}

fn endpoints(found: &Document, settings: &ServerSettings) -> Result<Endpoints, SyncError> {
    let checked = |url: &Option<Url>| {
        let url = url.clone().ok_or(SyncError::WrongIssuer)?;
        settings.check_address(&url).map(|()| url)
    };
    if found.code_challenge_methods_supported.as_ref().is_some_and(|all| !all.iter().any(|m| m == "S256")) {
        return Err(SyncError::Settings("provider without PKCE S256"));
    }
    Ok(Endpoints {
        issuer: found.issuer.clone().ok_or(SyncError::WrongIssuer)?,
        authorization: checked(&found.authorization_endpoint)?,
        token: checked(&found.token_endpoint)?,
        jwks: checked(&found.jwks_uri)?,
        userinfo: checked(&found.userinfo_endpoint).ok(),
    })
}

/// The published keys, fetched now: a key set is never stored across sessions.
pub(crate) async fn fetch_jwks(http: &HttpClient, endpoints: &Endpoints) -> Result<Jwks, SyncError> {
    Jwks::from_json(&fetch(http, &endpoints.jwks).await?)
}

async fn document(http: &HttpClient, settings: &ServerSettings, url: &Url) -> Result<Document, SyncError> {
    settings.check_address(url)?;
    serde_json::from_str(&fetch(http, url).await?).map_err(|_| SyncError::InvalidResponse)
}

async fn fetch(http: &HttpClient, url: &Url) -> Result<String, SyncError> {
    let mut request = HttpRequest::new(Method::GET, url, MAX_DOCUMENT);
    request.timeout = SMALL_TIMEOUT;
    request.headers.push((ACCEPT, String::from("application/json")));
    let response = http.send(request).await?;
    if response.is_success() { response.text() } else { Err(response.failure()) }
}
