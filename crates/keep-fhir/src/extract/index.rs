//! Reads the index of a resource from its top-level elements.

use super::category;
use super::facts::{self, Code, Detail, add_codes, first_code, owned};
use super::header::Header;
use crate::lens::is_entered_in_error;
use crate::raw::check_limits;
use crate::reference::parse_patient;
use crate::{FhirDate, Kind, Node, Raw, Unreadable, UnreadableKind, follows_target, parse_reference, routing};
use keep_domain::{PatientId, Phi, ResourceKey, Segment, UtcMillis};
use std::borrow::Cow;
use std::fmt;

/// The index of one resource. Debug shows type, segment and faults only.
#[derive(Clone, PartialEq, Eq)]
pub struct Extracted {
    /// Type and id.
    pub key: ResourceKey,
    /// `meta.versionId`, an opaque string of the server.
    pub version_id: Option<String>,
    /// `meta.lastUpdated`, the server's.
    pub last_updated: Option<UtcMillis>,
    /// The patient; a Patient's own id for a Patient.
    pub patient: Option<PatientId>,
    /// The codes of `meta.security`, in the order of the text. A label that cannot be read counts as `R`:
    /// a malformed label must not give access to a record.
    pub labels: Vec<String>,
    /// The segment that stores it. For Provenance and Binary this goes by the types of `segment_targets`; once the
    /// targets' segments are known, [`crate::segment_with_targets`] gives the final one.
    pub segment: Segment,
    /// The targets of a Provenance or Binary; empty for every other type.
    pub segment_targets: Vec<ResourceKey>,
    /// The clinically relevant time; a partial date counts from its start, UTC.
    pub clinical_time: Option<UtcMillis>,
    /// That time as written.
    pub clinical_time_text: Option<Phi<String>>,
    /// The first coding of its code, vaccine, medicine or type.
    pub code: Option<Code>,
    /// All category codings.
    pub categories: Vec<Code>,
    /// `status`, `clinicalStatus` or `lifecycleStatus`.
    pub status: Option<String>,
    /// Whether status or verification status is `entered-in-error`.
    pub entered_in_error: bool,
    /// The encounter.
    pub encounter: Option<ResourceKey>,
    /// The part that only some types have.
    pub detail: Detail,
    /// Elements that are present but could not be read.
    pub faults: Vec<&'static str>,
}

impl fmt::Debug for Extracted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extracted")
            .field("resource_type", &self.key.resource_type)
            .field("segment", &self.segment)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// Reads the index of a resource; absolute references are ignored.
///
/// # Errors
/// [`Unreadable`] for text that is not a resource with type and id; the caller retains and flags it.
pub fn extract(text: &str) -> Result<Extracted, Unreadable> {
    check_limits(text)?;
    facts_of(&Header::parse(text)?, None, Purpose::Any)
}

/// The index for a stored row, of a resource from the server at `base`, whose absolute references become relative.
///
/// Code, status, encounter, the systems of categories and the clinical time as written are left out.
///
/// # Errors
/// As [`extract`].
pub fn extract_row(text: &str, base: Option<&str>) -> Result<Extracted, Unreadable> {
    check_limits(text)?;
    facts_of(&Header::parse(text)?, base, Purpose::Row)
}

/// What an index is used for: parts that are not needed stay empty, but their faults are found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Everything.
    Any,
    /// A stored row.
    Row,
    /// A list on the screen, for a record whose row is known.
    Screen,
}

/// The index of a resource whose top-level elements are in `header`.
pub(super) fn facts_of(header: &Header<'_>, base: Option<&str>, purpose: Purpose) -> Result<Extracted, Unreadable> {
    let key = key_of(header)?;
    let (row, screen) = (purpose != Purpose::Screen, purpose != Purpose::Row);
    let mut found = Extractor { base, purpose, faults: Vec::new() };
    let meta = header.meta;
    let labels = found.labels(meta);
    let categories = header.category.map(|c| found.categories(&key.resource_type, c)).unwrap_or_default();
    let segment_targets = if row { found.segment_targets(&key, header) } else { Vec::new() };
    let segment = if !row {
        // The row has the segment; an index without it must not give access to a record.
        Segment::Restricted
    } else if follows_target(&key.resource_type) {
        routing::segment_with_targets(&segment_targets, &labels, |_| None)
    } else {
        let codes: Vec<&str> = categories.iter().map(|c| c.code.as_str()).collect();
        routing::segment_of(&key.resource_type, &codes, &labels)
    };
    let (clinical_time, clinical_time_text) = found.clinical_time(&key, header);
    let detail = match key.resource_type.as_str() {
        _ if !row => Detail::Other,
        "Patient" => Detail::Patient(Box::new(facts::patient(header, base))),
        "Appointment" => Detail::Appointment(facts::appointment(header, base)),
        "Encounter" => Detail::Encounter(facts::encounter(header)),
        "Flag" => Detail::Flag(facts::flag(header)),
        _ => Detail::Other,
    };
    let status = found.status(header);
    let is_error = |s: &str| s == "entered-in-error";
    let meta_text = |name| if row { meta.and_then(|m| m.member_text(name)) } else { None };
    Ok(Extracted {
        version_id: meta_text("versionId").map(Cow::into_owned),
        last_updated: meta_text("lastUpdated").and_then(|t| FhirDate::parse(&t)).map(|d| d.start),
        patient: found.patient(&key, header),
        labels,
        segment,
        segment_targets,
        clinical_time,
        clinical_time_text,
        code: found.code(header),
        categories,
        entered_in_error: status.as_deref().is_some_and(is_error)
            || header.verification_status.is_some_and(is_entered_in_error)
            || header.doc_status.and_then(Node::text).is_some_and(|s| is_error(&s)),
        // The status of a Flag decides whether its patient has an alert.
        status: status.filter(|_| screen || key.resource_type == "Flag").map(Cow::into_owned),
        encounter: if purpose == Purpose::Any { found.encounter(header) } else { None },
        detail,
        faults: found.faults,
        key,
    })
}

