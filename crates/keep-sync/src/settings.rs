//! An organisation's settings for its server and its identity provider.

use crate::error::SyncError;
use crate::roles_claim::RolesClaim;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use url::{Host, Url};

/// Addresses and requirements. Unknown fields are rejected, so that a misspelt requirement is never ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// FHIR R4 base, for example `https://ehr.example/fhir`.
    pub fhir_base: Url,
    /// OpenID Connect issuer, exactly as in its tokens; without it SMART discovery at the FHIR base is used.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The OAuth client id of this app at the provider.
    #[serde(default = "default_client_id")]
    pub client_id: String,
    /// Requested scopes besides `openid`.
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    /// Where the provider lists roles, and under which names.
    #[serde(default)]
    pub roles: RolesClaim,
    /// Acceptable `acr` values, any of which satisfies; empty = not required.
    #[serde(default)]
    pub acr: Vec<String>,
    /// `amr` values that must all be present; empty = not required.
    #[serde(default)]
    pub amr: Vec<String>,
    /// Accepts a sign-in of which the provider does not say that a second factor was asked for.
    #[serde(default)]
    pub without_second_factor: bool,
    /// The `aud` (audience) parameter of the sign-in; `None` = the FHIR base.
    #[serde(default)]
    pub audience: Option<String>,
    /// A further certificate authority, PEM, trusted in addition to the system's.
    #[serde(default)]
    pub extra_ca_pem: Option<String>,
    /// Demonstration: plain http to a loopback address is allowed.
    #[serde(default)]
    pub demo: bool,
    /// Whether what a pull returns depends on the subject (default), the role or only the site.
    #[serde(default)]
    pub server_view: ServerView,
    /// Whether a session may push what colleagues saved.
    #[serde(default)]
    pub push_for_others: PushForOthers,
}

/// What the server's visibility rules depend on; part of the key of a pull's cursors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerView {
    /// Each user may see different records.
    #[default]
    Subject,
    /// All users with the same roles see the same.
    Role,
    /// All users of the site see the same.
    Site,
}

/// Whether a session may push what colleagues saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushForOthers {
    /// Yes, where the session's rank can read the change set.
    #[default]
    SameRank,
    /// No: users push only their own work.
    Never,
}

fn default_client_id() -> String {
    String::from("chartkeep-desktop")
}

fn default_scopes() -> Vec<String> {
    ["profile", "offline_access"].map(String::from).to_vec()
}

impl ServerSettings {
    /// Settings for one FHIR base with every other value at its default.
    #[must_use]
    pub fn for_base(fhir_base: Url) -> Self {
        Self {
            fhir_base,
            issuer: None,
            client_id: default_client_id(),
            scopes: default_scopes(),
            roles: RolesClaim::default(),
            acr: Vec::new(),
            amr: Vec::new(),
            without_second_factor: false,
            audience: None,
            extra_ca_pem: None,
            demo: false,
            server_view: ServerView::default(),
            push_for_others: PushForOthers::default(),
        }
    }

    /// Rejects an address that is not https, except http to loopback in a demonstration.
    ///
    /// # Errors
    /// [`SyncError::Settings`] for any other scheme or host, and for an address that carries a user name.
    pub fn check_address(&self, address: &Url) -> Result<(), SyncError> {
        let plain_allowed = self.demo && is_loopback(address);
        let scheme_ok = address.scheme() == "https" || (address.scheme() == "http" && plain_allowed);
        if scheme_ok && address.host().is_some() && address.username().is_empty() && address.password().is_none() {
            Ok(())
        } else {
            Err(SyncError::Settings("address must be https"))
        }
    }
}

/// Whether the host is this machine by IP address or by the reserved name (RFC 6761, 6.3).
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(demo: bool, address: &str, expected: bool) {
        let mut settings = ServerSettings::for_base("https://ehr.example/fhir".parse().unwrap());
        settings.demo = demo;
        assert_eq!(settings.check_address(&address.parse().unwrap()).is_ok(), expected, "{address}");
    }

    #[test]
    fn plain_http_is_allowed_only_to_loopback_in_a_demonstration() {
        check(false, "https://ehr.example/fhir", true);
        check(false, "http://127.0.0.1:8080/fhir", false);
        check(true, "http://127.0.0.1:8080/fhir", true);
        check(true, "http://[::1]:8080/fhir", true);
        check(true, "http://localhost:8080/fhir", true);
        check(true, "http://ehr.example/fhir", false);
        check(true, "http://127.0.0.1.ehr.example/fhir", false);
        check(true, "ftp://127.0.0.1/fhir", false);
        check(false, "https://amara:pw@ehr.example/fhir", false);
    }

    #[test]
    fn misspelt_settings_are_rejected() {
        assert!(serde_json::from_str::<ServerSettings>(r#"{"fhir_base":"https://e.example","arc":["mfa"]}"#).is_err());
        let read: ServerSettings = serde_json::from_str(r#"{"fhir_base":"https://e.example/fhir"}"#).unwrap();
        assert_eq!(read, ServerSettings::for_base("https://e.example/fhir".parse().unwrap()));
    }
}
