//! Problems and diagnoses.

use super::reader::Reader;
use super::{Concept, Link, Quantity, When};
use crate::{FhirError, Raw};
use keep_domain::{Phi, ResourceId};

/// When something began or ended, in the forms that FHIR allows.
#[derive(Clone, PartialEq, Eq)]
pub enum Moment {
    /// At a date.
    At(When),
    /// At an age of the patient.
    Age(Quantity),
    /// In words.
    Words(Phi<String>),
}

/// A Condition.
#[derive(Clone, PartialEq, Eq)]
pub struct ConditionLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// What it is.
    pub code: Option<Concept>,
    /// `active`, `recurrence`, `inactive`, `remission`, `resolved`, ...
    pub clinical_status: Option<String>,
    /// `confirmed`, `provisional`, `refuted`, `entered-in-error`, ...
    pub verification: Option<String>,
    /// `problem-list-item`, `encounter-diagnosis`.
    pub categories: Vec<String>,
    /// Severity.
    pub severity: Option<Concept>,
    /// Beginning.
    pub onset: Option<Moment>,
    /// End.
    pub abatement: Option<Moment>,
    /// When it was recorded.
    pub recorded: Option<When>,
    /// Who recorded it.
    pub recorder: Option<Link>,
    /// The visit.
    pub encounter: Option<Link>,
    /// Remarks.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl ConditionLens {
    /// Valid and not over.
    #[must_use]
    pub fn is_active(&self) -> bool {
        let void = matches!(self.verification.as_deref(), Some("refuted" | "entered-in-error"));
        !void && !matches!(self.clinical_status.as_deref(), Some("inactive" | "remission" | "resolved"))
    }
}

/// Reads a Condition.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn condition(raw: &Raw) -> Result<ConditionLens, FhirError> {
    let mut r = Reader::open(raw, &["Condition"])?;
    let onset = moment(&mut r, ["onsetDateTime", "onsetPeriod", "onsetAge", "onsetString"]);
    let abatement = moment(&mut r, ["abatementDateTime", "abatementPeriod", "abatementAge", "abatementString"]);
    let code = r.concept("code");
    if code.is_none() {
        r.fault("code");
    }
    let code_of = |c: Option<Concept>| c.and_then(|c| c.code().map(str::to_owned));
    Ok(ConditionLens {
        id: r.id(),
        code,
        clinical_status: code_of(r.concept("clinicalStatus")),
        verification: code_of(r.concept("verificationStatus")),
        categories: r.concepts("category").into_iter().flat_map(|c| c.codings).map(|c| c.code).collect(),
        severity: r.concept("severity"),
        onset,
        abatement,
        recorded: r.when("recordedDate"),
        recorder: r.link("recorder"),
        encounter: r.link("encounter"),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}

fn moment(r: &mut Reader<'_>, [date, period, age, words]: [&'static str; 4]) -> Option<Moment> {
    if let Some(at) = r.when(date) {
        return Some(Moment::At(at));
    }
    if let Some(at) = r.period(period).and_then(|p| p.start.or(p.end)) {
        return Some(Moment::At(at));
    }
    if let Some(age) = r.quantity(age) {
        return Some(Moment::Age(age));
    }
    r.text(words).map(|w| Moment::Words(Phi::new(w)))
}
