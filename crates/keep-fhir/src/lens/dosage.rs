//! Dosage instructions (R4, `dosage.html`, and the dosage of a MedicationAdministration).

use super::parts::{Concept, Quantity};
use super::reader::{Reader, concept, owned, quantity};
use super::timing::{Timing, timing};
use super::unread::{Unread, unread};
use crate::{Kind, Node};
use keep_domain::Phi;

/// An amount of a medicine, or an amount per time.
#[derive(Clone, PartialEq, Eq)]
pub enum Amount {
    /// One amount.
    Exactly(Quantity),
    /// At least, at most.
    Between(Option<Quantity>, Option<Quantity>),
    /// One amount per another.
    Per(Option<Quantity>, Option<Quantity>),
}

/// One item of `doseAndRate`.
#[derive(Clone, PartialEq, Eq)]
pub struct DoseAndRate {
    /// `ordered`, `calculated`, ...
    pub kind: Option<Concept>,
    /// The dose.
    pub dose: Option<Amount>,
    /// The rate.
    pub rate: Option<Amount>,
}

/// The most that may be given.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Maximum {
    /// In a period.
    pub per_period: Option<Amount>,
    /// At a time.
    pub per_administration: Option<Quantity>,
    /// In a lifetime.
    pub per_lifetime: Option<Quantity>,
}

/// Whether a medicine is taken only when it is needed.
#[derive(Clone, PartialEq, Eq)]
pub enum AsNeeded {
    /// Not recorded, or recorded as "no".
    No,
    /// As needed.
    Yes,
    /// As needed for this reason.
    For(Concept),
}

/// One instruction.
#[derive(Clone, PartialEq, Eq)]
pub struct Dosage {
    /// The place in a sequence of steps.
    pub sequence: Option<String>,
    /// The instruction as text.
    pub text: Option<Phi<String>>,
    /// Additional instructions, such as "with meals".
    pub additional: Vec<Concept>,
    /// Instructions to the patient.
    pub patient_instruction: Option<Phi<String>>,
    /// When.
    pub timing: Option<Timing>,
    /// Whether it is to be taken as needed.
    pub as_needed: AsNeeded,
    /// The place on the body.
    pub site: Option<Concept>,
    /// The route.
    pub route: Option<Concept>,
    /// The technique.
    pub method: Option<Concept>,
    /// Amounts and rates.
    pub doses: Vec<DoseAndRate>,
    /// Upper limits.
    pub maximum: Maximum,
    /// What could not be read.
    pub unread: Unread,
}

const DOSAGE: [&str; 14] = [
    "sequence",
    "text",
    "additionalInstruction",
    "patientInstruction",
    "timing",
    "asNeededBoolean",
    "asNeededCodeableConcept",
    "site",
    "route",
    "method",
    "doseAndRate",
    "maxDosePerPeriod",
    "maxDosePerAdministration",
    "maxDosePerLifetime",
];
/// The same in MedicationAdministration.
const GIVEN: [&str; 7] = ["text", "site", "route", "method", "dose", "rateRatio", "rateQuantity"];
const DOSE: [&str; 6] = ["type", "doseRange", "doseQuantity", "rateRatio", "rateRange", "rateQuantity"];

/// Reads a Dosage.
pub(super) fn dosage(node: Node<'_>) -> Option<Dosage> {
    let (mut dosage, mut r) = shared(node)?;
    let mut left = Unread::default();
    dosage.sequence = r.read("sequence", |n| n.number().map(str::to_owned));
    dosage.additional = r.list("additionalInstruction", concept);
    dosage.patient_instruction = r.text("patientInstruction").map(Phi::new);
    dosage.timing = r.read("timing", |n| (n.kind() == Kind::Object).then(|| timing(n, &mut left)));
    let flag = r.boolean("asNeededBoolean");
    dosage.as_needed = match (r.concept("asNeededCodeableConcept"), flag) {
        (Some(reason), _) => AsNeeded::For(reason),
        (None, Some(true)) => AsNeeded::Yes,
        (None, _) => AsNeeded::No,
    };
    dosage.doses = r.list("doseAndRate", |n| {
        (n.kind() == Kind::Object).then(|| {
            let mut r = Reader::over(n, n.members().collect());
            let read =
                DoseAndRate { kind: r.concept("type"), dose: amount(&mut r, &DOSES), rate: amount(&mut r, &RATES) };
            unread(r, &DOSE, &mut left);
            read
        })
    });
    dosage.maximum = Maximum {
        per_period: r.read("maxDosePerPeriod", ratio),
        per_administration: r.quantity("maxDosePerAdministration"),
        per_lifetime: r.quantity("maxDosePerLifetime"),
    };
    unread(r, &DOSAGE, &mut left);
    dosage.unread = left;
    Some(dosage)
}

/// Reads the dosage of a MedicationAdministration.
pub(super) fn given(node: Node<'_>) -> Option<Dosage> {
    let (mut dosage, mut r) = shared(node)?;
    let (dose, rate) = (r.quantity("dose").map(Amount::Exactly), amount(&mut r, &RATES));
    if dose.is_some() || rate.is_some() {
        dosage.doses = vec![DoseAndRate { kind: None, dose, rate }];
    }
    let mut left = Unread::default();
    unread(r, &GIVEN, &mut left);
    dosage.unread = left;
    Some(dosage)
}

/// The elements that both forms have.
fn shared(node: Node<'_>) -> Option<(Dosage, Reader<'_>)> {
    if node.kind() != Kind::Object {
        return None;
    }
    let mut r = Reader::over(node, node.members().collect());
    let dosage = Dosage {
        sequence: None,
        text: r.read("text", owned).map(Phi::new),
        additional: Vec::new(),
        patient_instruction: None,
        timing: None,
        as_needed: AsNeeded::No,
        site: r.concept("site"),
        route: r.concept("route"),
        method: r.concept("method"),
        doses: Vec::new(),
        maximum: Maximum::default(),
        unread: Unread::default(),
    };
    Some((dosage, r))
}

/// The names of a choice: quantity, range, ratio.
const DOSES: [Option<&str>; 3] = [Some("doseQuantity"), Some("doseRange"), None];
const RATES: [Option<&str>; 3] = [Some("rateQuantity"), Some("rateRange"), Some("rateRatio")];

fn amount(r: &mut Reader<'_>, names: &[Option<&'static str>; 3]) -> Option<Amount> {
    let [exactly, between, per] = names;
    let exactly = exactly.and_then(|name| r.quantity(name)).map(Amount::Exactly);
    let between = between.and_then(|name| r.read(name, range));
    let per = per.and_then(|name| r.read(name, ratio));
    exactly.or(between).or(per)
}

fn is_number(q: &Option<Quantity>) -> bool {
    q.as_ref().is_none_or(|q| q.value.is_some())
}

/// Both limits are readable or absent, and one is there.
fn range(node: Node<'_>) -> Option<Amount> {
    let (low, high) = (node.member("low").and_then(quantity), node.member("high").and_then(quantity));
    ((low.is_some() || high.is_some()) && is_number(&low) && is_number(&high)).then_some(Amount::Between(low, high))
}

fn ratio(node: Node<'_>) -> Option<Amount> {
    let (above, below) = (node.member("numerator").and_then(quantity), node.member("denominator").and_then(quantity));
    (above.is_some() && is_number(&above) && is_number(&below)).then_some(Amount::Per(above, below))
}
