//! The safety flags beside a list of patients, read with it and released by the same event.

use crate::id_key::IdKey;
use crate::segment_access::places_of;
use crate::{Held, Record, SearchPage, Store, StoreError};
use keep_domain::{PatientId, Segment};

/// Flag records, each with whose it is.
pub type PatientFlags = Vec<(PatientId, Record)>;

/// What was read and is about patients.
pub trait NamesPatients {
    /// Their ids.
    fn patients(&self) -> Vec<PatientId>;
}

impl NamesPatients for SearchPage {
    fn patients(&self) -> Vec<PatientId> {
        self.patients.patients()
    }
}

/// Records of patients: the Patient resources themselves.
impl NamesPatients for Vec<Record> {
    fn patients(&self) -> Vec<PatientId> {
        self.iter().filter(|r| r.key.resource_type == "Patient").map(|r| r.key.id.clone()).collect()
    }
}

impl Store {
    /// Adds the Flag records that these patients have in the directory: a few rows each, not their charts.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn with_flags<T: NamesPatients>(&self, held: Held<T>) -> Result<Held<(T, PatientFlags)>, StoreError> {
        let access = self.access(Segment::Directory)?;
        let patients = held.peek().patients();
        let flags = self.read(|conn| {
            let mut found = Vec::new();
            let Some(code) = access.type_code(conn, "Flag")? else { return Ok(found) };
            let sql =
                format!("SELECT place FROM {}.resource WHERE place >= ?1 AND place < ?2 AND type = ?3", access.schema);
            let mut statement = conn.prepare_cached(&sql)?;
            for patient in patients {
                let Some(ordinal) = access.patient_ordinal(conn, &IdKey::of(&patient))? else { continue };
                access.verify_chart(conn, ordinal)?;
                let (from, to) = places_of(ordinal);
                let places = statement.query_map((from, to, code), |r| r.get::<_, i64>(0))?;
                for place in places {
                    found.extend(self.at_place(conn, access, place?)?.map(|record| (patient.clone(), record)));
                }
            }
            Ok(found)
        })?;
        Ok(held.with(flags))
    }
}
