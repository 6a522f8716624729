//! Authorization requests and the codes of completed sign-ins (RFC 6749 4.1).

use crate::mutex::acquire;
use keep_domain::UtcMillis;
use std::collections::HashMap;
use std::sync::Mutex;
use url::Url;

/// Lifetime of an authorization code, s.
const CODE_SECONDS: i64 = 60;
/// How long a code is remembered after it has expired, s, to detect that it is used again.
const REUSE_DETECTION_SECONDS: i64 = 600;

/// A valid authorization request.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationRequest {
    pub(crate) client: String,
    pub(crate) redirect_uri: Url,
    pub(crate) state: String,
    pub(crate) nonce: String,
    /// PKCE challenge, S256.
    pub(crate) challenge: String,
    pub(crate) scope: String,
}

/// A completed sign-in whose code can be exchanged for tokens.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizationGrant {
    pub(crate) request: AuthorizationRequest,
    pub(crate) subject: String,
    /// s
    pub(crate) auth_time: i64,
    /// Family of the refresh tokens that the first exchange issued.
    pub(crate) family: Option<String>,
}

/// Recently issued codes.
#[derive(Debug, Default)]
pub(crate) struct AuthorizationCodes(Mutex<HashMap<String, AuthorizationGrant>>);

impl AuthorizationCodes {
    /// Stores a code that was issued at `grant.auth_time`.
    pub(crate) fn insert(&self, code: String, grant: AuthorizationGrant) {
        let oldest = grant.auth_time - CODE_SECONDS - REUSE_DETECTION_SECONDS;
        let mut codes = acquire(&self.0);
        codes.retain(|_, g| g.auth_time >= oldest);
        codes.insert(code, grant);
    }

    /// The grant of an unexpired code, which is then marked as exchanged for `family`.
    /// The family in the result is that of an earlier exchange.
    pub(crate) fn redeem(&self, code: &str, family: &str, now: UtcMillis) -> Option<AuthorizationGrant> {
        let mut codes = acquire(&self.0);
        let grant = codes.get_mut(code)?;
        let before = grant.clone();
        grant.family.get_or_insert_with(|| family.to_owned());
        (before.auth_time + CODE_SECONDS >= now.seconds()).then_some(before)
    }
}
