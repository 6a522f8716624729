//! What must not be done: orders and plans with `doNotPerform`, and the decision not to resuscitate in every form.

use super::parts::{Coding, Concept, Period, When};
use super::phrase::phrase;
use super::reader::{concept, member_owned, owned, period};
use crate::{FhirDate, FhirError, Node, Raw};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// How a record says that something must not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoNot {
    /// An order or a planned activity with `doNotPerform`: its name is what must not be done.
    Perform,
    /// A decision not to resuscitate: its name says so.
    Resuscitate,
    /// A decision to resuscitate: it ends earlier ones of its kind.
    Lifted,
}

/// One thing that must not be done, whether or not it is in force.
#[derive(Clone, PartialEq, Eq)]
pub struct DoNotLens {
    /// How it is said.
    pub kind: DoNot,
    /// The recorded words or code.
    pub what: Option<Concept>,
    /// `status`, or of a Condition `clinicalStatus`.
    pub status: Option<String>,
    /// `intent`.
    pub intent: Option<String>,
    /// When it was decided.
    pub at: Option<When>,
    /// When it applies.
    pub period: Option<Period>,
}

#[derive(Default, Deserialize)]
struct File {
    not_for: List,
    is_for: List,
    asks: List,
}

#[derive(Default, Deserialize)]
struct List {
    codes: Vec<KnownCode>,
    texts: Vec<String>,
}

#[derive(Deserialize)]
struct KnownCode {
    system: String,
    code: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    NotFor,
    For,
    /// A question or a measurement whose value is the decision.
    Asks,
}

struct Table {
    codes: HashMap<String, (String, Decision)>,
    texts: HashMap<String, Decision>,
    /// The first words of `texts`.
    beginnings: Vec<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // Without a readable file only `doNotPerform` counts; a test reads the shipped one.
    let file: File =
        serde_json::from_str(include_str!("../../../../assets/clinical/resuscitation.json")).unwrap_or_default();
    let mut table = Table { codes: HashMap::new(), texts: HashMap::new(), beginnings: Vec::new() };
    for (list, decision) in
        [(file.not_for, Decision::NotFor), (file.is_for, Decision::For), (file.asks, Decision::Asks)]
    {
        table.codes.extend(list.codes.into_iter().map(|known| (known.code, (known.system, decision))));
        table.texts.extend(list.texts.into_iter().map(|text| (text, decision)));
    }
    let first = |text: &String| text.split(' ').next().unwrap_or_default().to_owned();
    table.beginnings = table.texts.keys().map(first).collect::<BTreeSet<_>>().into_iter().collect();
    table
});

fn of_coding(coding: &Coding) -> Option<Decision> {
    let (system, decision) = TABLE.codes.get(&coding.code)?;
    let fits = coding.system.as_deref().is_none_or(|address| {
        let address = address.to_ascii_lowercase();
        match system.as_str() {
            "snomed" => address.contains("snomed") || address.ends_with("2.16.840.1.113883.6.96"),
            "loinc" => address.contains("loinc") || address.ends_with("2.16.840.1.113883.6.1"),
            "icd" => address.contains("icd") || address.ends_with("2.16.840.1.113883.6.90"),
            // Consent categories, v2 tables and local copies of them.
            _ => true,
        }
    });
    fits.then_some(*decision)
}

/// Whether a text begins as a known one does; most do not, and are not read further.
fn may_be_known(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_first = |word: &str| TABLE.beginnings.iter().any(|known| known.eq_ignore_ascii_case(word));
    words.next().is_some_and(|word| !word.is_ascii() || is_first(word))
}

fn decision(concept: &Concept) -> Option<Decision> {
    let of_text = |text: &str| {
        let phrase = Some(text).filter(|text| may_be_known(text)).and_then(phrase)?;
        TABLE.texts.get(&phrase).copied()
    };
    let displays = concept.codings.iter().filter_map(|c| c.display.as_deref());
    let coded = concept.codings.iter().find_map(of_coding);
    coded.or_else(|| concept.text.as_deref().into_iter().chain(displays).find_map(of_text))
}

/// Whether a code may name a decision about resuscitation. An Observation of another code need not be read.
#[must_use]
pub fn is_about_resuscitation(code: &str) -> bool {
    TABLE.codes.contains_key(code)
}

/// Whether a concept names a decision about resuscitation, or asks for it.
#[must_use]
pub fn names_resuscitation(concept: &Concept) -> bool {
    decision(concept).is_some()
}

/// Whether a concept names the decision not to resuscitate.
#[must_use]
pub fn is_not_for_resuscitation(concept: &Concept) -> bool {
    decision(concept) == Some(Decision::NotFor)
}

/// What this record says must not be done.
///
/// # Errors
/// [`FhirError::WrongType`] for a type that cannot say so.
pub fn do_not(raw: &Raw) -> Result<Vec<DoNotLens>, FhirError> {
    const TYPES: [&str; 7] = ["ServiceRequest", "CarePlan", "Observation", "Condition", "Procedure", "Flag", "Consent"];
    let node = raw.node();
    let resource_type = node.member_text("resourceType").unwrap_or_default();
    if !TYPES.contains(&resource_type.as_ref()) {
        return Err(FhirError::WrongType);
    }
    let lens = |kind, what| DoNotLens {
        kind,
        what,
        status: member_owned(node, "status")
            .or_else(|| node.member("clinicalStatus").and_then(concept)?.code().map(str::to_owned)),
        intent: member_owned(node, "intent"),
        at: at(node),
        period: span(node),
    };
    let code = || node.member("code").and_then(concept);
    let found = match resource_type.as_ref() {
        "ServiceRequest" if says_yes(node, "doNotPerform") => Some(lens(DoNot::Perform, code())),
        "CarePlan" => return Ok(activities(node)),
        "Observation" => observed(node, code()).map(|(kind, what)| lens(kind, Some(what))),
        "Consent" => consented(node).map(|what| lens(DoNot::Resuscitate, Some(what))),
        _ => code().filter(is_not_for_resuscitation).map(|what| lens(DoNot::Resuscitate, Some(what))),
    };
    Ok(found.into_iter().collect())
}

