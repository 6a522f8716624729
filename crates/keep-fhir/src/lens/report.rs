//! Diagnostic reports.

use super::observation::{File, file};
use super::parts::{Concept, Reference, When};
use super::reader::{Reader, member_owned, reference};
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
        faults: r.into_faults(),
    })
}

/// What a DiagnosticReport says besides its results.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportDetails {
    /// The conclusion as codes.
    pub conclusion_codes: Vec<Concept>,
    /// The whole report as files; plain text is read.
    pub files: Vec<File>,
    /// Comments on its images.
    pub media: Vec<String>,
    /// The specimens.
    pub specimens: Vec<Reference>,
    /// Who interpreted the results.
    pub interpreters: Vec<Reference>,
    /// The narrative: where the record says that it holds more than its elements, or where it says nothing else.
    pub narrative: Option<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads what a DiagnosticReport says besides its results.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn report_details(raw: &Raw) -> Result<ReportDetails, FhirError> {
    let mut r = Reader::open(raw, &["DiagnosticReport"])?;
    let said = ["conclusion", "conclusionCode", "presentedForm", "result"].iter().any(|name| r.member(name).is_some());
    Ok(ReportDetails {
        conclusion_codes: r.concepts("conclusionCode"),
        files: r.list("presentedForm", file),
        media: r.list("media", |m| Some(member_owned(m, "comment"))).into_iter().flatten().collect(),
        specimens: r.list("specimen", reference),
        interpreters: r.list("resultsInterpreter", reference),
        narrative: r.narrative(!said).map(Phi::new),
        faults: r.into_faults(),
    })
}
