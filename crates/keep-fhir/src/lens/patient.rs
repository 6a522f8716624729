//! Demographics for the banner, registration and search rows.

use super::parts::{Period, Reference, When};
use super::reader::{Reader, concept, member_owned, member_phi, owned, period, reference};
use crate::extract::name_rank;
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
    /// `Jr.`, `PhD`
    pub suffix: Vec<Phi<String>>,
    /// The whole name as text.
    pub text: Option<Phi<String>>,
    /// When it was or is in use.
    pub period: Option<Period>,
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
    /// `usual`, `official`, `temp`, `secondary`, `old`.
    pub usage: Option<String>,
    /// When it was or is valid.
    pub period: Option<Period>,
    /// The number.
    pub value: Phi<String>,
}

/// A telephone number.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    /// As written.
    pub number: Phi<String>,
    /// `home`, `work`, `mobile`, `temp`, `old`.
    pub usage: Option<String>,
    /// The order of preference, from 1.
    pub rank: Option<u32>,
    /// When it was or is in use.
    pub period: Option<Period>,
}

/// An address.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// Street lines, then place and postal code, then country.
    pub lines: Vec<Phi<String>>,
    /// `home`, `work`, `temp`, `old`, `billing`.
    pub usage: Option<String>,
    /// When it was or is in use.
    pub period: Option<Period>,
}

/// A link to another record of the same person.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonLink {
    /// `replaced-by`, `replaces`, `refer`, `seealso`, or another code as recorded.
    pub kind: String,
    /// The other record: a Patient or a RelatedPerson.
    pub other: Option<Reference>,
}

/// A Patient. Lists keep the order of the text, apart from that of their `use` and `rank`; what has ended by its period
/// is for the reader to decide, who knows the date.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// All names: official, usual, without a use, then the others, old names last.
    pub names: Vec<HumanName>,
    /// Date of birth, may be partial.
    pub birth_date: Option<Phi<When>>,
    /// Administrative gender code.
    pub gender: Option<String>,
    /// All identifiers, medical record number first, old ones last.
    pub identifiers: Vec<LabelledIdentifier>,
    /// Telephones by rank, old ones last.
    pub phones: Vec<Phone>,
    /// Addresses, old ones last.
    pub addresses: Vec<Address>,
    /// Languages, preferred first.
    pub languages: Vec<String>,
    /// The code of the preferred language, for example `tr`.
    pub language_code: Option<String>,
    /// Recorded as deceased.
    pub deceased: bool,
    /// The time of death, where recorded.
    pub deceased_at: Option<Phi<When>>,
    /// `false` only where the record says so.
    pub active: bool,
    /// Links to other records of the same person.
    pub links: Vec<PersonLink>,
    /// Elements that may change the meaning in a way that this program does not know.
    pub modifiers: Vec<String>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

impl PatientLens {
    /// The targets of the links of one kind that are patients; of a RelatedPerson nothing follows for this record.
    pub fn linked(&self, kind: &str) -> impl Iterator<Item = &PersonLink> {
        let is_patient = |l: &PersonLink| match l.other.as_ref().and_then(|o| o.key.as_ref()) {
            Some(key) => key.resource_type == "Patient",
            // On another server, or given by its identifier only: the link still says what it says.
            None => true,
        };
        self.links.iter().filter(move |l| l.kind == kind && is_patient(l))
    }

    /// Whether another record took this one's place.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        self.linked("replaced-by").next().is_some()
    }
}

/// Reads a Patient.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn patient(raw: &Raw) -> Result<PatientLens, FhirError> {
    let mut r = Reader::open(raw, &["Patient"])?;
    let mut names = r.list("name", human_name);
    names.sort_by_key(|n: &HumanName| name_rank(n.usage.as_deref()));
    let mut identifiers = r.list("identifier", identifier);
    identifiers.sort_by_key(identifier_rank);
    let phones = r.list("telecom", |t| {
        let is_phone = matches!(t.member_text("system").as_deref(), Some("phone" | "sms") | None);
        // Other contact points are skipped; they are not faults.
        Some(member_phi(t, "value").filter(|_| is_phone).map(|number| Phone {
            number,
            usage: member_owned(t, "use"),
            rank: t.member("rank").and_then(Node::number).and_then(|n| n.parse().ok()),
            period: t.member("period").and_then(period),
        }))
    });
    let mut phones: Vec<Phone> = phones.into_iter().flatten().collect();
    phones.sort_by_key(|p| (p.usage.as_deref() == Some("old"), p.rank.unwrap_or(u32::MAX)));
    let mut addresses = r.list("address", address);
    addresses.sort_by_key(|a| match a.usage.as_deref() {
        Some("old") => 2,
        Some("billing" | "work") => 1,
        _ => 0,
    });
    let mut languages = r.list("communication", |c| {
        let preferred = c.member("preferred").and_then(Node::boolean) == Some(true);
        let language = c.member("language").and_then(concept)?;
        Some((!preferred, language.label()?.to_owned(), language.code().map(str::to_owned)))
    });
    languages.sort_by_key(|(rank, ..)| *rank);
    let language_code = languages.first().and_then(|(.., code)| code.clone());
    let links = r.list("link", |l| {
        Some(PersonLink { kind: member_owned(l, "type")?, other: l.member("other").and_then(reference) })
    });
    let modifiers = ["implicitRules", "modifierExtension"].into_iter().filter(|m| r.member(m).is_some());
    let modifiers = modifiers.map(str::to_owned).collect();
    let deceased_at = r.when("deceasedDateTime").map(Phi::new);
    // Only an extension, for example that the time is not known: the time of something that happened.
    let died_somewhen = deceased_at.is_some() || r.member("_deceasedDateTime").is_some();
    Ok(PatientLens {
        id: r.id(),
        names,
        birth_date: r.when("birthDate").map(Phi::new),
        gender: r.text("gender"),
        identifiers,
        phones,
        addresses,
        languages: languages.into_iter().map(|(_, l, _)| l).collect(),
        language_code,
        deceased: r.boolean("deceasedBoolean") == Some(true) || died_somewhen,
        deceased_at,
        active: r.boolean("active") != Some(false),
        links,
        modifiers,
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
    names.sort_by_key(|n: &HumanName| name_rank(n.usage.as_deref()));
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

fn identifier_rank(identifier: &LabelledIdentifier) -> (bool, u8, u8) {
    let usage = match identifier.usage.as_deref() {
        Some("usual" | "official") => 0,
        None => 1,
        Some(_) => 2,
    };
    let kind = match (&identifier.type_code, &identifier.label) {
        (Some(code), _) if code == "MR" => 0,
        (Some(_), _) | (_, Some(_)) => 1,
        _ => 2,
    };
    (identifier.usage.as_deref() == Some("old"), kind, usage)
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
        suffix: list("suffix"),
        text: member_phi(node, "text"),
        period: node.member("period").and_then(period),
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
        usage: member_owned(node, "use"),
        period: node.member("period").and_then(period),
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
    Some(Address {
        lines: lines.into_iter().map(Phi::new).collect(),
        usage: member_owned(node, "use"),
        period: node.member("period").and_then(period),
    })
}
