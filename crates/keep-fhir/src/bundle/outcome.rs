//! Errors and warnings reported by a server.

use crate::{Kind, Node};
use keep_domain::Phi;

/// One issue of an OperationOutcome (R4, `operationoutcome.html`); its texts may quote the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// `fatal`, `error`, `warning` or `information`.
    pub severity: String,
    /// The issue type, for example `conflict`.
    pub code: String,
    /// `details.text` or its first display.
    pub details: Option<Phi<String>>,
    /// `diagnostics`.
    pub diagnostics: Option<Phi<String>>,
    /// The elements concerned, as FHIRPath.
    pub expression: Vec<String>,
}

/// The issues of an OperationOutcome; empty for any other resource.
#[must_use]
pub fn issues(outcome: Node<'_>) -> Vec<Issue> {
    if outcome.member_text("resourceType").as_deref() != Some("OperationOutcome") {
        return Vec::new();
    }
    let owned = |n: Node<'_>| n.text().map(std::borrow::Cow::into_owned);
    let list = outcome.member("issue").into_iter().flat_map(Node::items).filter(|i| i.kind() == Kind::Object);
    list.map(|i| Issue {
        severity: i.member("severity").and_then(owned).unwrap_or_default(),
        code: i.member("code").and_then(owned).unwrap_or_default(),
        details: i
            .at(&["details", "text"])
            .or_else(|| i.at(&["details", "coding", "display"]))
            .and_then(owned)
            .map(Phi::new),
        diagnostics: i.member("diagnostics").and_then(owned).map(Phi::new),
        expression: i.member("expression").into_iter().flat_map(Node::items).filter_map(owned).collect(),
    })
    .collect()
}
