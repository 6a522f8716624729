//! A stored resource as clients see it: with the server's own way of giving versions and times.

use super::request::FhirRequest;
use crate::behaviour::{Etags, LastUpdated, VersionIds};
use crate::storage::replace_meta;
use std::borrow::Cow;

/// The body of a response, unchanged unless a switch says otherwise.
pub(crate) fn show<'a>(request: &FhirRequest, body: &'a str) -> Cow<'a, str> {
    let behaviour = &request.behaviour;
    let version = match behaviour.version_ids {
        VersionIds::Counted => None,
        VersionIds::Constant => Some(String::from("\"1\"")),
        VersionIds::Absent => Some(String::new()),
    };
    let updated = match behaviour.last_updated {
        LastUpdated::Stored => None,
        LastUpdated::Now => Some(format!("\"{}\"", request.started)),
        LastUpdated::Absent => Some(String::new()),
    };
    let mut shown = Cow::Borrowed(body);
    for (name, value) in [("versionId", version), ("lastUpdated", updated)] {
        if let Some(value) = value {
            shown = Cow::Owned(replace_meta(&shown, name, &value));
        }
    }
    shown
}

/// Adds the member `etag` of a version, with a comma before it.
pub(crate) fn push_etag(out: &mut String, etags: Etags, version: i64) {
    if let Some(tag) = etags.bundle(&version.to_string()) {
        out.push_str(r#","etag":"#);
        out.push_str(&serde_json::Value::from(tag).to_string());
    }
}
