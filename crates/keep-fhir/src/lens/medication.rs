//! Medicines: MedicationRequest, MedicationStatement, MedicationDispense and MedicationAdministration.

use super::dosage::{Dosage, dosage, given};
use super::parts::{Concept, Period, Quantity, Reference, When};
use super::product::{MedicineName, medicine_name};
use super::reader::{Reader, owned, reference};
use super::timing::one_or_more;
use super::unread::urls;
use crate::{FhirError, Kind, Node, Raw, parse_reference};
use keep_domain::{Phi, ResourceId, ResourceKey};

/// What a record says about a medicine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MedicineRecord {
    /// Ordered (MedicationRequest).
    Order,
    /// Reported (MedicationStatement).
    Statement,
    /// Handed out (MedicationDispense).
    Dispense,
    /// Given (MedicationAdministration).
    Administration,
}

/// How much of a medicine is handed out, and for how long.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Supply {
    /// When the prescription may be used.
    pub validity: Option<Period>,
    /// Number of refills.
    pub repeats: Option<String>,
    /// The amount at a time.
    pub quantity: Option<Quantity>,
    /// How long it lasts.
    pub duration: Option<Quantity>,
    /// Whether another product may be handed out.
    pub substitution: Option<bool>,
}

/// A medicine that was ordered, is taken, was handed out or was given.
#[derive(Clone, PartialEq, Eq)]
pub struct MedicationLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// The type of record.
    pub record: MedicineRecord,
    /// The medicine.
    pub name: MedicineName,
    /// `active`, `on-hold`, `stopped`, `completed`, ...
    pub status: Option<String>,
    /// Reasons for the status.
    pub status_reasons: Vec<Concept>,
    /// When the status was set (R5 `statusChanged` as an extension).
    pub status_changed: Option<When>,
    /// `order`, `plan`, ...; of orders only.
    pub intent: Option<String>,
    /// Whether the record asks that the medicine is not given.
    pub do_not_perform: bool,
    /// `urgent`, `stat`, ...
    pub priority: Option<String>,
    /// Instructions, steps in their order.
    pub dosages: Vec<Dosage>,
    /// The time of the order or statement.
    pub authored: Option<When>,
    /// The period of use, or the time of giving or handing out.
    pub taken: Option<Period>,
    /// Records that this one follows from.
    pub links: Vec<ResourceKey>,
    /// The order that this one replaces.
    pub prior: Option<ResourceKey>,
    /// What is handed out.
    pub supply: Supply,
    /// The person who ordered, reported, handed out or gave it.
    pub requester: Option<Reference>,
    /// Whether it was reported by someone else than the orderer.
    pub reported: bool,
    /// Kind of treatment, place of use.
    pub categories: Vec<Concept>,
    /// Reasons.
    pub reasons: Vec<Concept>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Names of modifier elements that are not known here.
    pub modifiers: Vec<String>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a medicine; `base` is the address of the own server, for absolute references.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn medication(raw: &Raw, base: Option<&str>) -> Result<MedicationLens, FhirError> {
    use MedicineRecord::{Administration, Dispense, Order, Statement};
    let types = ["MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"];
    let mut r = Reader::open(raw, &types)?;
    let record = match r.node().member_text("resourceType").as_deref() {
        Some("MedicationRequest") => Order,
        Some("MedicationStatement") => Statement,
        Some("MedicationDispense") => Dispense,
        _ => Administration,
    };
    let name = medicine_name(r.node(), r.node(), ["medicationCodeableConcept", "medicationReference"], base);
    if name == MedicineName::Missing {
        r.fault("medicationCodeableConcept");
    }
    Ok(MedicationLens {
        id: r.id(),
        record,
        name,
        status: r.text("status"),
        status_reasons: status_reasons(&mut r),
        status_changed: status_changed(r.node()),
        intent: r.text("intent"),
        do_not_perform: r.boolean("doNotPerform") == Some(true),
        priority: r.text("priority"),
        dosages: dosages(&mut r, record),
        authored: r.first_when(&["authoredOn", "dateAsserted", "whenPrepared"]),
        taken: taken(&mut r),
        links: LINKS.into_iter().flat_map(|name| targets(r.member(name), base)).collect(),
        prior: targets(r.member("priorPrescription"), base).into_iter().next(),
        supply: supply(&mut r),
        requester: requester(&mut r, record),
        reported: r.boolean("reportedBoolean") == Some(true) || r.member("reportedReference").is_some(),
        categories: categories(&mut r),
        reasons: reasons(&mut r),
        notes: r.notes(),
        modifiers: modifiers(&r),
        faults: r.into_faults(),
    })
}

