//! What a server can do: said by its CapabilityStatement, tried out where saying is not enough.

use super::{Content, FhirClient, fhir_text};
use crate::SyncError;
use crate::discovery::below;
use keep_domain::UtcMillis;
use keep_fhir::{Node, Raw};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use url::Url;

/// After this long the server is asked again, milliseconds: it may have been replaced.
const FRESH_MILLIS: i64 = 24 * 3600 * 1000;

/// One server version's abilities, to be cached by the caller as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// The FHIR base that was asked.
    pub base: Url,
    /// `software.name software.version`, as the server names itself.
    pub software: String,
    /// When it was asked, by this device's clock.
    pub checked_at: UtcMillis,
    /// Types that it serves; empty where it does not say.
    pub types: BTreeSet<String>,
    /// Types that may be created under the client's own id.
    pub update_create: BTreeSet<String>,
    /// Types with a type history.
    pub type_history: BTreeSet<String>,
    /// Transactions are taken.
    pub transaction: bool,
    /// Packed request bodies were seen to be understood.
    pub gzip_requests: bool,
}

impl Abilities {
    /// Whether `resource_type` may be asked for; a server that lists nothing may be asked anything.
    #[must_use]
    pub fn serves(&self, resource_type: &str) -> bool {
        self.types.is_empty() || self.types.contains(resource_type)
    }

    fn is_fresh(&self, base: &Url, now: UtcMillis) -> bool {
        let age = now.0.saturating_sub(self.checked_at.0);
        self.base == *base && (0..FRESH_MILLIS).contains(&age)
    }

    fn of_statement(base: &Url, statement: &Raw, now: UtcMillis) -> Result<Self, SyncError> {
        let node = statement.node();
        if node.member_text("resourceType").as_deref() != Some("CapabilityStatement") {
            return Err(SyncError::Garbled);
        }
        let software = |name: &str| node.at(&["software", name]).and_then(Node::text).unwrap_or_default().into_owned();
        let mut found = Self {
            base: base.clone(),
            software: format!("{} {}", software("name"), software("version")).trim().to_owned(),
            checked_at: now,
            types: BTreeSet::new(),
            update_create: BTreeSet::new(),
            type_history: BTreeSet::new(),
            transaction: false,
            gzip_requests: false,
        };
        let has = |of: Node<'_>, code: &str| {
            of.member("interaction")
                .is_some_and(|all| all.items().any(|i| i.member_text("code").as_deref() == Some(code)))
        };
        for rest in node.member("rest").into_iter().flat_map(Node::items) {
            found.transaction |= has(rest, "transaction");
            for resource in rest.member("resource").into_iter().flat_map(Node::items) {
                let Some(name) = resource.member_text("type") else { continue };
                if resource.member("updateCreate").is_some_and(|flag| flag.raw() == "true") {
                    found.update_create.insert(name.clone().into_owned());
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

impl FhirClient {
    /// What the server can do: `cached` where that is fresh, else asked now and tried out.
    ///
    /// # Errors
    /// Transport errors, an error status, or a body that is not a CapabilityStatement.
    pub async fn abilities(&self, cached: Option<Abilities>) -> Result<Arc<Abilities>, SyncError> {
        if let Some(known) = self.known_abilities() {
            return Ok(known);
        }
        let now = self.credentials.server().http().clock().now();
        let found = match cached.filter(|c| c.is_fresh(self.base(), now)) {
            Some(cached) => cached,
            None => self.probe(now).await?,
        };
        let found = Arc::new(found);
        *self.abilities.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
        Ok(found)
    }

    async fn probe(&self, now: UtcMillis) -> Result<Abilities, SyncError> {
        let answer = self.send(Method::GET, &below(self.base(), "metadata")?, Vec::new(), None).await?;
        if !answer.is_success() {
            return Err(answer.failure());
        }
        let statement = Raw::parse(&fhir_text(answer)?).map_err(|_| SyncError::Garbled)?;
        let mut found = Abilities::of_statement(self.base(), &statement, now)?;
        // A statement does not speak of packed requests: a harmless search is sent packed, and must be understood.
        let question = Content { packed: true, ..Content::form(String::from("_id=chartkeep-probe&_summary=count")) };
        let url = below(self.base(), "Patient/_search")?;
        let answer = self.send(Method::POST, &url, Vec::new(), Some(question)).await?;
        let counted = if answer.is_success() { answer.text().ok() } else { None };
        found.gzip_requests = counted.is_some_and(|text| {
            keep_fhir::Bundle::parse(&text).is_ok_and(|b| b.kind == "searchset" && b.total == Some(0))
        });
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
            {"type":"Patient","updateCreate":true,"interaction":[{"code":"read"},{"code":"history-type"}]},
            {"type":"AuditEvent","updateCreate":false,"interaction":[{"code":"create"}]}]}]}"#,
        )
        .unwrap();
        let base: Url = "https://ehr.example/fhir".parse().unwrap();
        let found = Abilities::of_statement(&base, &raw, UtcMillis(5)).unwrap();
        assert_eq!(found.software, "HAPI FHIR Server 8.8.0");
        assert!(
            found.transaction && found.update_create.contains("Patient") && !found.update_create.contains("AuditEvent")
        );
        assert!(found.type_history.contains("Patient") && !found.serves("Observation"));
        assert!(found.is_fresh(&base, UtcMillis(6)) && !found.is_fresh(&base, UtcMillis(6 + FRESH_MILLIS)));
        assert!(!found.is_fresh(&base, UtcMillis(1)), "a clock that was set back asks again");
        let kept: Abilities = serde_json::from_str(&serde_json::to_string(&found).unwrap()).unwrap();
        assert_eq!(kept, found);
    }

    #[test]
    fn another_resource_is_not_a_statement() {
        let raw = Raw::parse(r#"{"resourceType":"OperationOutcome","id":"1"}"#).unwrap();
        let base: Url = "https://ehr.example/fhir".parse().unwrap();
        assert_eq!(Abilities::of_statement(&base, &raw, UtcMillis(5)), Err(SyncError::Garbled));
    }
}
