//! Refusals: an HTTP status with an OperationOutcome (FHIR R4 3.1.0.1.12).

use super::call::Reply;
use serde_json::json;

/// Why a call is not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// A code of the value set issue-type.
    pub(crate) issue: &'static str,
    /// For a reader; never quotes the body of a request.
    pub(crate) diagnostics: String,
}

impl Refusal {
    fn new(status: u16, issue: &'static str, diagnostics: &str) -> Self {
        Self { status, issue, diagnostics: diagnostics.to_owned() }
    }

    /// 400: malformed or against the rules of the interaction.
    pub(crate) fn invalid(diagnostics: &str) -> Self {
        Self::new(400, "invalid", diagnostics)
    }

    /// 401: no valid access token.
    pub(crate) fn sign_in() -> Self {
        Self::new(401, "login", "a valid access token is needed")
    }

    /// 403: the role may not.
    pub(crate) fn forbidden() -> Self {
        Self::new(403, "forbidden", "the role may not do that")
    }

    /// 404.
    pub(crate) fn not_found(diagnostics: &str) -> Self {
        Self::new(404, "not-found", diagnostics)
    }

    /// 405.
    pub(crate) fn not_allowed(diagnostics: &str) -> Self {
        Self::new(405, "not-supported", diagnostics)
    }

    /// 409: a stale version or a record that is never changed.
    pub(crate) fn conflict(diagnostics: &str) -> Self {
        Self::new(409, "conflict", diagnostics)
    }

    /// 410: deleted, or a page link that is no longer known.
    pub(crate) fn gone(diagnostics: &str) -> Self {
        Self::new(410, "deleted", diagnostics)
    }

    /// 502: the server behind this one does not answer.
    pub(crate) fn bad_gateway() -> Self {
        Self::new(502, "transient", "the server behind this one does not answer")
    }

    /// 412: a conditional request matches more than one.
    pub(crate) fn precondition(diagnostics: &str) -> Self {
        Self::new(412, "multiple-matches", diagnostics)
    }

    /// 413.
    pub(crate) fn too_large() -> Self {
        Self::new(413, "too-long", "the body is too large")
    }

    /// 500: the database failed. Its text may carry records and is not passed on.
    pub(crate) fn database(error: rusqlite::Error) -> Self {
        tracing::error!(code = ?error.sqlite_error_code(), "the database failed");
        Self::new(500, "exception", "the database failed")
    }

    /// 500.
    pub(crate) fn internal() -> Self {
        Self::new(500, "exception", "an internal error")
    }

    /// A refusal with any status, for fault injection.
    pub(crate) fn injected(status: u16, issue: &'static str) -> Self {
        Self::new(status, issue, "injected by a test")
    }

    /// The OperationOutcome as a JSON value.
    pub(crate) fn outcome(&self) -> serde_json::Value {
        json!({
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": self.issue, "diagnostics": self.diagnostics}],
        })
    }

    /// The answer.
    pub(crate) fn reply(&self) -> Reply {
        let mut reply = Reply::json(self.status, self.outcome().to_string());
        if self.status == 401 {
            reply.headers.push(("www-authenticate", String::from("Bearer error=\"invalid_token\"")));
        }
        reply
    }
}
