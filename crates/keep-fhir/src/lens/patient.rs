//! Demographics for the banner, registration and search rows.

use super::parts::{Period, When};
use super::reader::{Reader, concept, member_owned, member_phi, owned, period};
use crate::{FhirError, Kind, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// One name of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct HumanName {
    /// `official`, `usual`, `nickname`, `maiden`, `old`, ...
    pub usage: Option<String>,
    /// Family name as recorded; the interface shows it in capitals.
    pub family: Option<Phi<String>>,
    /// Given names in order.
    pub given: Vec<Phi<String>>,
    /// `Dr.`, `Mrs.`
    pub prefix: Vec<Phi<String>>,
    /// The whole name, where only that is recorded.
    pub text: Option<Phi<String>>,
}

/// An identifier with a label.
#[derive(Clone, PartialEq, Eq)]
pub struct LabelledIdentifier {
    /// The HL7 v2-0203 code: `MR`, `SS`, `NI`, ...
    pub type_code: Option<String>,
    /// The type's text or display.
    pub label: Option<String>,
    /// Namespace.
    pub system: Option<String>,
    /// The number.
    pub value: Phi<String>,
}

/// A telephone number.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    /// As written.
    pub number: Phi<String>,
    /// `home`, `work`, `mobile`.
    pub usage: Option<String>,
}

/// An address.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Street lines, then place and postal code, then country.
    pub lines: Vec<Phi<String>>,
    /// `home`, `old`, ...
    pub usage: Option<String>,
}

/// A Patient.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// All names, the one to show first: official, usual, then others, old names last.
    pub names: Vec<HumanName>,
    /// The preferred name: `nickname`, or `usual` where there is also an official name.
    pub preferred: Option<Phi<String>>,
    /// Date of birth, may be partial.
    pub birth_date: Option<Phi<When>>,
    /// Administrative gender code.
    pub gender: Option<String>,
    /// All identifiers, medical record number first.
    pub identifiers: Vec<LabelledIdentifier>,
    /// Telephones, current first.
    pub phones: Vec<Phone>,
    /// Addresses, current first.
    pub addresses: Vec<Address>,
    /// Languages, preferred first.
    pub languages: Vec<String>,
    /// Recorded as deceased.
    pub deceased: bool,
    /// The time of death, where recorded.
    pub deceased_at: Option<Phi<When>>,
    /// `false` only where the record says so.
    pub active: bool,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl PatientLens {
    /// The name to show.
    #[must_use]
    pub fn name(&self) -> Option<&HumanName> {
        self.names.first()
    }

    /// The medical record number, or else the first identifier with a type, or else the first.
    #[must_use]
    pub fn number(&self) -> Option<&LabelledIdentifier> {
        self.identifiers.first()
    }
}

/// Reads a Patient.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn patient(raw: &Raw) -> Result<PatientLens, FhirError> {
    let mut r = Reader::open(raw, &["Patient"])?;
    let mut names = r.list("name", human_name);
    names.sort_by_key(name_rank);
    let preferred = preferred(&names);
    let mut identifiers = r.list("identifier", identifier);
    identifiers.sort_by_key(|i| match (&i.type_code, &i.label) {
        (Some(code), _) if code == "MR" => 0,
        (Some(_), _) | (_, Some(_)) => 1,
        _ => 2,
    });
    let phones = r.list("telecom", |t| {
        let is_phone = matches!(t.member_text("system").as_deref(), Some("phone" | "sms") | None);
        let value = member_phi(t, "value");
        // Other contact points are skipped; they are not faults.
        Some(value.filter(|_| is_phone).map(|number| Phone { number, usage: member_owned(t, "use") }))
    });
    let mut addresses = r.list("address", address);
    addresses.sort_by_key(|a| a.usage.as_deref() == Some("old"));
    let mut languages = r.list("communication", |c| {
        let preferred = c.member("preferred").and_then(Node::boolean) == Some(true);
        let language = c.member("language").and_then(concept)?;
        Some((!preferred, language.label()?.to_owned()))
    });
    languages.sort_by_key(|(rank, _)| *rank);
    let deceased_at = r.when("deceasedDateTime").map(Phi::new);
    Ok(PatientLens {
        id: r.id(),
        names,
        preferred,
        birth_date: r.when("birthDate").map(Phi::new),
        gender: r.text("gender"),
        identifiers,
        phones: phones.into_iter().flatten().collect(),
        addresses,
        languages: languages.into_iter().map(|(_, l)| l).collect(),
        deceased: r.boolean("deceasedBoolean") == Some(true) || deceased_at.is_some(),
        deceased_at,
        active: r.boolean("active") != Some(false),
        faults: r.into_faults(),
    })
}

