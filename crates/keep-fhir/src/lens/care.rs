//! Immunisations, procedures, flags, care plans and goals.

use super::parts::{Concept, Period, Quantity, Reference, When};
use super::reader::{Reader, concept, reference};
use crate::{FhirError, Raw};
use keep_domain::{Phi, ResourceId};

/// An Immunization.
#[derive(Clone, PartialEq, Eq)]
pub struct ImmunizationLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `completed`, `not-done`, `entered-in-error`.
    pub status: Option<String>,
    /// The vaccine.
    pub vaccine: Option<Concept>,
    /// The date of the vaccination.
    pub given: Option<When>,
    /// The date as text.
    pub given_text: Option<String>,
    /// Lot number.
    pub lot: Option<String>,
    /// The dose.
    pub dose: Option<Quantity>,
    /// The body site.
    pub site: Option<Concept>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads an Immunization.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn immunization(raw: &Raw) -> Result<ImmunizationLens, FhirError> {
    let mut r = Reader::open(raw, &["Immunization"])?;
    Ok(ImmunizationLens {
        id: r.id(),
        status: r.text("status"),
        vaccine: r.concept("vaccineCode"),
        given: r.when("occurrenceDateTime"),
        given_text: r.text("occurrenceString"),
        lot: r.text("lotNumber"),
        dose: r.quantity("doseQuantity"),
        site: r.concept("site"),
        faults: r.into_faults(),
    })
}

/// A Procedure.
#[derive(Clone, PartialEq, Eq)]
pub struct ProcedureLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `completed`, `not-done`, ...
    pub status: Option<String>,
    /// The procedure.
    pub code: Option<Concept>,
    /// Start and end.
    pub performed: Option<Period>,
    /// Reasons.
    pub reasons: Vec<Concept>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a Procedure.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn procedure(raw: &Raw) -> Result<ProcedureLens, FhirError> {
    let mut r = Reader::open(raw, &["Procedure"])?;
    let performed = match r.when("performedDateTime") {
        Some(at) => Some(Period { start: Some(at), end: None }),
        None => r.period("performedPeriod"),
    };
    Ok(ProcedureLens {
        id: r.id(),
        status: r.text("status"),
        code: r.concept("code"),
        performed,
        reasons: r.concepts("reasonCode"),
        faults: r.into_faults(),
    })
}

/// A CarePlan.
#[derive(Clone, PartialEq, Eq)]
pub struct CarePlanLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `active`, `completed`, ...
    pub status: Option<String>,
    /// The types of plan.
    pub categories: Vec<Concept>,
    /// Its title.
    pub title: Option<Phi<String>>,
    /// What it is about.
    pub description: Option<Phi<String>>,
    /// Start and end.
    pub period: Option<Period>,
    /// Planned activities.
    pub activities: Vec<Concept>,
    /// The problems that it addresses.
    pub addresses: Vec<Reference>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a CarePlan.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn care_plan(raw: &Raw) -> Result<CarePlanLens, FhirError> {
    let mut r = Reader::open(raw, &["CarePlan"])?;
    Ok(CarePlanLens {
        id: r.id(),
        status: r.text("status"),
        categories: r.concepts("category"),
        title: r.text("title").map(Phi::new),
        description: r.text("description").map(Phi::new),
        period: r.period("period"),
        activities: r
            .list("activity", |n| Some(n.at(&["detail", "code"]).and_then(concept)))
            .into_iter()
            .flatten()
            .collect(),
        addresses: r.list("addresses", reference),
        faults: r.into_faults(),
    })
}

/// A Goal.
#[derive(Clone, PartialEq, Eq)]
pub struct GoalLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `active`, `accepted`, `completed`, ...
    pub status: Option<String>,
    /// The goal.
    pub description: Option<Concept>,
    /// Start.
    pub start: Option<When>,
    /// `in-progress`, `achieved`, ...
    pub achievement: Option<Concept>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a Goal.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn goal(raw: &Raw) -> Result<GoalLens, FhirError> {
    let mut r = Reader::open(raw, &["Goal"])?;
    Ok(GoalLens {
        id: r.id(),
        status: r.text("lifecycleStatus"),
        description: r.concept("description"),
        start: r.when("startDate"),
        achievement: r.concept("achievementStatus"),
        faults: r.into_faults(),
    })
}
