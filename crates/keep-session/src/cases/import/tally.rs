//! What an import did with each record: in a chart, in none and why, refused and why.

use keep_domain::{PatientId, ResourceKey};
use keep_fhir::{Raw, in_patient_compartment};
use keep_store::{Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// Why a record belongs to no chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoChart {
    /// Its type is not about patients: staff, places, terminology.
    TypeWithoutPatient,
    /// It names no patient.
    NoPatient,
    /// It names a patient in a way that leads to no record: on another server, or by a temporary id.
    PatientElsewhere,
    /// Its patient is not on this workstation.
    PatientMissing,
    /// It has no readable type and id; it is stored as received.
    Unreadable,
}

impl NoChart {
    /// A stable name for reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TypeWithoutPatient => "type_without_patient",
            Self::NoPatient => "no_patient",
            Self::PatientElsewhere => "patient_elsewhere",
            Self::PatientMissing => "patient_missing",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Where one record went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Into this patient's chart.
    Chart(PatientId),
    /// Into no chart.
    None(NoChart),
    /// It was not stored.
    Refused(&'static str),
}

/// One record of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecord {
    /// The line of the file, from 1; the entries of a Bundle share one.
    pub line: u64,
    /// Type and id, where it has them.
    pub key: Option<String>,
    /// Where it went.
    pub place: Place,
}

/// Counts records by where they went.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Those whose patient was not stored when they were.
    waiting: Vec<ListedRecord>,
    known: BTreeSet<PatientId>,
    pub(super) in_charts: u64,
    pub(super) no_chart: BTreeMap<(String, NoChart), u64>,
    pub(super) refused: BTreeMap<&'static str, u64>,
    /// Every record, where that was requested.
    pub(super) listed: Option<Vec<ListedRecord>>,
}

impl Tally {
    /// Counts the records of one run after it was stored.
    pub(super) fn add(&mut self, store: &Store, records: Vec<ListedRecord>) -> Result<(), StoreError> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.extend(records);
        find_by_target(store, &mut waiting)?;
        self.look_up(store, &waiting)?;
        for record in waiting {
            match &record.place {
                Place::Chart(patient) if !self.known.contains(patient) => self.waiting.push(record),
                _ if is_by_target(&record) => self.waiting.push(record),
                _ => self.count(record),
            }
        }
        Ok(())
    }

    /// Counts those whose patient never came.
    pub(super) fn finish(&mut self) {
        for mut record in std::mem::take(&mut self.waiting) {
            if matches!(record.place, Place::Chart(_)) {
                record.place = Place::None(NoChart::PatientMissing);
            }
            self.count(record);
        }
        if let Some(listed) = &mut self.listed {
            listed.sort_by_key(|r| r.line);
        }
    }

    fn look_up(&mut self, store: &Store, records: &[ListedRecord]) -> Result<(), StoreError> {
        let patients = records.iter().filter_map(|r| match &r.place {
            Place::Chart(patient) => Some(patient),
            Place::None(_) | Place::Refused(_) => None,
        });
        let unknown: BTreeSet<&PatientId> = patients.filter(|p| !self.known.contains(*p)).collect();
        let keys: Vec<ResourceKey> = unknown.into_iter().map(|p| ResourceKey::new("Patient", p.clone())).collect();
        let versions = store.versions(&keys)?;
        let found = keys.into_iter().zip(versions).filter(|(_, version)| version.is_some());
        self.known.extend(found.map(|(key, _)| key.id));
        Ok(())
    }

    fn count(&mut self, record: ListedRecord) {
        match &record.place {
            Place::Chart(_) => self.in_charts += 1,
            Place::None(why) => {
                let kind = record.key.as_deref().and_then(|k| k.split('/').next()).unwrap_or_default();
                *self.no_chart.entry((kind.to_owned(), *why)).or_default() += 1;
            }
            Place::Refused(why) => *self.refused.entry(why).or_default() += 1,
        }
        if let Some(listed) = &mut self.listed {
            listed.push(record);
        }
    }
}

/// Whether a record has no chart and may get that of its target, which may come later.
fn is_by_target(record: &ListedRecord) -> bool {
    let is_provenance = record.key.as_deref().is_some_and(|key| key.starts_with("Provenance/"));
    is_provenance && matches!(record.place, Place::None(_))
}

/// Gives Provenances the charts in which they were stored.
fn find_by_target(store: &Store, records: &mut [ListedRecord]) -> Result<(), StoreError> {
    let unplaced = records.iter_mut().filter(|r| is_by_target(r));
    let (records, keys): (Vec<_>, Vec<ResourceKey>) =
        unplaced.filter_map(|r| r.key.as_deref()?.parse().ok().map(|key| (r, key))).unzip();
    for (record, patient) in records.into_iter().zip(store.patients_of(&keys)?) {
        record.place = patient.map_or_else(|| record.place.clone(), Place::Chart);
    }
    Ok(())
}

/// Where a record belongs by its own text; whether its patient is here is not known yet.
pub(super) fn place_of(key: Option<&ResourceKey>, patient: Option<PatientId>, text: &str) -> Place {
    match (key, patient) {
        (_, Some(patient)) => Place::Chart(patient),
        (None, None) => Place::None(NoChart::Unreadable),
        (Some(key), None) if !in_patient_compartment(&key.resource_type) => Place::None(NoChart::TypeWithoutPatient),
        _ if names_a_patient(text) => Place::None(NoChart::PatientElsewhere),
        _ => Place::None(NoChart::NoPatient),
    }
}

/// Whether the text refers to somebody, in a way that gives no id.
fn names_a_patient(text: &str) -> bool {
    let Ok(raw) = Raw::parse(text) else { return false };
    let node = raw.node();
    let subjects = ["subject", "patient", "beneficiary", "individual", "candidate", "for"];
    let subject = subjects.into_iter().find_map(|name| node.member(name));
    let reference = subject.and_then(|s| s.member_text("reference"));
    let local = |reference: &str| !reference.contains("://") && !reference.starts_with("urn:");
    match (subject, reference) {
        // A subject of another type, such as a group or a device, or one inside of the record.
        (_, Some(reference)) => !local(&reference),
        (Some(subject), None) => subject.member("identifier").is_some(),
        (None, None) => false,
    }
}
