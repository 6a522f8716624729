//! The ids of a type that the server has confirmed, for finding deletions.

use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::resource_type::segments_of;
use crate::segment_access::{SegmentAccess, chart_number_of};
use crate::store::Store;
use keep_domain::{ResourceId, UtcMillis};
use std::time::Duration;

/// How long charts are verified before other readers and writers may continue.
const STEP: Duration = Duration::from_millis(15);

/// The version of a stored record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncedVersion {
    /// Its id.
    pub id: ResourceId,
    /// Its version id.
    pub version: String,
    /// Its `lastUpdated`, where it has one.
    pub last_updated: Option<UtcMillis>,
}

impl Store {
    /// All ids of a type that the server has confirmed. Those in damaged charts are left out: an old row must not look
    /// like a record that the server has deleted.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn synced_ids(&self, resource_type: &str) -> Result<Vec<ResourceId>, StoreError> {
        let mut ids = Vec::new();
        self.each_synced(resource_type, |id, _, _| ids.push(id))?;
        Ok(ids)
    }

    /// The same with their versions.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn synced_versions(&self, resource_type: &str) -> Result<Vec<SyncedVersion>, StoreError> {
        let mut found = Vec::new();
        self.each_synced(resource_type, |id, version, updated| {
            let last_updated = (updated != 0).then_some(UtcMillis(updated));
            found.push(SyncedVersion { id, version, last_updated });
        })?;
        Ok(found)
    }

    fn each_synced(
        &self,
        resource_type: &str,
        mut each: impl FnMut(ResourceId, String, i64),
    ) -> Result<(), StoreError> {
        let segments = segments_of(resource_type);
        for access in self.access.iter().filter(|a| segments.contains(&a.segment)) {
            let Some(code) = self.read_confirmed(|conn| access.type_code(conn, resource_type))? else { continue };
            self.verify_segment(access)?;
            self.read(|conn| {
                let sql = format!(
                    "SELECT id, place, version, updated FROM {}.resource WHERE type = ?1 AND state = 0 AND version <> ''",
                    access.schema
                );
                let mut statement = conn.prepare_cached(&sql)?;
                let mut rows = statement.query([code])?;
                while let Some(row) = rows.next()? {
                    if access.verified.contains(chart_number_of(row.get(1)?)) {
                        let id = IdKey::from_stored(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?).id();
                        if let Some(id) = id {
                            each(id, row.get(2)?, row.get(3)?);
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Verifies every chart of a segment that was not verified in this session, in small steps. A chart that does not
    /// match its sum is a finding.
    fn verify_segment(&self, access: &SegmentAccess) -> Result<(), StoreError> {
        let sql = format!("SELECT ordinal FROM {}.chart WHERE ordinal >= ?1 ORDER BY ordinal", access.schema);
        let mut next = Some(0u32);
        while let Some(from) = next {
            next = self.read(|conn| {
                let began = self.clock.monotonic();
                let mut statement = conn.prepare_cached(&sql)?;
                let mut rows = statement.query([from])?;
                while let Some(row) = rows.next()? {
                    let chart_number: u32 = row.get(0)?;
                    match access.verify_chart(conn, chart_number) {
                        Ok(()) | Err(StoreError::Damaged(_)) => {}
                        Err(other) => return Err(other),
                    }
                    if self.clock.monotonic().saturating_sub(began) >= STEP {
                        return Ok(chart_number.checked_add(1));
                    }
                }
                Ok(None)
            })?;
        }
        Ok(())
    }
}
