//! Problems and diagnoses.

use super::parts::{Concept, Quantity, Reference, When};
use super::reader::Reader;
use crate::{FhirError, Raw};
use keep_domain::{Phi, ResourceId};

/// An onset or abatement in one of the forms that FHIR allows.
#[derive(Clone, PartialEq, Eq)]
pub enum Moment {
    /// At a date.
    At(When),
    /// At an age of the patient.
    Age(Quantity),
    /// As text.
    Words(Phi<String>),
}

/// A Condition.
#[derive(Clone, PartialEq, Eq)]
pub struct ConditionLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// The diagnosis.
    pub code: Option<Concept>,
    /// `active`, `recurrence`, `inactive`, `remission`, `resolved`, ...
    pub clinical_status: Option<String>,
    /// `confirmed`, `provisional`, `refuted`, `entered-in-error`, ...
    pub verification: Option<String>,
    /// `problem-list-item`, `encounter-diagnosis`.
    pub categories: Vec<String>,
    /// Severity.
    pub severity: Option<Concept>,
    /// Onset.
    pub onset: Option<Moment>,
    /// Abatement.
    pub abatement: Option<Moment>,
    /// The time of recording.
    pub recorded: Option<When>,
    /// The person who recorded it.
    pub recorder: Option<Reference>,
    /// The encounter.
    pub encounter: Option<Reference>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl ConditionLens {
    /// Whether it is valid and current.
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
        recorder: r.reference("recorder"),
        encounter: r.reference("encounter"),
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
