//! Problems and diagnoses.

use super::absence::{Absence, PROBLEMS, is_no_code};
use super::narrative::{NarrativeStatus, narrative};
use super::parts::{Concept, Period, Quantity, Reference, When};
use super::reader::{Reader, concept, quantity, reference};
use super::status::{self, Status};
use crate::{FhirError, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// An onset or abatement in one of the forms that FHIR allows.
#[derive(Clone, PartialEq, Eq)]
pub enum Moment {
    /// At a date.
    At(When),
    /// Within a period.
    Within(Period),
    /// At an age of the patient.
    Age(Quantity),
    /// Between two ages of the patient.
    Ages(Option<Quantity>, Option<Quantity>),
    /// As text.
    Words(Phi<String>),
    /// Yes, without a time: R4B and older versions allow `abatementBoolean`.
    Untimed,
}

/// A stage or grade.
#[derive(Clone, PartialEq, Eq)]
pub struct Stage {
    /// The stage.
    pub summary: Option<Concept>,
    /// What kind of staging.
    pub kind: Option<Concept>,
    /// What it is based on.
    pub assessments: Vec<Reference>,
}

/// A Condition.
#[derive(Clone, PartialEq, Eq)]
pub struct ConditionLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// The diagnosis; the words of the narrative where there is no code.
    pub code: Option<Concept>,
    /// The narrative, where it may say more than the elements.
    pub narrative: Option<Phi<String>>,
    /// The statement that there is no problem, or no information.
    pub absence: Option<Absence>,
    /// `active`, `recurrence`, `inactive`, `remission`, `resolved`, ...
    pub clinical_status: Option<Status>,
    /// `confirmed`, `provisional`, `refuted`, `entered-in-error`, ...
    pub verification: Option<Status>,
    /// `problem-list-item`, `encounter-diagnosis`.
    pub categories: Vec<Concept>,
    /// Severity.
    pub severity: Option<Concept>,
    /// Parts of the body.
    pub body_sites: Vec<Concept>,
    /// Stages and grades.
    pub stages: Vec<Stage>,
    /// Symptoms and findings that support it.
    pub evidence: Vec<Concept>,
    /// Records that support it.
    pub evidence_details: Vec<Reference>,
    /// Onset.
    pub onset: Option<Moment>,
    /// Abatement.
    pub abatement: Option<Moment>,
    /// The time of recording.
    pub recorded: Option<When>,
    /// The person who recorded it.
    pub recorder: Option<Reference>,
    /// The person who says so.
    pub asserter: Option<Reference>,
    /// The encounter.
    pub encounter: Option<Reference>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl ConditionLens {
    /// Refuted or entered in error.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.verification.as_ref().is_some_and(|v| v.is_one_of(&["refuted", "entered-in-error"]))
    }

    /// Suspected, provisional or one of several possible diagnoses.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        self.verification.as_ref().is_some_and(|v| v.is_one_of(&["unconfirmed", "provisional", "differential"]))
    }

    /// Whether it is valid and current; a status that is not understood counts as current.
    #[must_use]
    pub fn is_active(&self) -> bool {
        let ended = self.clinical_status.as_ref().is_some_and(|s| s.is_one_of(&["inactive", "remission", "resolved"]));
        !self.is_void() && !ended
    }
}

/// Reads a Condition.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn condition(raw: &Raw) -> Result<ConditionLens, FhirError> {
    let mut r = Reader::open(raw, &["Condition"])?;
    let onset = moment(&mut r, &ONSET);
    let abatement = moment(&mut r, &ABATEMENT);
    let mut code = r.concept("code");
    let narrative = narrative(r.node());
    if code.as_ref().is_none_or(|c| c.text.is_none() && c.codings.iter().all(is_no_code)) {
        // EXPOSE: moved from one protected text to another.
        let words = narrative.as_ref().map(|(_, words)| words.expose().clone());
        code = words.map(|text| Concept { text: Some(text), codings: Vec::new() }).or(code);
    }
    if code.is_none() {
        r.fault("code");
    }
    Ok(ConditionLens {
        id: r.id(),
        absence: code.as_ref().and_then(|code| PROBLEMS.absence(code)),
        code,
        narrative: narrative.filter(|(status, _)| *status == NarrativeStatus::Additional).map(|(_, words)| words),
        clinical_status: status::clinical(&mut r),
        verification: status::verification(&mut r),
        categories: r.concepts("category"),
        severity: r.concept("severity"),
        body_sites: r.concepts("bodySite"),
        stages: r.list("stage", |n| {
            let part = |name| n.member(name).and_then(concept);
            let assessments = n.member("assessment").into_iter().flat_map(Node::items).filter_map(reference);
            Some(Stage { summary: part("summary"), kind: part("type"), assessments: assessments.collect() })
        }),
        evidence: r.node().member("evidence").into_iter().flat_map(|e| parts(e, "code", concept)).collect(),
        evidence_details: r.node().member("evidence").into_iter().flat_map(|e| parts(e, "detail", reference)).collect(),
        onset,
        abatement,
        recorded: r.when("recordedDate"),
        recorder: r.reference("recorder"),
        asserter: r.reference("asserter"),
        encounter: r.reference("encounter"),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}

/// The items of a list inside each item of a list.
fn parts<'a, T>(list: Node<'a>, name: &str, read: fn(Node<'a>) -> Option<T>) -> Vec<T> {
    list.items().filter_map(|item| item.member(name)).flat_map(Node::items).filter_map(read).collect()
}

/// The elements of an onset: date, period, age, range, text, yes or no.
pub(super) const ONSET: [&str; 6] =
    ["onsetDateTime", "onsetPeriod", "onsetAge", "onsetRange", "onsetString", "onsetBoolean"];
const ABATEMENT: [&str; 6] =
    ["abatementDateTime", "abatementPeriod", "abatementAge", "abatementRange", "abatementString", "abatementBoolean"];

/// The element of these that is present.
pub(super) fn moment(r: &mut Reader<'_>, names: &[&'static str; 6]) -> Option<Moment> {
    let [date, span, age, ages, words, yes] = *names;
    if let Some(at) = r.when(date) {
        return Some(Moment::At(at));
    }
    if let Some(found) = r.period(span) {
        return Some(Moment::Within(found));
    }
    if let Some(found) = r.quantity(age) {
        return Some(Moment::Age(found));
    }
    if let Some(found) = r.read(ages, Some) {
        let limit = |name| found.member(name).and_then(quantity);
        return Some(Moment::Ages(limit("low"), limit("high")));
    }
    if let Some(found) = r.text(words) {
        return Some(Moment::Words(Phi::new(found)));
    }
    r.boolean(yes).filter(|yes| *yes).map(|_| Moment::Untimed)
}
