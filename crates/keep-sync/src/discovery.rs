//! Where to sign in: OpenID Connect Discovery 1.0 or SMART App Launch 2 (`.well-known/smart-configuration`).

use crate::SyncError;
use crate::http::{HttpClient, HttpRequest, SMALL_LIMIT};
use crate::jwks::Jwks;
use crate::settings::ServerSettings;
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use url::Url;

/// Largest discovery document or key set, bytes.
const DOCUMENT_LIMIT: usize = 512 * 1024;

/// The identity provider's addresses, each checked to be https (or loopback in a demonstration).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The issuer as its tokens say it.
    pub issuer: String,
    /// Where the browser goes.
    pub authorization: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token: Url,
    /// The published keys.
    pub jwks: Url,
    /// Where tokens are revoked (RFC 7009), where offered.
    pub revocation: Option<Url>,
}

#[derive(Deserialize)]
struct Document {
    issuer: Option<String>,
    authorization_endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    jwks_uri: Option<Url>,
    revocation_endpoint: Option<Url>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

/// Asks the issuer of the settings, or else the FHIR server for its SMART configuration.
pub(crate) async fn discover(http: &HttpClient, settings: &ServerSettings) -> Result<Endpoints, SyncError> {
    if let Some(issuer) = &settings.issuer {
        return openid(http, settings, issuer).await;
    }
    let smart: Document =
        document(http, settings, &below(&settings.fhir_base, ".well-known/smart-configuration")?).await?;
    match endpoints(&smart, settings) {
        Ok(found) => Ok(found),
        // A SMART configuration may leave out the keys and only name its issuer.
        Err(_) => openid(http, settings, smart.issuer.as_deref().ok_or(SyncError::Garbled)?).await,
    }
}

async fn openid(http: &HttpClient, settings: &ServerSettings, issuer: &str) -> Result<Endpoints, SyncError> {
    let base: Url = issuer.parse().map_err(|_| SyncError::Settings("issuer"))?;
    let found: Document = document(http, settings, &below(&base, ".well-known/openid-configuration")?).await?;
    // INVARIANT: the document speaks for the issuer that was asked, byte by byte (Discovery 1.0, 4.3).
    if found.issuer.as_deref() != Some(issuer) {
        return Err(SyncError::Garbled);
    }
    endpoints(&found, settings)
}

fn endpoints(found: &Document, settings: &ServerSettings) -> Result<Endpoints, SyncError> {
    let checked = |url: &Option<Url>| {
        let url = url.clone().ok_or(SyncError::Garbled)?;
        settings.check_address(&url).map(|()| url)
    };
    if found.code_challenge_methods_supported.as_ref().is_some_and(|all| !all.iter().any(|m| m == "S256")) {
        return Err(SyncError::Settings("provider without PKCE S256"));
    }
    Ok(Endpoints {
        issuer: found.issuer.clone().ok_or(SyncError::Garbled)?,
        authorization: checked(&found.authorization_endpoint)?,
        token: checked(&found.token_endpoint)?,
        jwks: checked(&found.jwks_uri)?,
        revocation: found
            .revocation_endpoint
            .as_ref()
            .map(|u| settings.check_address(u).map(|()| u.clone()))
            .transpose()?,
    })
}

/// The published keys, fetched now: a key set is never kept across sessions.
pub(crate) async fn fetch_jwks(http: &HttpClient, endpoints: &Endpoints) -> Result<Jwks, SyncError> {
    Jwks::from_json(&fetch(http, &endpoints.jwks).await?)
}

async fn document(http: &HttpClient, settings: &ServerSettings, url: &Url) -> Result<Document, SyncError> {
    settings.check_address(url)?;
    serde_json::from_str(&fetch(http, url).await?).map_err(|_| SyncError::Garbled)
}

async fn fetch(http: &HttpClient, url: &Url) -> Result<String, SyncError> {
    let mut ask = HttpRequest::of(Method::GET, url, DOCUMENT_LIMIT);
    ask.within = SMALL_LIMIT;
    ask.headers.push((ACCEPT, String::from("application/json")));
    let answer = http.send(ask).await?;
    if answer.is_success() { answer.text() } else { Err(answer.failure()) }
}

/// `base` with `path` appended after exactly one slash.
pub(crate) fn below(base: &Url, path: &str) -> Result<Url, SyncError> {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let joined = format!("{}/{path}", url.as_str().trim_end_matches('/'));
    joined.parse().map_err(|_| SyncError::Settings("address"))
}