/// The resource and its index in one pass, where [`Raw::parse`] and [`extract`] take two.
///
/// The index is `None` for an object without a readable type and id; both are `None` for any other text.
#[must_use]
pub fn parse_and_extract(text: &str) -> (Option<Raw>, Option<Extracted>) {
    match extract(text) {
        // The header's parser has checked the whole text.
        Ok(facts) => (Some(Raw::from_checked(text.trim_ascii().to_owned())), Some(facts)),
        Err(_) => (Raw::parse(text).ok(), None),
    }
}

fn key_of(header: &Header<'_>) -> Result<ResourceKey, Unreadable> {
    let no_type = Unreadable::whole(UnreadableKind::NoType);
    let resource_type = header.resource_type.and_then(Node::text).ok_or(no_type)?;
    let id = header.id.and_then(Node::text).ok_or(Unreadable::whole(UnreadableKind::NoId))?;
    let id = id.parse().map_err(|_| Unreadable::whole(UnreadableKind::NoId))?;
    let named = resource_type.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
        && resource_type.len() <= 64
        && resource_type.bytes().all(|b| b.is_ascii_alphanumeric());
    if named { Ok(ResourceKey::new(&resource_type, id)) } else { Err(no_type) }
}

struct Extractor<'b> {
    base: Option<&'b str>,
    purpose: Purpose,
    faults: Vec<&'static str>,
}