/// Whether an element is true; text instead of a boolean is a common mistake.
fn says_yes(node: Node<'_>, name: &str) -> bool {
    node.member(name).is_some_and(|n| n.boolean() == Some(true) || n.text().is_some_and(|t| t == "true"))
}

fn at(node: Node<'_>) -> Option<When> {
    const NAMES: [&str; 7] =
        ["authoredOn", "effectiveDateTime", "performedDateTime", "recordedDate", "onsetDateTime", "dateTime", "issued"];
    let text = NAMES.iter().find_map(|name| member_owned(node, name))?;
    Some(When { date: FhirDate::parse(&text), text })
}

fn span(node: Node<'_>) -> Option<Period> {
    let own = ["occurrencePeriod", "period", "effectivePeriod"].iter().find_map(|name| node.member(name));
    own.or_else(|| node.at(&["provision", "period"])).and_then(period)
}

fn activities(plan: Node<'_>) -> Vec<DoNotLens> {
    let details = plan.member("activity").into_iter().flat_map(Node::items).filter_map(|a| a.member("detail"));
    let found = details.filter_map(|detail| {
        let words =
            || member_owned(detail, "description").map(|text| Concept { text: Some(text), codings: Vec::new() });
        let what = detail.member("code").and_then(concept).or_else(words);
        let kind = if says_yes(detail, "doNotPerform") {
            DoNot::Perform
        } else if what.as_ref().is_some_and(is_not_for_resuscitation) {
            DoNot::Resuscitate
        } else {
            return None;
        };
        // A plan that is over ends its activities.
        let of_plan = member_owned(plan, "status").filter(|status| status != "active");
        Some(DoNotLens {
            kind,
            what,
            status: of_plan.or_else(|| member_owned(detail, "status")),
            intent: member_owned(plan, "intent"),
            at: member_owned(plan, "created").map(|text| When { date: FhirDate::parse(&text), text }),
            period: detail.member("scheduledPeriod").or_else(|| plan.member("period")).and_then(period),
        })
    });
    found.collect()
}

/// The decision that an Observation or one of its components records; one not to resuscitate comes before its opposite.
fn observed(node: Node<'_>, code: Option<Concept>) -> Option<(DoNot, Concept)> {
    let own = code.and_then(|code| valued(node, code));
    let components = node.member("component").into_iter().flat_map(Node::items);
    let of_parts = components.filter_map(|c| valued(c, c.member("code").and_then(concept)?));
    own.into_iter().chain(of_parts).min_by_key(|(kind, _)| *kind == DoNot::Lifted)
}

fn valued(node: Node<'_>, code: Concept) -> Option<(DoNot, Concept)> {
    let words =
        || node.member("valueString").and_then(owned).map(|text| Concept { text: Some(text), codings: Vec::new() });
    let value = node.member("valueCodeableConcept").and_then(concept).or_else(words);
    let yes = node.member("valueBoolean").and_then(Node::boolean);
    let is = |answer: bool, words: fn(&Concept) -> bool| yes == Some(answer) || value.as_ref().is_some_and(words);
    match (decision(&code)?, value.as_ref().and_then(decision)) {
        // "Not for resuscitation: no" is no such decision.
        (Decision::NotFor, Some(Decision::For)) => Some((DoNot::Lifted, code)),
        (Decision::NotFor, _) if is(false, is_no) => Some((DoNot::Lifted, code)),
        (Decision::NotFor, _) => Some((DoNot::Resuscitate, code)),
        (Decision::Asks, Some(Decision::NotFor)) => Some((DoNot::Resuscitate, value?)),
        (Decision::Asks, Some(Decision::For)) => Some((DoNot::Lifted, value?)),
        // LOINC 81351-9 asks whether an order not to resuscitate is in place.
        (Decision::Asks, _) if code.has_code("81351-9") && is(true, is_yes) => Some((DoNot::Resuscitate, code)),
        (Decision::Asks, _) if code.has_code("81351-9") && is(false, is_no) => Some((DoNot::Lifted, code)),
        (Decision::For, Some(Decision::NotFor)) => Some((DoNot::Resuscitate, value?)),
        (Decision::For, _) if is(false, is_no) => Some((DoNot::Resuscitate, code)),
        (Decision::For, _) => Some((DoNot::Lifted, code)),
        (Decision::Asks, _) => None,
    }
}

fn is_yes(concept: &Concept) -> bool {
    concept.has_code("LA33-6")
        || concept.has_code("373066001")
        || concept.label().is_some_and(|l| l.eq_ignore_ascii_case("yes"))
}

fn is_no(concept: &Concept) -> bool {
    concept.has_code("LA32-8")
        || concept.has_code("373067005")
        || concept.label().is_some_and(|l| l.eq_ignore_ascii_case("no"))
}

/// The decision that a Consent records: its category, unless its provision is about another decision.
fn consented(node: Node<'_>) -> Option<Concept> {
    let mut categories = node.member("category").into_iter().flat_map(Node::items).filter_map(concept);
    let category = categories.find(is_not_for_resuscitation)?;
    let codes = node.at(&["provision", "code"]);
    let of_provision: Vec<Concept> = codes.into_iter().flat_map(Node::items).filter_map(concept).collect();
    if of_provision.is_empty() {
        return Some(category);
    }
    of_provision.into_iter().find(is_not_for_resuscitation)
}

#[cfg(test)]
mod tests;
