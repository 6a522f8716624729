//! To whose chart a record belongs.

use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::resource_type::segments_of;
use crate::segment_access::{SegmentAccess, chart_number_of};
use crate::store::Store;
use keep_domain::{PatientId, ResourceKey};
use rusqlite::{Connection, OptionalExtension};

/// To whose chart a record belongs, seen from one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartOwner {
    /// To the chart of this person, under any of their Patient records.
    SamePerson,
    /// To the chart of another person.
    OtherPerson,
    /// To no chart.
    Unassigned,
}

impl Store {
    /// To whose chart a record belongs; `None` for a missing one and for one above this session's rank.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn chart_owner(&self, patient: &PatientId, key: &ResourceKey) -> Result<Option<ChartOwner>, StoreError> {
        let (id, segments) = (IdKey::of(&key.id), segments_of(&key.resource_type));
        self.read_confirmed(|conn| {
            for access in self.access.iter().filter(|a| segments.contains(&a.segment)) {
                let Some(owner) = owner_of(access, conn, &key.resource_type, &id)? else { continue };
                let Some(owner) = owner else { return Ok(Some(ChartOwner::Unassigned)) };
                let is_same = self.closure(conn, patient)?.contains(&owner);
                return Ok(Some(if is_same { ChartOwner::SamePerson } else { ChartOwner::OtherPerson }));
            }
            Ok(None)
        })
    }
}

/// The patient of a record in this segment: `None` without the record, `Some(None)` for one in no chart.
pub(crate) fn owner_of(
    access: &SegmentAccess,
    conn: &Connection,
    type_name: &str,
    id: &IdKey,
) -> Result<Option<Option<IdKey>>, StoreError> {
    let Some(code) = access.type_code(conn, type_name)? else { return Ok(None) };
    let sql = format!("SELECT place FROM {}.resource WHERE id = ?1 AND type = ?2", access.schema);
    let row_id: Option<i64> = conn.prepare_cached(&sql)?.query_row((id.bytes(), code), |r| r.get(0)).optional()?;
    let Some(row_id) = row_id else { return Ok(None) };
    Ok(Some(access.chart(conn, chart_number_of(row_id))?.and_then(|chart| chart.patient)))
}
