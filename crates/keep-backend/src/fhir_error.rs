//! Errors as an HTTP status with an OperationOutcome (FHIR R4 3.1.0.1.12).

use crate::error::BackendError;
use crate::reply::Reply;
use serde_json::json;

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FhirError {
    pub(crate) status: u16,
    /// Code of the value set `issue-type`.
    pub(crate) issue: &'static str,
    /// Human-readable; of a request body it contains only references.
    pub(crate) diagnostics: String,
}

impl FhirError {
    fn new(status: u16, issue: &'static str, diagnostics: &str) -> Self {
        Self { status, issue, diagnostics: diagnostics.to_owned() }
    }

    /// 400: malformed or not valid for the interaction.
    pub(crate) fn invalid(diagnostics: &str) -> Self {
        Self::new(400, "invalid", diagnostics)
    }

    /// 400: well-formed, but the server cannot accept it.
    pub(crate) fn processing(diagnostics: &str) -> Self {
        Self::new(400, "processing", diagnostics)
    }

    /// 401: no valid access token.
    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "login", "a valid access token is required")
    }

    /// 403: none of the user's roles permits it.
    pub(crate) fn forbidden() -> Self {
        Self::new(403, "forbidden", "the role does not permit this")
    }

    /// 404.
    pub(crate) fn not_found(diagnostics: &str) -> Self {
        Self::new(404, "not-found", diagnostics)
    }

    /// 405.
    pub(crate) fn not_allowed(diagnostics: &str) -> Self {
        Self::new(405, "not-supported", diagnostics)
    }

    /// 409: a stale version or an immutable resource.
    pub(crate) fn conflict(diagnostics: &str) -> Self {
        Self::new(409, "conflict", diagnostics)
    }

    /// 410: deleted, or an expired page link.
    pub(crate) fn gone(diagnostics: &str) -> Self {
        Self::new(410, "deleted", diagnostics)
    }

    /// 502: the upstream server does not respond.
    pub(crate) fn bad_gateway() -> Self {
        Self::new(502, "transient", "the upstream server does not respond")
    }

    /// 412: a conditional request matches more than one resource.
    pub(crate) fn multiple_matches(diagnostics: &str) -> Self {
        Self::new(412, "multiple-matches", diagnostics)
    }

    /// 413.
    pub(crate) fn too_large() -> Self {
        Self::new(413, "too-long", "the body is too large")
    }

    /// 500: the database failed. SQLite's message may contain patient data, so only its code is logged.
    pub(crate) fn database(error: rusqlite::Error) -> Self {
        tracing::error!(code = ?error.sqlite_error_code(), "database error");
        Self::new(500, "exception", "database error")
    }

    /// 500.
    pub(crate) fn internal() -> Self {
        Self::new(500, "exception", "internal error")
    }

    /// Any status, for fault injection.
    pub(crate) fn injected(status: u16, issue: &'static str) -> Self {
        Self::new(status, issue, "injected by a test")
    }

    /// The OperationOutcome.
    pub(crate) fn outcome(&self) -> serde_json::Value {
        json!({
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": self.issue, "diagnostics": self.diagnostics}],
        })
    }

    /// The HTTP reply.
    pub(crate) fn reply(&self) -> Reply {
        let mut reply = Reply::fhir(self.status, self.outcome().to_string());
        if self.status == 401 {
            reply.headers.push(("www-authenticate", String::from("Bearer error=\"invalid_token\"")));
        }
        reply
    }
}

impl From<FhirError> for BackendError {
    /// Outside a request, the only such errors are those of the database.
    fn from(error: FhirError) -> Self {
        Self::Database(error.diagnostics)
    }
}
