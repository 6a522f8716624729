//! A request as the FHIR functions see it, and their answer.

use super::Refusal;
use super::entitlement::{Wish, may};
use keep_domain::{Role, UtcMillis};
use std::time::{Duration, UNIX_EPOCH};

/// An authorised request with its body already read and unpacked.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// Below the FHIR base, for example `/Patient/1`.
    pub(crate) path: String,
    /// Decoded query parameters in order; for `POST _search` those of the body as well.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: String,
    /// Whether the body is a form.
    pub(crate) is_form: bool,
    pub(crate) if_match: Option<String>,
    pub(crate) if_none_match: Option<String>,
    pub(crate) if_none_exist: Option<String>,
    /// `Prefer: return=…`
    pub(crate) prefer: Option<String>,
    /// Of the access token; none for open paths.
    pub(crate) roles: Vec<Role>,
    /// When the request arrived: `lastUpdated` of what it writes.
    pub(crate) started: UtcMillis,
}

impl Call {
    /// Whether one of the roles may do `wish` to resources of `kind`.
    ///
    /// # Errors
    /// 403.
    pub(crate) fn permit(&self, kind: &str, wish: Wish) -> Result<(), Refusal> {
        if self.roles.iter().any(|r| may(*r, kind, wish)) { Ok(()) } else { Err(Refusal::forbidden()) }
    }

    /// The first value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// An answer before compression.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// FHIR JSON.
    pub(crate) fn json(status: u16, body: String) -> Self {
        Self { status, headers: vec![("content-type", String::from("application/fhir+json;charset=UTF-8"))], body }
    }

    /// Without a body.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// With `ETag` and `Last-Modified` of a version.
    pub(crate) fn versioned(mut self, version: i64, updated: i64) -> Self {
        self.headers.push(("etag", format!("W/\"{version}\"")));
        self.headers.push(("last-modified", http_date(UtcMillis(updated))));
        self
    }
}

/// RFC 9110 date, whole seconds.
pub(crate) fn http_date(at: UtcMillis) -> String {
    let seconds = u64::try_from(at.seconds()).unwrap_or(0);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// The version inside `W/"3"` or `"3"`.
pub(crate) fn version_of_tag(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/").trim_matches('"')
}
