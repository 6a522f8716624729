//! The part of a resource's index that its row needs.

use crate::alert_period::AlertPeriod;
use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::resource_type;
use keep_domain::{ResourceKey, Segment, UtcMillis};
use keep_fhir::{Detail, Extracted, PatientFacts};
use std::borrow::Cow;

/// The part of [`Extracted`] that is stored or decides where; a first load holds thousands of them.
pub(crate) struct RowFacts {
    pub(crate) type_name: Cow<'static, str>,
    /// The number of an R4 type.
    pub(crate) code: Option<u16>,
    pub(crate) id: IdKey,
    pub(crate) patient: Option<IdKey>,
    /// Without the targets.
    pub(crate) segment: Segment,
    pub(crate) targets: Vec<ResourceKey>,
    pub(crate) labels: Vec<String>,
    /// Empty if the text has none.
    pub(crate) version: String,
    /// 0 if the text has none.
    pub(crate) updated: i64,
    pub(crate) entered_in_error: bool,
    /// When a Flag is in force, in any segment; `None` of another type and where its status ends it.
    pub(crate) alert: Option<Box<AlertPeriod>>,
    /// Some element could not be read.
    pub(crate) malformed: bool,
    pub(crate) keys: SearchKeys,
}

/// The source of a row's search keys.
pub(crate) enum SearchKeys {
    /// A patient's keys.
    Patient(Box<PatientFacts>),
    /// An appointment's or encounter's entry in the day list.
    Day { start: Option<UtcMillis>, status: Option<String> },
    /// No search keys.
    None,
}

impl RowFacts {
    pub(crate) fn of(facts: Extracted) -> Self {
        let code = resource_type::code_of(&facts.key.resource_type);
        let in_force = !facts.entered_in_error && facts.status.as_deref() != Some("inactive");
        let known = code.and_then(resource_type::name_of);
        let alert = match &facts.detail {
            Detail::Flag(flag) if in_force => {
                Some(Box::new(AlertPeriod { start: flag.start.clone(), end: flag.end.clone() }))
            }
            _ => None,
        };
        Self {
            alert,
            code,
            id: IdKey::of(&facts.key.id),
            patient: facts.patient.as_ref().map(IdKey::of),
            type_name: known.map_or_else(|| Cow::Owned(facts.key.resource_type), Cow::Borrowed),
            segment: facts.segment,
            targets: facts.segment_targets,
            labels: facts.labels,
            version: facts.version_id.unwrap_or_default(),
            updated: facts.last_updated.map_or(0, |u| u.0),
            entered_in_error: facts.entered_in_error,
            malformed: !facts.faults.is_empty(),
            keys: match facts.detail {
                Detail::Patient(patient) => SearchKeys::Patient(patient),
                Detail::Appointment(a) => SearchKeys::Day { start: a.start, status: a.status },
                Detail::Encounter(e) => SearchKeys::Day { start: e.start.or(facts.clinical_time), status: e.status },
                Detail::Flag(_) | Detail::Other => SearchKeys::None,
            },
        }
    }

    /// A hash of type and id.
    pub(crate) fn fingerprint(&self) -> u64 {
        fingerprint_of(&self.id, self.code)
    }

    /// Type and id.
    pub(crate) fn key(&self) -> Result<ResourceKey, StoreError> {
        let id = self.id.id().ok_or(StoreError::Internal("id"))?;
        Ok(ResourceKey::new(&self.type_name, id))
    }
}

/// A hash of an id and the number of an R4 type.
pub(crate) fn fingerprint_of(id: &IdKey, code: Option<u16>) -> u64 {
    id.fingerprint() ^ u64::from(code.unwrap_or_default()).rotate_right(16)
}
