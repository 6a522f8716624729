//! Audit events of the server, for the privacy officer.

use super::reader::{Reader, coding, link};
use super::{Coding, Link, When};
use crate::{FhirError, Node, Raw};
use keep_domain::ResourceId;

/// An AuditEvent.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditEventLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// The kind of event.
    pub kind: Option<Coding>,
    /// Finer kinds.
    pub subtypes: Vec<Coding>,
    /// `C`, `R`, `U`, `D`, `E`.
    pub action: Option<String>,
    /// When it was recorded.
    pub recorded: Option<When>,
    /// `0` success, `4`, `8`, `12`.
    pub outcome: Option<String>,
    /// Who took part.
    pub agents: Vec<Link>,
    /// What it was about.
    pub entities: Vec<Link>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads an AuditEvent.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn audit_event(raw: &Raw) -> Result<AuditEventLens, FhirError> {
    let mut r = Reader::open(raw, &["AuditEvent"])?;
    Ok(AuditEventLens {
        id: r.id(),
        kind: r.read("type", coding),
        subtypes: r.list("subtype", coding),
        action: r.text("action"),
        recorded: r.when("recorded"),
        outcome: r.text("outcome"),
        agents: r.list("agent", |n: Node<'_>| Some(n.member("who").and_then(link))).into_iter().flatten().collect(),
        entities: r.list("entity", |n: Node<'_>| Some(n.member("what").and_then(link))).into_iter().flatten().collect(),
        faults: r.into_faults(),
    })
}