impl Extractor<'_> {
    fn reference(&self, node: Node<'_>) -> Option<ResourceKey> {
        parse_reference(&node.member_text("reference")?, self.base)
    }

    /// All references of an element that may be one or a list.
    fn references(&self, node: Node<'_>) -> impl Iterator<Item = ResourceKey> {
        let one = (node.kind() != Kind::Array).then(|| self.reference(node)).flatten();
        one.into_iter().chain(node.items().filter_map(|n| self.reference(n)))
    }

    fn patient_at(&self, node: Node<'_>) -> Option<PatientId> {
        parse_patient(&node.member_text("reference")?, self.base)
    }

    fn patient(&mut self, key: &ResourceKey, header: &Header<'_>) -> Option<PatientId> {
        if key.resource_type == "Patient" {
            return Some(key.id.clone());
        }
        let direct = [
            ("subject", header.subject),
            ("patient", header.patient),
            ("beneficiary", header.beneficiary),
            ("for", header.r#for),
            ("individual", header.individual),
            ("candidate", header.candidate),
            ("securityContext", header.security_context),
            ("target", header.target),
        ];
        for (name, part) in direct {
            let Some(part) = part else { continue };
            let found = match part.kind() {
                // The row has the patient; only a fault matters.
                Kind::Object | Kind::Array if self.purpose == Purpose::Screen => return None,
                Kind::Object => self.patient_at(part),
                Kind::Array => part.items().find_map(|n| self.patient_at(n)),
                _ => {
                    self.faults.push(name);
                    None
                }
            };
            if found.is_some() {
                return found;
            }
        }
        // Some targets, such as Goal.target, are not references; participants and entities have theirs one level down.
        for (part, name) in [(header.participant, "actor"), (header.entity, "what")] {
            let found = part.into_iter().flat_map(Node::items).find_map(|i| self.patient_at(i.member(name)?));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn labels(&mut self, meta: Option<Node<'_>>) -> Vec<String> {
        let Some(security) = meta.and_then(|m| m.member("security")) else {
            if meta.is_some_and(|m| m.kind() != Kind::Object) {
                self.faults.push("meta");
            }
            return Vec::new();
        };
        let codings: Vec<Node<'_>> =
            if security.kind() == Kind::Array { security.items().collect() } else { vec![security] };
        let read = codings.into_iter().map(|c| c.member("code").and_then(owned));
        let labels: Vec<Option<String>> = read.collect();
        if labels.contains(&None) {
            self.faults.push("meta.security");
        }
        labels.into_iter().map(|l| l.unwrap_or_else(|| "R".to_owned())).collect()
    }

    fn segment_targets(&self, key: &ResourceKey, header: &Header<'_>) -> Vec<ResourceKey> {
        let part = match key.resource_type.as_str() {
            "Provenance" => header.target,
            "Binary" => header.security_context,
            _ => None,
        };
        part.map(|p| self.references(p).collect()).unwrap_or_default()
    }

    fn clinical_time(&mut self, key: &ResourceKey, h: &Header<'_>) -> (Option<UtcMillis>, Option<Phi<String>>) {
        // In this order: when it happened, when it was planned for, when it was recorded.
        let candidates: [(&'static str, Option<Node<'_>>); 28] = [
            ("effectiveDateTime", h.effective_date_time),
            ("effectiveInstant", h.effective_instant),
            ("effectivePeriod", h.effective_period),
            ("onsetDateTime", h.onset_date_time),
            ("onsetPeriod", h.onset_period),
            ("occurrenceDateTime", h.occurrence_date_time),
            ("occurrencePeriod", h.occurrence_period),
            ("occurredDateTime", h.occurred_date_time),
            ("occurredPeriod", h.occurred_period),
            ("performedDateTime", h.performed_date_time),
            ("performedPeriod", h.performed_period),
            ("started", h.started),
            ("start", h.start),
            ("startDate", h.start_date),
            ("whenHandedOver", h.when_handed_over),
            ("whenPrepared", h.when_prepared),
            ("authoredOn", h.authored_on),
            ("authored", h.authored),
            ("period", h.period),
            ("billablePeriod", h.billable_period),
            ("date", h.date),
            ("dateTime", h.date_time),
            ("dateWritten", h.date_written),
            ("dateAsserted", h.date_asserted),
            ("recordedDate", h.recorded_date),
            ("recorded", h.recorded),
            ("created", h.created),
            ("issued", h.issued.or(h.sent)),
        ];
        if matches!(key.resource_type.as_str(), "Patient" | "Practitioner" | "Organization" | "Location") {
            return (None, None);
        }
        // The end of a planned period counts only where nothing else is recorded.
        for (name, part) in candidates.into_iter().chain([("period.end", h.period)]) {
            let Some(part) = part else { continue };
            let text = match part.kind() {
                Kind::Object => {
                    part.member_text("start").or_else(|| part.member_text("end").filter(|_| name != "period"))
                }
                _ => part.text(),
            };
            let Some(text) = text else { continue };
            if let Some(date) = FhirDate::parse(&text) {
                let written = (self.purpose != Purpose::Row).then(|| Phi::new(text.into_owned()));
                return (Some(date.start), written);
            }
            self.faults.push(name);
        }
        (None, None)
    }

    fn code(&mut self, header: &Header<'_>) -> Option<Code> {
        let candidates = [
            ("code", header.code),
            ("vaccineCode", header.vaccine_code),
            ("medicationCodeableConcept", header.medication_codeable_concept),
            ("type", header.r#type),
        ];
        let (name, part) = candidates.iter().find_map(|(name, part)| Some((*name, (*part)?)))?;
        if !matches!(part.kind(), Kind::Object | Kind::Array | Kind::Text) {
            self.faults.push(name);
        }
        if self.purpose == Purpose::Row { None } else { first_code(part) }
    }

    fn categories(&mut self, resource_type: &str, category: Node<'_>) -> Vec<Code> {
        let (systems, mut found) = (self.purpose == Purpose::Any, Vec::new());
        if let Some(known) = routing::category_systems(resource_type) {
            if !matches!(category.kind(), Kind::Object | Kind::Array) {
                self.faults.push("category");
            }
            return category::in_systems(known, category);
        }
        match category.kind() {
            Kind::Object => add_codes(category, systems, &mut found),
            // AllergyIntolerance has plain codes here, the others CodeableConcepts.
            Kind::Array => {
                for item in category.items() {
                    match item.text() {
                        Some(code) => found.push(Code { system: None, code: code.into_owned() }),
                        None => add_codes(item, systems, &mut found),
                    }
                }
            }
            _ => self.faults.push("category"),
        }
        found
    }

    fn status<'h>(&mut self, header: &Header<'h>) -> Option<Cow<'h, str>> {
        for (name, part) in [("status", header.status), ("lifecycleStatus", header.lifecycle_status)] {
            if let Some(part) = part {
                match part.text() {
                    Some(s) => return Some(s),
                    None if name == "status" && part.kind() == Kind::Object => {}
                    None => self.faults.push(name),
                }
            }
        }
        header.clinical_status.and_then(first_code).map(|c| Cow::Owned(c.code))
    }

    fn encounter(&self, header: &Header<'_>) -> Option<ResourceKey> {
        let is_encounter = |k: &ResourceKey| k.resource_type == "Encounter";
        let direct = header.encounter.into_iter().flat_map(|e| self.references(e));
        // DocumentReference has its encounters inside `context`; MedicationStatement's context is a reference.
        let context = header.context.into_iter().flat_map(|c| self.references(c.member("encounter").unwrap_or(c)));
        direct.chain(context).find(is_encounter)
    }
}