/// The elements that lead to the order or statement that a record follows from.
const LINKS: [&str; 5] = ["basedOn", "derivedFrom", "partOf", "authorizingPrescription", "request"];

fn targets(node: Option<Node<'_>>, base: Option<&str>) -> Vec<ResourceKey> {
    let Some(node) = node else { return Vec::new() };
    let key = |n: Node<'_>| parse_reference(&n.member_text("reference")?, base);
    if node.kind() == Kind::Array { node.items().filter_map(key).collect() } else { key(node).into_iter().collect() }
}

fn status_reasons(r: &mut Reader<'_>) -> Vec<Concept> {
    let mut found = one_or_more(r, "statusReason");
    found.extend(r.concept("statusReasonCodeableConcept"));
    // The reason may be a DetectedIssue: its display is all there is here.
    let display = r.member("statusReasonReference").and_then(|n| n.member("display")).and_then(owned);
    found.extend(display.map(|text| Concept { text: Some(text), codings: Vec::new() }));
    found
}

fn status_changed(resource: Node<'_>) -> Option<When> {
    let changed = resource
        .member("extension")?
        .items()
        .find(|e| e.member_text("url").is_some_and(|url| url.ends_with("statusChanged")))?;
    super::reader::when(changed.member("valueDateTime")?)
}

fn dosages(r: &mut Reader<'_>, record: MedicineRecord) -> Vec<Dosage> {
    let (name, read): (_, fn(Node<'_>) -> Option<Dosage>) = match record {
        MedicineRecord::Order | MedicineRecord::Dispense => ("dosageInstruction", dosage),
        MedicineRecord::Statement => ("dosage", dosage),
        MedicineRecord::Administration => ("dosage", given),
    };
    let mut found =
        if record == MedicineRecord::Administration && r.member(name).is_some_and(|n| n.kind() == Kind::Object) {
            r.read(name, read).into_iter().collect()
        } else {
            r.list(name, read)
        };
    if found.iter().any(|d| !d.unread.elements.is_empty()) {
        r.fault(name);
    }
    // Steps are shown in their order; instructions without one stay where they are.
    let place = |d: &Dosage| d.sequence.as_deref().and_then(|s| s.parse::<u32>().ok());
    if found.iter().all(|d| place(d).is_some()) {
        found.sort_by_key(place);
    }
    found
}

fn taken(r: &mut Reader<'_>) -> Option<Period> {
    let at = r.first_when(&["effectiveDateTime", "whenHandedOver"]);
    at.map(|at| Period { start: Some(at), end: None }).or_else(|| r.period("effectivePeriod"))
}

fn supply(r: &mut Reader<'_>) -> Supply {
    let substitution = r.member("substitution").and_then(|n| n.member("allowedBoolean")).and_then(Node::boolean);
    let own = Supply { quantity: r.quantity("quantity"), duration: r.quantity("daysSupply"), ..Supply::default() };
    let Some(request) = r.member("dispenseRequest").filter(|n| n.kind() == Kind::Object) else {
        return Supply { substitution, ..own };
    };
    let mut inner = Reader::over(request, request.members().collect());
    Supply {
        validity: inner.period("validityPeriod"),
        repeats: inner.read("numberOfRepeatsAllowed", |n| n.number().map(str::to_owned)),
        quantity: inner.quantity("quantity"),
        duration: inner.quantity("expectedSupplyDuration"),
        substitution,
    }
}

fn requester(r: &mut Reader<'_>, record: MedicineRecord) -> Option<Reference> {
    match record {
        MedicineRecord::Order => r.reference("requester"),
        MedicineRecord::Statement => r.reference("informationSource"),
        MedicineRecord::Dispense | MedicineRecord::Administration => {
            r.list("performer", |n| n.member("actor").and_then(reference)).into_iter().next()
        }
    }
}

fn categories(r: &mut Reader<'_>) -> Vec<Concept> {
    let mut found = one_or_more(r, "category");
    found.extend(r.concept("courseOfTherapyType"));
    found
}

fn reasons(r: &mut Reader<'_>) -> Vec<Concept> {
    let mut found = r.concepts("reasonCode");
    let displays = r.member("reasonReference").into_iter().flat_map(Node::items);
    let named = displays.filter_map(|n| n.member("display").and_then(owned));
    found.extend(named.map(|text| Concept { text: Some(text), codings: Vec::new() }));
    found
}

fn modifiers(r: &Reader<'_>) -> Vec<String> {
    let mut found = r.member("modifierExtension").map(urls).unwrap_or_default();
    found.extend(r.member("implicitRules").map(|_| String::from("implicitRules")));
    found
}

#[cfg(test)]
mod tests;
