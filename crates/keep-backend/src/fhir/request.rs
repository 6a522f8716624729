//! A request as the FHIR interactions see it.

use super::permissions::{Access, role_permits};
use crate::behaviour::{Behaviour, Feature, VersionIds};
use crate::fhir_error::FhirError;
use axum::http::{HeaderMap, HeaderName, Method, header};
use keep_domain::{Role, UtcMillis};
use std::sync::Arc;

/// An authenticated request.
#[derive(Debug)]
pub(crate) struct FhirRequest {
    pub(crate) method: Method,
    /// Below the FHIR base, for example `/Patient/1`.
    pub(crate) path: String,
    /// Decoded query parameters in order.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    /// Decompressed.
    pub(crate) body: String,
    /// Roles in the access token; empty for public paths.
    pub(crate) roles: Vec<Role>,
    /// When the request arrived: `meta.lastUpdated` of what it writes.
    pub(crate) started: UtcMillis,
    /// FHIR base that the server listens at.
    pub(crate) own_base: String,
    pub(crate) behaviour: Arc<Behaviour>,
}

impl FhirRequest {
    /// Checks that one of the roles permits `access` to resources of type `kind`; 403 if not.
    pub(crate) fn permit(&self, kind: &str, access: Access) -> Result<(), FhirError> {
        let permitted = self.roles.iter().any(|role| role_permits(*role, kind, access));
        if permitted { Ok(()) } else { Err(FhirError::forbidden()) }
    }

    /// FHIR base in links.
    pub(crate) fn base(&self) -> &str {
        self.behaviour.links_at.as_deref().unwrap_or(&self.own_base)
    }

    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The version in `If-Match`.
    pub(crate) fn if_match(&self) -> Option<&str> {
        self.header(header::IF_MATCH).filter(|_| self.has_versions()).map(version_of_etag)
    }

    /// The version in `If-None-Match`.
    pub(crate) fn if_none_match(&self) -> Option<&str> {
        self.header(header::IF_NONE_MATCH).filter(|_| self.has_versions()).map(version_of_etag)
    }

    /// Whether a condition on a version has an effect.
    pub(crate) fn has_versions(&self) -> bool {
        self.behaviour.version_ids != VersionIds::Constant
    }

    /// The search criteria of a conditional create.
    pub(crate) fn if_none_exist(&self) -> Option<&str> {
        self.header(HeaderName::from_static("if-none-exist")).filter(|_| self.behaviour.has(Feature::ConditionalCreate))
    }

    /// The first `return=…` of `Prefer`.
    pub(crate) fn preferred_return(&self) -> Option<&str> {
        let values = self.headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok());
        values.flat_map(|v| v.split([',', ';'])).find_map(|p| p.trim().strip_prefix("return="))
    }

    /// Whether the body is a form.
    pub(crate) fn is_form(&self) -> bool {
        is_form(&self.headers)
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}

/// Whether the headers announce a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    content_type.is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"))
}

/// The version in `W/"3"` or `"3"`.
pub(crate) fn version_of_etag(etag: &str) -> &str {
    etag.trim().trim_start_matches("W/").trim_matches('"')
}
