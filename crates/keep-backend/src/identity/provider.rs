//! State of the OpenID provider, and the check of access tokens.

use super::authorization_codes::AuthorizationCodes;
use super::claims::AccessClaims;
use super::refresh_tokens::RefreshTokens;
use super::signing::TokenSigner;
use super::throttle::SignInThrottle;
use super::users::Users;
use crate::error::BackendError;
use crate::fhir_error::FhirError;
use crate::origin::Origin;
use crate::storage::Storage;
use keep_domain::{Role, UtcMillis};
use std::path::Path;
use std::sync::Arc;

/// The provider's state. Refresh tokens are in the database; codes and the throttle live minutes and are in memory.
#[derive(Debug)]
pub(crate) struct IdentityProvider {
    pub(crate) users: Users,
    pub(crate) signer: TokenSigner,
    pub(crate) codes: AuthorizationCodes,
    pub(crate) throttle: SignInThrottle,
    pub(crate) refresh_tokens: RefreshTokens,
    /// Also the issuer.
    pub(crate) origin: Origin,
}

impl IdentityProvider {
    /// Opens the provider with its signing key, created in `data` on first start.
    pub(crate) fn open(data: &Path, users: Users, storage: Arc<Storage>, origin: Origin) -> Result<Self, BackendError> {
        Ok(Self {
            users,
            signer: TokenSigner::open(data)?,
            codes: AuthorizationCodes::default(),
            throttle: SignInThrottle::default(),
            refresh_tokens: RefreshTokens::new(storage),
            origin,
        })
    }

    /// The roles in the access token of an `Authorization` header; 401 if it is not valid.
    pub(crate) fn roles_of_bearer(&self, header: Option<&str>, now: UtcMillis) -> Result<Vec<Role>, FhirError> {
        let claims = self.claims_of_bearer(header, now).ok_or_else(FhirError::unauthorized)?;
        Ok(claims.roles.iter().filter_map(|name| Role::from_name(name)).collect())
    }

    /// The claims of the access token of an `Authorization` header, if it is valid.
    pub(crate) fn claims_of_bearer(&self, header: Option<&str>, now: UtcMillis) -> Option<AccessClaims> {
        let (scheme, token) = header?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        self.signer.verify_access_token(token.trim(), &self.origin.0, &self.origin.fhir_base(), now)
    }
}
