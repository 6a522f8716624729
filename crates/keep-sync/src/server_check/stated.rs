//! What the server states of itself.

use super::request::{Given, Requests};
use crate::fhir_client::Capabilities;

/// What the server states of itself.
pub(super) struct Stated {
    pub(super) capabilities: Option<Capabilities>,
    statement: serde_json::Value,
}

impl Stated {
    pub(super) fn of(requests: &Requests<'_>, given: &Given) -> Self {
        let raw = keep_fhir::Raw::parse(&given.text).ok();
        let base = requests.base();
        let capabilities = raw.and_then(|raw| Capabilities::from_statement(base, &raw, requests.now()).ok());
        Self { capabilities, statement: given.value.clone() }
    }

    /// A member of what is stated about a type.
    pub(super) fn of_type(&self, kind: &str, member: &str) -> Option<String> {
        let resources = self.statement.pointer("/rest/0/resource")?.as_array()?;
        let about = resources.iter().find(|r| r.get("type").and_then(|t| t.as_str()) == Some(kind))?.get(member)?;
        Some(about.as_str().map_or_else(|| about.to_string(), str::to_owned))
    }
}
