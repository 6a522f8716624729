//! The parts of the index that only patients, appointments and encounters have.

use super::header::Header;
use crate::{FhirDate, Kind, Node, calendar_date, reference_of};
use keep_domain::{Phi, ResourceKey, UtcMillis};
use std::fmt;

/// A code with its system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The code system's address, where given.
    pub system: Option<String>,
    /// The code.
    pub code: String,
}

impl fmt::Display for Code {
    /// `system|code`, as in a FHIR token search.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.system.as_deref().unwrap_or_default(), self.code)
    }
}

/// The part of the index that only some types have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A Patient.
    Patient(Box<PatientFacts>),
    /// An Appointment.
    Appointment(AppointmentFacts),
    /// An Encounter.
    Encounter(EncounterFacts),
    /// A Flag.
    Flag(FlagFacts),
    /// Any other type.
    Other,
}

/// One name of a patient, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientName {
    /// `official`, `usual`, `nickname`, `maiden`, `old`, ...
    pub usage: Option<String>,
    /// The family name.
    pub family: Option<Phi<String>>,
    /// The given names.
    pub given: Vec<Phi<String>>,
    /// The whole name as text, where given.
    pub text: Option<Phi<String>>,
}

impl PatientName {
    /// The order in which names are shown: the official one first, old ones last.
    #[must_use]
    pub fn rank(&self) -> u8 {
        name_rank(self.usage.as_deref())
    }
}

/// The order in which names of this use are shown.
pub(crate) fn name_rank(usage: Option<&str>) -> u8 {
    match usage {
        Some("official") => 0,
        Some("usual") => 1,
        None => 2,
        Some("temp") => 3,
        Some("nickname" | "anonymous") => 4,
        Some("maiden") => 6,
        Some("old") => 7,
        Some(_) => 5,
    }
}

/// One business identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientIdentifier {
    /// The namespace.
    pub system: Option<String>,
    /// The HL7 v2-0203 type code, for example `MR`.
    pub type_code: Option<String>,
    /// The value.
    pub value: Phi<String>,
}

/// A link between two Patient records of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientLink {
    /// The other record.
    pub other: ResourceKey,
    /// `replaced-by`, `replaces`, `refer` or `seealso`.
    pub kind: String,
}

/// A patient, for the search index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientFacts {
    /// All names.
    pub names: Vec<PatientName>,
    /// `birthDate` as written, without a time; may be partial.
    pub birth_date: Option<Phi<String>>,
    /// Administrative gender code.
    pub gender: Option<String>,
    /// Identifiers with a value.
    pub identifiers: Vec<PatientIdentifier>,
    /// Telephone numbers as written.
    pub phones: Vec<Phi<String>>,
    /// Whether the person is recorded as dead.
    pub deceased: bool,
    /// Links to other Patient records.
    pub links: Vec<PatientLink>,
    /// `false` only where the record says so.
    pub active: bool,
}

/// One participant of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentParticipant {
    /// A person, place or device.
    pub actor: ResourceKey,
    /// `accepted`, `needs-action`, ...
    pub status: Option<String>,
}

/// An appointment, for the day list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentFacts {
    /// Planned start.
    pub start: Option<UtcMillis>,
    /// Planned end.
    pub end: Option<UtcMillis>,
    /// `booked`, `arrived`, `checked-in`, ...
    pub status: Option<String>,
    /// Participants with a reference.
    pub participants: Vec<AppointmentParticipant>,
}

/// An encounter, for the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncounterFacts {
    /// HL7 v3 ActCode, for example `AMB`.
    pub class: Option<String>,
    /// `in-progress`, `finished`, ...
    pub status: Option<String>,
    /// Start of the period.
    pub start: Option<UtcMillis>,
    /// End of the period.
    pub end: Option<UtcMillis>,
}

/// A Flag, for the marker that there is an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagFacts {
    /// Start of the period as written, where it is a date or a time.
    pub start: Option<String>,
    /// End of the period as written, where it is a date or a time.
    pub end: Option<String>,
}

pub(super) fn owned(node: Node<'_>) -> Option<String> {
    node.text().map(std::borrow::Cow::into_owned)
}

fn member_owned(node: Node<'_>, name: &str) -> Option<String> {
    node.member(name).and_then(owned)
}

fn date(node: Node<'_>) -> Option<UtcMillis> {
    Some(FhirDate::parse(&node.text()?)?.start)
}

