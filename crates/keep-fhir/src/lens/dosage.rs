//! Dosage instructions (R4, `dosage.html`).

use super::parts::{Concept, Quantity};
use super::reader::{concept, member_owned, member_phi, quantity};
use crate::{Kind, Node};
use keep_domain::Phi;

/// The amount at a time.
#[derive(Clone, PartialEq, Eq)]
pub enum Dose {
    /// One amount.
    Exactly(Quantity),
    /// At least, at most.
    Between(Option<Quantity>, Option<Quantity>),
}

/// The frequency; digits as recorded.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Timing {
    /// Times per period.
    pub frequency: Option<String>,
    /// Maximum number of times per period.
    pub frequency_max: Option<String>,
    /// Length of the period.
    pub period: Option<String>,
    /// `h`, `d`, `wk`, ...
    pub period_unit: Option<String>,
    /// `BID`, `QD`, ... or text.
    pub code: Option<Concept>,
    /// Meal and day relations: `AC`, `HS`, ...
    pub when: Vec<String>,
}

/// One instruction.
#[derive(Clone, PartialEq, Eq)]
pub struct Dosage {
    /// The instruction as text.
    pub text: Option<Phi<String>>,
    /// The dose.
    pub dose: Option<Dose>,
    /// The frequency.
    pub timing: Option<Timing>,
    /// The route.
    pub route: Option<Concept>,
    /// Whether it is to be taken as needed.
    pub as_needed: bool,
    /// The reason for taking it as needed.
    pub as_needed_for: Option<Concept>,
    /// Instructions to the patient.
    pub patient_instruction: Option<Phi<String>>,
    /// Whether an amount was present but could not be read.
    pub unreadable: bool,
}

pub(super) fn dosage(node: Node<'_>) -> Option<Dosage> {
    if node.kind() != Kind::Object {
        return None;
    }
    let mut unreadable = false;
    let mut amount = |n: Option<Node<'_>>| {
        let q = n.and_then(quantity);
        unreadable |= n.is_some() && q.as_ref().is_none_or(|q| q.value.is_none());
        q
    };
    let rates = node.member("doseAndRate").and_then(|d| d.items().next());
    let exact = rates.and_then(|r| r.member("doseQuantity"));
    let range = rates.and_then(|r| r.member("doseRange"));
    let dose = match (exact, range) {
        (Some(q), _) => amount(Some(q)).map(Dose::Exactly),
        (None, Some(r)) => {
            let (low, high) = (amount(r.member("low")), amount(r.member("high")));
            Some(Dose::Between(low, high))
        }
        (None, None) => None,
    };
    let timing = node.member("timing").map(timing);
    Some(Dosage {
        text: member_phi(node, "text"),
        dose,
        timing,
        route: node.member("route").and_then(concept),
        as_needed: node.member("asNeededBoolean").and_then(Node::boolean) == Some(true)
            || node.member("asNeededCodeableConcept").is_some(),
        as_needed_for: node.member("asNeededCodeableConcept").and_then(concept),
        patient_instruction: member_phi(node, "patientInstruction"),
        unreadable,
    })
}

fn timing(node: Node<'_>) -> Timing {
    let repeat = node.member("repeat");
    let number = |name| repeat.and_then(|r: Node<'_>| r.member(name)).and_then(Node::number).map(str::to_owned);
    let when = repeat.and_then(|r| r.member("when")).into_iter().flat_map(Node::items);
    Timing {
        frequency: number("frequency"),
        frequency_max: number("frequencyMax"),
        period: number("period"),
        period_unit: repeat.and_then(|r| member_owned(r, "periodUnit")),
        code: node.member("code").and_then(concept),
        when: when.filter_map(|w| w.text().map(std::borrow::Cow::into_owned)).collect(),
    }
}
