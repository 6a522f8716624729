//! Allergies above the clinical segment: the clinical segment only stores that a patient has one, so that a session
//! without the higher segment never reports that there are none.

use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::journal::{Journal, JournalKind};
use crate::row_facts::RowFacts;
use crate::segment_access::SegmentAccess;
use crate::store::Store;
use crate::tagged::TaggedWriter;
use crate::write_tx::WriteTx;
use keep_domain::{PatientId, ResourceId, ResourceKey, Segment};
use serde::{Deserialize, Serialize};

/// The only type whose absence treatment decisions rely on.
const TYPE: &str = "AllergyIntolerance";

/// The patient of an allergy in a higher segment; the journal key is the record's.
#[derive(Serialize, Deserialize)]
struct RestrictedAllergyRow {
    patient: ResourceId,
}

impl Journal for RestrictedAllergyRow {
    const KIND: JournalKind = JournalKind::RestrictedAllergy;
}

impl Store {
    /// Whether a segment that this session cannot open has an allergy of this patient.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn has_restricted_allergy(&self, patient: &PatientId) -> Result<bool, StoreError> {
        if self.access(Segment::Restricted).is_ok() {
            return Ok(false);
        }
        let Ok(clinical) = self.access(Segment::Clinical) else { return Ok(false) };
        let rows: Vec<(Vec<u8>, RestrictedAllergyRow)> = self.read(|conn| clinical.journals(conn, TYPE.as_bytes()))?;
        Ok(rows.iter().any(|(_, row)| row.patient == *patient))
    }
}

/// Whether records of this type have markers.
pub(crate) fn has_marker(type_name: &str) -> bool {
    type_name == TYPE
}

/// Removes the marker of a record; `clinical` writes the clinical segment.
pub(crate) fn remove_marker(clinical: &mut TaggedWriter<'_>, key: &ResourceKey) -> Result<(), StoreError> {
    clinical.drop_journal(JournalKind::RestrictedAllergy, key.to_string().as_bytes())
}

impl WriteTx<'_> {
    /// Sets or removes the marker of a record that was just stored in `segment`.
    pub(crate) fn mark_restricted_allergy(&mut self, facts: &RowFacts, segment: Segment) -> Result<(), StoreError> {
        if !has_marker(&facts.type_name) {
            return Ok(());
        }
        let key = facts.key()?;
        match facts.patient.as_ref().and_then(IdKey::id) {
            Some(patient) if segment > Segment::Clinical && !facts.entered_in_error => {
                if !self.accesses().any(|a: &SegmentAccess| a.segment == Segment::Clinical) {
                    return Ok(());
                }
                let row = RestrictedAllergyRow { patient };
                self.writer(Segment::Clinical)?.put_journal(key.to_string().as_bytes(), &row)
            }
            _ => self.unmark_restricted_allergy(&key),
        }
    }

    /// Removes the marker of a record that was deleted or moved to a lower segment.
    pub(crate) fn unmark_restricted_allergy(&mut self, key: &ResourceKey) -> Result<(), StoreError> {
        let here = self.accesses().any(|a: &SegmentAccess| a.segment == Segment::Clinical);
        if key.resource_type != TYPE || !here {
            return Ok(());
        }
        remove_marker(self.writer(Segment::Clinical)?, key)
    }
}