/// The first coding of a CodeableConcept, of an array of them, or of a bare Coding.
pub(super) fn first_code(concept: Node<'_>) -> Option<Code> {
    let of_concept = |concept: Node<'_>| match concept.member("coding") {
        Some(list) => list.items().find_map(|coding| code_of(coding, true)),
        None => code_of(concept, true),
    };
    if concept.kind() == Kind::Array { concept.items().find_map(of_concept) } else { of_concept(concept) }
}

/// Adds the codings of one CodeableConcept or of a bare Coding, with their systems where `systems` is set.
pub(super) fn add_codes(concept: Node<'_>, systems: bool, found: &mut Vec<Code>) {
    match concept.member("coding") {
        Some(list) => found.extend(list.items().filter_map(|coding| code_of(coding, systems))),
        None => found.extend(code_of(concept, systems)),
    }
}

fn code_of(coding: Node<'_>, systems: bool) -> Option<Code> {
    if !systems {
        return Some(Code { system: None, code: member_owned(coding, "code")? });
    }
    let [system, code] = coding.first_of(["system", "code"]);
    Some(Code { system: system.and_then(owned), code: code.and_then(owned)? })
}

pub(super) fn patient<'a>(header: &Header<'a>, base: Option<&str>) -> PatientFacts {
    let list = |part: Option<Node<'a>>| part.map(|p| p.items().collect::<Vec<_>>()).unwrap_or_default();
    let names = list(header.name).into_iter().map(|n| PatientName {
        usage: member_owned(n, "use"),
        family: member_owned(n, "family").map(Phi::new),
        given: n.member("given").map(|g| g.items().filter_map(owned).map(Phi::new).collect()).unwrap_or_default(),
        text: member_owned(n, "text").map(Phi::new),
    });
    let identifiers = list(header.identifier).into_iter().filter_map(|i| {
        Some(PatientIdentifier {
            system: member_owned(i, "system"),
            type_code: i.at(&["type", "coding", "code"]).and_then(owned),
            value: Phi::new(member_owned(i, "value")?),
        })
    });
    let phones = list(header.telecom).into_iter().filter_map(|t| {
        let is_phone = matches!(t.member_text("system").as_deref(), Some("phone" | "sms") | None);
        member_owned(t, "value").filter(|_| is_phone).map(Phi::new)
    });
    // A RelatedPerson is no record of this patient, even if its id is that of another Patient.
    let links = list(header.link).into_iter().filter_map(|l| {
        let other = reference_of(l.member("other")?, base).filter(|k| k.resource_type == "Patient")?;
        Some(PatientLink { other, kind: member_owned(l, "type")? })
    });
    let boolean = |part: Option<Node<'_>>| part.and_then(Node::boolean);
    PatientFacts {
        names: names.collect(),
        birth_date: header.birth_date.and_then(owned).map(|text| Phi::new(calendar_date(&text).to_owned())),
        gender: header.gender.and_then(owned),
        identifiers: identifiers.collect(),
        phones: phones.collect(),
        deceased: boolean(header.deceased_boolean) == Some(true) || header.deceased_date_time.is_some(),
        links: links.collect(),
        active: boolean(header.active) != Some(false),
    }
}

pub(super) fn appointment(header: &Header<'_>, base: Option<&str>) -> AppointmentFacts {
    let participants = header.participant.map(|p| {
        let of = |item: Node<'_>| {
            Some(AppointmentParticipant {
                actor: reference_of(item.member("actor")?, base)?,
                status: member_owned(item, "status"),
            })
        };
        p.items().filter_map(of).collect()
    });
    AppointmentFacts {
        start: header.start.and_then(date),
        end: header.end.and_then(date),
        status: header.status.and_then(owned),
        participants: participants.unwrap_or_default(),
    }
}

pub(super) fn flag(header: &Header<'_>) -> FlagFacts {
    let period = |name| {
        let text = header.period.and_then(|p| p.member(name)).and_then(owned)?;
        FhirDate::parse(&text).map(|_| text)
    };
    FlagFacts { start: period("start"), end: period("end") }
}

pub(super) fn encounter(header: &Header<'_>) -> EncounterFacts {
    let period = |name| header.period.and_then(|p| p.member(name)).and_then(date);
    EncounterFacts {
        class: header.class.and_then(first_code).map(|c| c.code),
        status: header.status.and_then(owned),
        start: period("start"),
        end: period("end"),
    }
}
