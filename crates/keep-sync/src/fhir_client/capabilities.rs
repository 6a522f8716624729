//! The capabilities of a server, from its CapabilityStatement and a probe.

use crate::error::SyncError;
use keep_domain::UtcMillis;
use keep_fhir::{Node, Raw};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use url::Url;

/// After this long the capabilities are requested again, milliseconds: the server may have been replaced.
const FRESH_MILLIS: i64 = 24 * 3600 * 1000;

/// The capabilities of one server version, cached by the caller as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// The FHIR base.
    pub base: Url,
    /// `software.name software.version`, as the server names itself.
    pub software: String,
    /// When they were requested, by this device's clock.
    pub checked_at: UtcMillis,
    /// Supported types; empty where the statement lists none.
    pub types: BTreeSet<String>,
    /// Types that can be created under the client's own id.
    pub update_create: BTreeSet<String>,
    /// Types with a type history.
    pub type_history: BTreeSet<String>,
    /// Types of which the server refuses an update that is based on an old version: `versioning` is `versioned-update`.
    pub versioned_update: BTreeSet<String>,
    /// Whether transactions are supported.
    pub transaction: bool,
    /// Whether batches are supported.
    #[serde(default)]
    pub batch: bool,
    /// Whether compressed request bodies are accepted, by the probe.
    pub gzip_requests: bool,
}

impl Capabilities {
    /// Whether `resource_type` can be requested; a server that lists no types may support any.
    pub(crate) fn supports(&self, resource_type: &str) -> bool {
        self.types.is_empty() || self.types.contains(resource_type)
    }

    /// Whether they are of `base` and recent.
    pub(super) fn is_fresh(&self, base: &Url, now: UtcMillis) -> bool {
        let age = now.0.saturating_sub(self.checked_at.0);
        self.base == *base && (0..FRESH_MILLIS).contains(&age)
    }

    /// Reads a CapabilityStatement.
    ///
    /// # Errors
    /// [`SyncError::InvalidResponse`] for any other resource.
    pub(crate) fn from_statement(base: &Url, statement: &Raw, now: UtcMillis) -> Result<Self, SyncError> {
        let node = statement.node();
        if node.member_text("resourceType").as_deref() != Some("CapabilityStatement") {
            return Err(SyncError::InvalidResponse);
        }
        let software = |name: &str| node.at(&["software", name]).and_then(Node::text).unwrap_or_default().into_owned();
        let mut found = Self {
            base: base.clone(),
            software: format!("{} {}", software("name"), software("version")).trim().to_owned(),
            checked_at: now,
            types: BTreeSet::new(),
            update_create: BTreeSet::new(),
            type_history: BTreeSet::new(),
            versioned_update: BTreeSet::new(),
            transaction: false,
            batch: false,
            gzip_requests: false,
        };
        let has = |of: Node<'_>, code: &str| {
            of.member("interaction")
                .is_some_and(|all| all.items().any(|i| i.member_text("code").as_deref() == Some(code)))
        };
        for rest in node.member("rest").into_iter().flat_map(Node::items) {
            found.transaction |= has(rest, "transaction");
            found.batch |= has(rest, "batch");
            for resource in rest.member("resource").into_iter().flat_map(Node::items) {
                let Some(name) = resource.member_text("type") else { continue };
                if resource.member("updateCreate").is_some_and(|flag| flag.raw() == "true") {
                    found.update_create.insert(name.clone().into_owned());
                }
                if resource.member_text("versioning").as_deref() == Some("versioned-update") {
                    found.versioned_update.insert(name.clone().into_owned());
                }
                if has(resource, "history-type") {
                    found.type_history.insert(name.clone().into_owned());
                }
                found.types.insert(name.into_owned());
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_read() {
        let raw = Raw::parse(
            r#"{"resourceType":"CapabilityStatement","software":{"name":"HAPI FHIR Server","version":"8.8.0"},"rest":[{
            "interaction":[{"code":"transaction"}],"resource":[
            {"type":"Patient","updateCreate":true,"versioning":"versioned-update","interaction":[{"code":"read"},{"code":"history-type"}]},
            {"type":"AuditEvent","updateCreate":false,"versioning":"versioned","interaction":[{"code":"create"}]}]}]}"#,
        )
        .unwrap();
        let base: Url = "https://ehr.example/fhir".parse().unwrap();
        let found = Capabilities::from_statement(&base, &raw, UtcMillis(5)).unwrap();
        assert_eq!(found.software, "HAPI FHIR Server 8.8.0");
        assert!(
            found.transaction
                && !found.batch
                && found.update_create.contains("Patient")
                && !found.update_create.contains("AuditEvent")
        );
        assert!(found.type_history.contains("Patient") && !found.supports("Observation"));
        assert_eq!(found.versioned_update.iter().collect::<Vec<_>>(), ["Patient"]);
        assert!(found.is_fresh(&base, UtcMillis(6)) && !found.is_fresh(&base, UtcMillis(6 + FRESH_MILLIS)));
        assert!(!found.is_fresh(&base, UtcMillis(1)), "a clock that was set back makes them stale");
        let parsed: Capabilities = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        assert_eq!(parsed, found);
    }

    #[test]
    fn another_resource_is_rejected() {
        let raw = Raw::parse(r#"{"resourceType":"OperationOutcome","id":"1"}"#).unwrap();
        let base: Url = "https://ehr.example/fhir".parse().unwrap();
        assert_eq!(Capabilities::from_statement(&base, &raw, UtcMillis(5)), Err(SyncError::InvalidResponse));
    }
}
