//! Diagnostic reports.

use super::parts::{Concept, Reference, When};
use super::reader::{Reader, reference};
use crate::{FhirError, Raw};
use keep_domain::{Phi, ResourceId};

/// A DiagnosticReport.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `final`, `preliminary`, ...
    pub status: Option<String>,
    /// `LAB`, `RAD`, ...
    pub categories: Vec<Concept>,
    /// The examination.
    pub code: Option<Concept>,
    /// The clinically relevant time.
    pub effective: Option<When>,
    /// The time of publication.
    pub issued: Option<When>,
    /// The issuers.
    pub performers: Vec<Reference>,
    /// Its observations.
    pub results: Vec<Reference>,
    /// The conclusion.
    pub conclusion: Option<Phi<String>>,
    /// Number of attached files.
    pub attachments: usize,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a DiagnosticReport.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn report(raw: &Raw) -> Result<ReportLens, FhirError> {
    let mut r = Reader::open(raw, &["DiagnosticReport"])?;
    let effective = match r.when("effectiveDateTime") {
        Some(at) => Some(at),
        None => r.period("effectivePeriod").and_then(|p| p.start.or(p.end)),
    };
    Ok(ReportLens {
        id: r.id(),
        status: r.text("status"),
        categories: r.concepts("category"),
        code: r.concept("code"),
        effective,
        issued: r.when("issued"),
        performers: r.list("performer", reference),
        results: r.list("result", reference),
        conclusion: r.text("conclusion").map(Phi::new),
        attachments: r.list("presentedForm", Some).len(),
        faults: r.into_faults(),
    })
}
