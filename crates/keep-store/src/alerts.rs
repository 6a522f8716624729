//! Whether a patient has an alert. Its text is in the clinical segment or above; the directory has a marker for each,
//! so that a session without those segments never reports that there is none.
//!
//! A marker is a journal row whose key is the patient and a hash of the Flag's type and id, since an id may be a word.
//! Its content is the Flag's period and nothing else. It changes in the transaction that changes the Flag's row. A session without the key of the Flag's
//! segment writes the marker when it seals the Flag.

use crate::alert_period::AlertPeriod;
use crate::chart_owner::owner_of;
use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::journal::JournalKind;
use crate::ledger::AuditGated;
use crate::record::Record;
use crate::row_facts::RowFacts;
use crate::search::SearchPage;
use crate::segment_access::SegmentAccess;
use crate::store::Store;
use crate::write_tx::WriteTx;
use keep_domain::{PatientId, ResourceKey, Segment};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const TYPE: &str = "Flag";
/// Bytes of the hash in a marker's key.
const HASH_BYTES: usize = 16;

/// A read result that is about patients.
pub trait NamesPatients {
    /// Their ids.
    fn patients(&self) -> Vec<PatientId>;
}

impl NamesPatients for SearchPage {
    fn patients(&self) -> Vec<PatientId> {
        self.patients.patients()
    }
}

/// The Patient resources among the records.
impl NamesPatients for Vec<Record> {
    fn patients(&self) -> Vec<PatientId> {
        self.iter().filter(|r| r.key.resource_type == "Patient").map(|r| r.key.id.clone()).collect()
    }
}

/// The prefix of the keys of all markers of a patient; no id contains a slash.
fn patient_prefix(patient: &PatientId) -> Vec<u8> {
    format!("{patient}/").into_bytes()
}

fn hash_of(flag: &ResourceKey) -> [u8; HASH_BYTES] {
    let digest: [u8; 32] = Sha256::digest(flag.to_string()).into();
    digest.first_chunk().copied().unwrap_or_default()
}

fn marker_key(patient: &PatientId, flag: &ResourceKey) -> Vec<u8> {
    let mut key = patient_prefix(patient);
    key.extend_from_slice(&hash_of(flag));
    key
}

impl Store {
    /// Adds which of these patients have an alert in force, without reading their charts.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a marker does not fit its tag.
    pub fn with_alerts<T: NamesPatients>(
        &self,
        gated: AuditGated<T>,
        in_force: &dyn Fn(&AlertPeriod) -> bool,
    ) -> Result<AuditGated<(T, BTreeSet<PatientId>)>, StoreError> {
        let directory = self.access(Segment::Directory)?;
        let patients = gated.inner().patients();
        let alerts = self.read(|conn| {
            let mut found = BTreeSet::new();
            for patient in patients {
                let markers = directory.journals::<AlertPeriod>(conn, &patient_prefix(&patient))?;
                if markers.iter().any(|(_, period)| in_force(period)) {
                    found.insert(patient);
                }
            }
            Ok(found)
        })?;
        Ok(gated.zip(AuditGated::new(alerts)))
    }

    /// Whether a person has an alert in force in any segment and under any of their Patient records, besides these Flags.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a marker does not fit its tag.
    pub fn has_alert_besides<'k>(
        &self,
        patient: &PatientId,
        known: impl IntoIterator<Item = &'k ResourceKey>,
        in_force: &dyn Fn(&AlertPeriod) -> bool,
    ) -> Result<bool, StoreError> {
        let directory = self.access(Segment::Directory)?;
        let known: Vec<[u8; HASH_BYTES]> = known.into_iter().map(hash_of).collect();
        self.read_confirmed(|conn| {
            for id in self.closure(conn, patient)?.iter().filter_map(IdKey::id) {
                let markers = directory.journals::<AlertPeriod>(conn, &patient_prefix(&id))?;
                let is_other = |key: &[u8]| !known.iter().any(|hash| key.ends_with(hash));
                if markers.iter().any(|(key, period)| is_other(key) && in_force(period)) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

/// Whether records of this type have markers.
pub(crate) fn has_marker(type_name: &str) -> bool {
    type_name == TYPE
}

impl WriteTx<'_> {
    /// The patient of a Flag above the directory, before its row changes.
    pub(crate) fn patient_with_marker(&self, type_name: &str, id: &IdKey) -> Result<Option<PatientId>, StoreError> {
        if !has_marker(type_name) {
            return Ok(None);
        }
        for access in self.accesses().filter(|a| a.segment > Segment::Directory) {
            if let Some(owner) = owner_of(access, self.conn, type_name, id)?.flatten() {
                return Ok(owner.id());
            }
        }
        Ok(None)
    }

    /// Updates the marker of a Flag after its row in `segment`; `before` is its previous patient.
    pub(crate) fn mark_alert(
        &mut self,
        facts: &RowFacts,
        segment: Segment,
        deleted: bool,
        before: Option<&PatientId>,
    ) -> Result<(), StoreError> {
        if !has_marker(&facts.type_name) {
            return Ok(());
        }
        let flag = facts.key()?;
        let patient_now = facts.patient.as_ref().and_then(IdKey::id);
        let period = facts.alert.as_deref().filter(|_| !deleted && segment > Segment::Directory);
        for patient in [before, patient_now.as_ref()].into_iter().flatten() {
            if period.is_none() || patient_now.as_ref() != Some(patient) {
                self.drop_marker(&marker_key(patient, &flag))?;
            }
        }
        match patient_now.zip(period) {
            Some((patient, period)) => self.put_marker(&marker_key(&patient, &flag), period),
            None => Ok(()),
        }
    }

    /// Removes the marker of a Flag whose row was removed; `before` is its patient.
    pub(crate) fn unmark_alert(&mut self, flag: &ResourceKey, before: Option<&PatientId>) -> Result<(), StoreError> {
        before.map_or(Ok(()), |patient| self.drop_marker(&marker_key(patient, flag)))
    }

    /// Removes the markers of a deleted Flag in a segment that this session cannot read, so that its patient is
    /// unknown.
    pub(crate) fn remove_alert_markers(&mut self, flag: &ResourceKey) -> Result<(), StoreError> {
        let Some(directory) = self.writable_directory().filter(|_| has_marker(&flag.resource_type)) else {
            return Ok(());
        };
        let sql = format!("SELECT key FROM {}.journal WHERE kind = ?1", directory.schema);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let keys = statement.query_map([JournalKind::Alert as u8], |r| r.get::<_, Vec<u8>>(0))?;
        let keys: Vec<Vec<u8>> = keys.collect::<Result<_, _>>()?;
        let hash = hash_of(flag);
        keys.iter().filter(|key| key.ends_with(&hash)).try_for_each(|key| self.drop_marker(key))
    }

    // If the directory is read-only, its successor gets all markers again (see `placement`).
    fn writable_directory(&self) -> Option<&SegmentAccess> {
        self.store.access(Segment::Directory).ok().filter(|a| !self.store.is_read_only(a.segment))
    }

    fn put_marker(&mut self, key: &[u8], period: &AlertPeriod) -> Result<(), StoreError> {
        let Some(directory) = self.writable_directory() else { return Ok(()) };
        if directory.journal::<AlertPeriod>(self.conn, key)?.as_ref() == Some(period) {
            return Ok(());
        }
        self.writer(Segment::Directory)?.put_journal(key, period)
    }

    fn drop_marker(&mut self, key: &[u8]) -> Result<(), StoreError> {
        if self.writable_directory().is_none() {
            return Ok(());
        }
        self.drop_journal(Segment::Directory, JournalKind::Alert, key)
    }
}