/// The name to show of a Practitioner or another person.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn person_name(raw: &Raw) -> Result<Option<HumanName>, FhirError> {
    let mut r = Reader::open(raw, &["Practitioner", "RelatedPerson", "Patient", "Person"])?;
    let mut names = r.list("name", human_name);
    names.sort_by_key(name_rank);
    Ok(names.into_iter().next())
}

/// Whether a person has an identifier with this value, in any system.
#[must_use]
pub fn has_identifier(raw: &Raw, value: &str) -> bool {
    let identifiers = raw.node().member("identifier").into_iter().flat_map(Node::items);
    identifiers.filter_map(|i| i.member_text("value")).any(|v| v == value)
}

/// Whether a Patient needs an interpreter (extension patient-interpreterRequired of the patient or of a language).
#[must_use]
pub fn needs_interpreter(raw: &Raw) -> bool {
    let communication = raw.node().member("communication").into_iter().flat_map(Node::items);
    let holders = std::iter::once(raw.node()).chain(communication);
    holders.flat_map(|h| h.member("extension").into_iter().flat_map(Node::items)).any(|e| {
        let url = e.member_text("url").unwrap_or_default();
        url.ends_with("patient-interpreterRequired") && e.member("valueBoolean").and_then(Node::boolean) == Some(true)
    })
}

fn name_rank(name: &HumanName) -> u8 {
    match name.usage.as_deref() {
        Some("official") => 0,
        Some("usual") => 1,
        None => 2,
        Some("nickname" | "anonymous" | "temp") => 3,
        Some("maiden") => 4,
        Some("old") => 6,
        Some(_) => 5,
    }
}

fn preferred(names: &[HumanName]) -> Option<Phi<String>> {
    let given_or_text = |n: &HumanName| n.given.first().cloned().or_else(|| n.text.clone());
    let by = |usage: &str| names.iter().find(|n| n.usage.as_deref() == Some(usage));
    let first = names.first();
    by("nickname").or_else(|| by("usual").filter(|u| first.is_some_and(|f| f != *u))).and_then(given_or_text)
}

fn human_name(node: Node<'_>) -> Option<HumanName> {
    let list = |name: &str| {
        let items = node.member(name).into_iter().flat_map(Node::items);
        items.filter_map(owned).map(Phi::new).collect::<Vec<_>>()
    };
    let name = HumanName {
        usage: member_owned(node, "use"),
        family: member_phi(node, "family"),
        given: list("given"),
        prefix: list("prefix"),
        text: member_phi(node, "text"),
    };
    let empty = name.family.is_none() && name.given.is_empty() && name.text.is_none();
    (!empty).then_some(name)
}

fn identifier(node: Node<'_>) -> Option<LabelledIdentifier> {
    let kind = node.member("type").and_then(concept);
    Some(LabelledIdentifier {
        type_code: kind.as_ref().and_then(|k| k.code().map(str::to_owned)),
        label: kind.as_ref().and_then(|k| k.label().map(str::to_owned)),
        system: member_owned(node, "system"),
        value: member_phi(node, "value")?,
    })
}

fn address(node: Node<'_>) -> Option<Address> {
    if node.kind() != Kind::Object {
        return None;
    }
    let mut lines: Vec<String> = node.member("line").into_iter().flat_map(Node::items).filter_map(owned).collect();
    let place = ["city", "state", "postalCode"].map(|part| member_owned(node, part));
    let place: Vec<String> = place.into_iter().flatten().collect();
    lines.extend((!place.is_empty()).then(|| place.join(", ")));
    lines.extend(member_owned(node, "country"));
    if lines.is_empty() {
        lines.extend(member_owned(node, "text"));
    }
    let ended = node.member("period").and_then(period).is_some_and(|p: Period| p.end.is_some());
    let usage = if ended { Some("old".to_owned()) } else { member_owned(node, "use") };
    Some(Address { lines: lines.into_iter().map(Phi::new).collect(), usage })
}
