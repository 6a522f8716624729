//! Immunisations, procedures, flags, care plans and goals.

use super::reader::{Reader, concept, link};
use super::{Concept, Link, PeriodSpan, Quantity, When};
use crate::{FhirError, Raw};
use keep_domain::{Phi, ResourceId};

/// An Immunization.
#[derive(Clone, PartialEq, Eq)]
pub struct ImmunizationLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// `completed`, `not-done`, `entered-in-error`.
    pub status: Option<String>,
    /// The vaccine.
    pub vaccine: Option<Concept>,
    /// When, as a date.
    pub given: Option<When>,
    /// When, in words.
    pub given_text: Option<String>,
    /// Lot number.
    pub lot: Option<String>,
    /// How much.
    pub dose: Option<Quantity>,
    /// Where on the body.
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
    /// The id.
    pub id: Option<ResourceId>,
    /// `completed`, `not-done`, ...
    pub status: Option<String>,
    /// What was done.
    pub code: Option<Concept>,
    /// From, to.
    pub performed: Option<PeriodSpan>,
    /// Why.
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
        Some(at) => Some(PeriodSpan { start: Some(at), end: None }),
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

/// A Flag.
#[derive(Clone, PartialEq, Eq)]
pub struct FlagLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// `active`, `inactive`, `entered-in-error`.
    pub status: Option<String>,
    /// `safety`, `admin`, `contact`, ...
    pub categories: Vec<String>,
    /// What it says.
    pub code: Option<Concept>,
    /// From, to.
    pub period: Option<PeriodSpan>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a Flag.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn flag(raw: &Raw) -> Result<FlagLens, FhirError> {
    let mut r = Reader::open(raw, &["Flag"])?;
    Ok(FlagLens {
        id: r.id(),
        status: r.text("status"),
        categories: r.concepts("category").into_iter().flat_map(|c| c.codings).map(|c| c.code).collect(),
        code: r.concept("code"),
        period: r.period("period"),
        faults: r.into_faults(),
    })
}

/// A CarePlan.
#[derive(Clone, PartialEq, Eq)]
pub struct CarePlanLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// `active`, `completed`, ...
    pub status: Option<String>,
    /// What kind of plan.
    pub categories: Vec<Concept>,
    /// Its title.
    pub title: Option<Phi<String>>,
    /// From, to.
    pub period: Option<PeriodSpan>,
    /// What is to be done.
    pub activities: Vec<Concept>,
    /// The problems that it is for.
    pub addresses: Vec<Link>,
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
        period: r.period("period"),
        activities: r
            .list("activity", |n| Some(n.at(&["detail", "code"]).and_then(concept)))
            .into_iter()
            .flatten()
            .collect(),
        addresses: r.list("addresses", link),
        faults: r.into_faults(),
    })
}

/// A Goal.
#[derive(Clone, PartialEq, Eq)]
pub struct GoalLens {
    /// The id.
    pub id: Option<ResourceId>,
    /// `active`, `accepted`, `completed`, ...
    pub status: Option<String>,
    /// What is to be reached.
    pub description: Option<Concept>,
    /// From.
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
