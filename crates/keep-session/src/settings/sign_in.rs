//! How this site signs in at its identity provider.

use keep_sync::{RolesClaim, ServerSettings};
use serde::{Deserialize, Serialize};

/// From the site file or the arguments of `enrol`. What is empty or absent is as without settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignInSettings {
    /// The OpenID Connect issuer, for a FHIR server without SMART configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The `aud` parameter, for a provider that does not accept the FHIR base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Requested scopes besides `openid`; empty = `profile` and `offline_access`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Where the provider lists roles, and under which names.
    pub roles: RolesClaim,
    /// Acceptable `acr` values, each of which means that a second factor was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acr: Vec<String>,
    /// Accepts a provider that does not say whether it asked for a second factor.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_second_factor: bool,
    /// Certificate authorities to trust in addition to the system's, PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
}

impl SignInSettings {
    /// Whether they say nothing, as in a profile made without a site file.
    pub(crate) fn are_default(&self) -> bool {
        *self == Self::default()
    }

    /// Copies them to the settings of a connection. The certificate authorities are added to those already there.
    pub fn apply(&self, settings: &mut ServerSettings) {
        if settings.issuer.is_none() {
            settings.issuer.clone_from(&self.issuer);
        }
        if !self.scopes.is_empty() {
            settings.scopes.clone_from(&self.scopes);
        }
        settings.audience.clone_from(&self.audience);
        settings.roles = self.roles.clone();
        settings.acr.clone_from(&self.acr);
        settings.without_second_factor = self.without_second_factor;
        if let Some(pem) = &self.ca_pem {
            let own = settings.extra_ca_pem.take().map(|own| own + "\n").unwrap_or_default();
            settings.extra_ca_pem = Some(own + pem);
        }
    }
}
