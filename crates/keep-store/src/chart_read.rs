//! Reading charts, reference records and day lists.

use crate::derived::Derived;
use crate::error::{FindingKind, StoreError};
use crate::id_key::IdKey;
use crate::ledger::AuditGated;
use crate::record::{Record, StateBits};
use crate::resource_type;
use crate::segment_access::{FIRST_PATIENT, RowView, SegmentAccess, chart_number_of, row_ids_of};
use crate::skipped_rows::{ChartTypes, RowTag, Skippable};
use crate::store::Store;
use crate::sum::Sum;
use crate::write_tx::find_record;
use keep_domain::{PatientId, ResourceKey, Segment, UtcMillis};
use rusqlite::Connection;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The most Patient records of one person that a chart combines.
const MAX_LINKED_PATIENTS: usize = 16;

/// Types that say nothing about anyone's health.
const REFERENCE_TYPES: [&str; 5] = ["Practitioner", "PractitionerRole", "Organization", "Location", "Medication"];

/// A chart: everything of one person in this session's segments.
#[derive(Debug, Clone)]
pub struct ChartRows {
    /// The Patient records of this person: the requested one first, then those that `Patient.link` names.
    pub patients: Vec<PatientId>,
    /// The records, segment by segment, each in the order in which they arrived; deleted ones are left out.
    pub records: Vec<Record>,
}

/// What one pass over a chart found beside the records that it passed on.
pub(crate) struct ChartScan {
    /// As [`ChartRows::patients`].
    pub(crate) patients: Vec<PatientId>,
    /// The number of records of each type that was not asked for; those with security labels are not counted.
    pub(crate) other_types: BTreeMap<Cow<'static, str>, u32>,
}

/// One line of a day's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRow {
    /// The appointment or encounter.
    pub record: Record,
    /// Planned or actual start.
    pub start: UtcMillis,
    /// Its status code.
    pub status: String,
    /// The patient, where it names one.
    pub patient: Option<PatientId>,
}

impl Store {
    /// Reads a chart; empty `types` means all. Texts that could not be read as a resource are always included, since
    /// they may be of any type. The chart's sums are checked at its first read in a session, its rows at every read.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] for an unknown patient, [`StoreError::Damaged`] with segment and chart.
    pub fn open_chart(&self, patient: &PatientId, types: &[&str]) -> Result<AuditGated<ChartRows>, StoreError> {
        let mut records = Vec::new();
        let found = self.chart_rows(patient, ChartTypes::all_of(types), &mut |record, _| records.push(record))?;
        Ok(AuditGated::new(ChartRows { patients: found.patients, records }))
    }

    /// Passes each record of a chart to `each`, in order.
    // INVARIANT: the caller gates what it makes of them.
    pub(crate) fn chart_rows(
        &self,
        patient: &PatientId,
        types: ChartTypes<'_>,
        each: &mut dyn FnMut(Record, Option<Skippable>),
    ) -> Result<ChartScan, StoreError> {
        self.read_confirmed(|conn| {
            let skipped = (!types.skippable.is_empty()).then(|| self.skipped.tags());
            let skipped = skipped.as_deref();
            let patients = self.closure(conn, patient)?;
            let (mut known, mut other_types) = (false, BTreeMap::new());
            for access in &self.access {
                for id in &patients {
                    let Some(chart_number) = access.chart_number(conn, id)? else { continue };
                    known = true;
                    let query = ChartQuery { chart_number, patient: id, types, skipped };
                    let read = read_chart(conn, access, &query, each);
                    for (code, count) in read.map_err(|e| access.noted(chart_number, e))? {
                        let total: &mut u32 = other_types.entry(access.type_name(conn, code)?).or_default();
                        *total = total.saturating_add(count);
                    }
                }
            }
            if !known {
                return Err(StoreError::NotAvailable);
            }
            Ok(ChartScan { patients: patients.iter().filter_map(IdKey::id).collect(), other_types })
        })
    }

    /// Records that say nothing about anyone's health, such as staff, places and medicines, in no particular order.
    /// They name what a recorded read refers to and need no ticket. Other types and missing records are left out.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn reference_records<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k ResourceKey>,
    ) -> Result<Vec<Record>, StoreError> {
        let wanted: BTreeSet<&ResourceKey> =
            keys.into_iter().filter(|k| REFERENCE_TYPES.contains(&k.resource_type.as_str())).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        self.read_confirmed(|conn| {
            let mut found = Vec::with_capacity(wanted.len());
            for key in &wanted {
                found.extend(find_record(self.access.iter(), conn, key)?);
            }
            Ok(found)
        })
    }

    /// All records of a type that belongs to no patient, such as Practitioner or Location; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn shared_records(&self, resource_type: &str, limit: usize) -> Result<AuditGated<Vec<Record>>, StoreError> {
        self.read_confirmed(|conn| {
            let mut found = Vec::new();
            for access in &self.access {
                let Some(code) = access.type_code(conn, resource_type)? else { continue };
                // A list says, too, what is not there.
                (0..FIRST_PATIENT).try_for_each(|chart_number| access.verify_chart(conn, chart_number))?;
                let sql = format!(
                    "SELECT place FROM {}.resource WHERE place < ?1 AND type = ?2 ORDER BY place LIMIT ?3",
                    access.schema
                );
                let mut statement = conn.prepare_cached(&sql)?;
                let end = row_ids_of(FIRST_PATIENT).0;
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                let row_ids = statement.query_map((end, code, limit), |r| r.get::<_, i64>(0))?;
                for row_id in row_ids {
                    found.extend(self.at_row_id(conn, access, row_id?)?);
                }
            }
            Ok(AuditGated::new(found))
        })
    }

    /// Appointments (type `Appointment`) or encounters (type `Encounter`) that start in `[from, to)`, by
    /// start. At most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a row does not fit its tag.
    pub fn day_list(
        &self,
        resource_type: &str,
        from: UtcMillis,
        to: UtcMillis,
        limit: usize,
    ) -> Result<AuditGated<Vec<DayRow>>, StoreError> {
        let code = resource_type::code_of(resource_type).ok_or(StoreError::Invalid("type"))?;
        self.read_confirmed(|conn| {
            let mut found = Vec::new();
            for access in &self.access {
                access.require(Derived::Days)?;
                let sql = format!(
                    "SELECT place, start, status, patient FROM {}.day_key
                     WHERE type = ?1 AND start >= ?2 AND start < ?3 ORDER BY start LIMIT ?4",
                    access.schema
                );
                let mut statement = conn.prepare_cached(&sql)?;
                let mut rows = statement.query((code, from.0, to.0, i64::try_from(limit).unwrap_or(i64::MAX)))?;
                while let Some(row) = rows.next()? {
                    let Some(record) = self.at_row_id(conn, access, row.get(0)?)? else { continue };
                    let patient = row.get::<_, Option<Vec<u8>>>(3)?.map(|b| IdKey::from_stored(&b));
                    found.push(DayRow {
                        record,
                        start: UtcMillis(row.get(1)?),
                        status: row.get(2)?,
                        patient: patient.and_then(|p| p.id()),
                    });
                }
            }
            found.sort_by_key(|r| r.start);
            found.truncate(limit);
            Ok(AuditGated::new(found))
        })
    }

    /// The start of a patient's last encounter before `before`, where this session may see encounters.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn last_seen(&self, patient: &PatientId, before: UtcMillis) -> Result<Option<UtcMillis>, StoreError> {
        let mut one = self.all_last_seen(std::iter::once(patient), before)?;
        Ok(one.pop().flatten())
    }

    /// As [`Store::last_seen`] for several patients, in their order and in one read.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn all_last_seen<'p>(
        &self,
        patients: impl IntoIterator<Item = &'p PatientId>,
        before: UtcMillis,
    ) -> Result<Vec<Option<UtcMillis>>, StoreError> {
        let code = resource_type::code_of("Encounter").ok_or(StoreError::Internal("type"))?;
        let patients: Vec<&PatientId> = patients.into_iter().collect();
        self.read_confirmed(|conn| {
            self.access.iter().try_for_each(|access| access.require(Derived::Days))?;
            let of = |patient: &PatientId| {
                let (id, mut last) = (IdKey::of(patient), None);
                for access in &self.access {
                    let Some(chart_number) = access.chart_number(conn, &id)? else { continue };
                    let (from, to) = row_ids_of(chart_number);
                    let sql = format!(
                        "SELECT max(start) FROM {}.day_key
                         WHERE place >= ?1 AND place < ?2 AND type = ?3 AND start < ?4",
                        access.schema
                    );
                    let start: Option<i64> =
                        conn.prepare_cached(&sql)?.query_row((from, to, code, before.0), |r| r.get(0))?;
                    last = last.max(start);
                }
                Ok(last.map(UtcMillis))
            };
            patients.iter().map(|patient| of(patient)).collect()
        })
    }

    /// The number of records of each type in this session's segments.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn type_counts(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        self.read_confirmed(|conn| {
            let mut counts = BTreeMap::new();
            for access in &self.access {
                access.require(Derived::Ids)?;
                let sql = format!("SELECT type, count FROM {}.type_count WHERE count > 0", access.schema);
                let mut statement = conn.prepare_cached(&sql)?;
                let rows = statement.query_map([], |r| Ok((r.get::<_, u16>(0)?, r.get::<_, i64>(1)?)))?;
                for row in rows {
                    let (code, count) = row?;
                    *counts.entry(access.type_name(conn, code)?.into_owned()).or_default() +=
                        u64::try_from(count).unwrap_or(0);
                }
            }
            Ok(counts)
        })
    }

    pub(crate) fn at_row_id(
        &self,
        conn: &Connection,
        access: &SegmentAccess,
        row_id: i64,
    ) -> Result<Option<Record>, StoreError> {
        use rusqlite::OptionalExtension;
        access.verify_chart(conn, chart_number_of(row_id))?;
        let mut statement = conn.prepare_cached(&access.sql.by_row_id)?;
        let row = statement.query_row([row_id], SegmentAccess::resource_of).optional()?;
        row.filter(|r| !r.state.is_deleted()).map(|r| access.open_row(conn, &r)).transpose()
    }

    /// The Patient records of one person, by links in either direction.
    pub(crate) fn closure(&self, conn: &Connection, patient: &PatientId) -> Result<Vec<IdKey>, StoreError> {
        self.access(Segment::Directory)?.require(Derived::Links)?;
        let first = IdKey::of(patient);
        let (mut found, mut seen) = (vec![first.clone()], BTreeSet::from([first]));
        let mut next = 0;
        let mut statement = conn.prepare_cached(
            "SELECT other FROM main.patient_link WHERE patient = ?1
             UNION SELECT patient FROM main.patient_link WHERE other = ?1",
        )?;
        while let Some(id) = found.get(next).cloned() {
            next += 1;
            let others = statement.query_map([id.bytes()], |r| Ok(IdKey::from_stored(r.get_ref(0)?.as_blob()?)))?;
            for other in others {
                let other = other?;
                if found.len() < MAX_LINKED_PATIENTS && seen.insert(other.clone()) {
                    found.push(other);
                }
            }
        }
        Ok(found)
    }
}

/// One chart of one segment; empty `types` means all.
struct ChartQuery<'q> {
    chart_number: u32,
    patient: &'q IdKey,
    types: ChartTypes<'q>,
    /// The rows of the skippable types that were of no use before.
    skipped: Option<&'q HashSet<RowTag>>,
}

/// Reads one chart of one segment and counts the records of other types. Unless it was verified in this session, all of
/// it is read and its sum compared before any record is passed on.
fn read_chart(
    conn: &Connection,
    access: &SegmentAccess,
    query: &ChartQuery<'_>,
    each: &mut dyn FnMut(Record, Option<Skippable>),
) -> Result<BTreeMap<u16, u32>, StoreError> {
    let ChartQuery { chart_number, patient, types: ChartTypes { read: types, skippable }, skipped } = *query;
    let verified = access.verified.contains(chart_number);
    let codes = |names: &[&str]| -> Result<BTreeSet<u16>, StoreError> {
        names.iter().filter_map(|name| access.type_code(conn, name).transpose()).collect()
    };
    let (wanted, skippable) = (codes(types)?, codes(skippable)?);
    let (from, to) = row_ids_of(chart_number);
    let (mut sum, mut count) = (Sum::default(), 0i64);
    let (mut unverified, mut others) = (Vec::new(), BTreeMap::new());
    let mut statement = conn.prepare_cached(&access.sql.window)?;
    let mut rows = statement.query((from, to))?;
    while let Some(row) = rows.next()? {
        let code: u16 = row.get(1)?;
        let state = StateBits(row.get(6)?);
        let is_readable = !state.is_unreadable();
        let has_no_labels = || row.get_ref(7).is_ok_and(|labels| labels.as_str().is_ok_and(str::is_empty));
        let may_skip = is_readable && skippable.contains(&code) && has_no_labels();
        let is_known = || skipped.is_some_and(|tags| row.get::<_, RowTag>(10).is_ok_and(|tag| tags.contains(&tag)));
        let is_wanted = types.is_empty() || wanted.contains(&code) || !is_readable;
        let is_wanted = is_wanted && !(verified && may_skip && is_known());
        if !is_wanted && !state.is_deleted() && has_no_labels() {
            let count: &mut u32 = others.entry(code).or_default();
            *count = count.saturating_add(1);
        }
        if verified && !is_wanted {
            continue;
        }
        let row = RowView::of(row)?;
        sum.add(&row.stored_tag());
        count += 1;
        if is_wanted && !row.state.is_deleted() {
            let record = access.open_view(conn, &row)?;
            let skippable = may_skip.then(|| Skippable { code, tag: row.stored_tag() });
            if verified {
                each(record, skippable);
            } else {
                unverified.push((record, skippable));
            }
        } else {
            access.check_view(&row, &access.type_name(conn, code)?)?;
        }
    }
    if verified {
        return Ok(others);
    }
    // INVARIANT: no record of a chart leaves the store before its sum has been compared.
    let chart = access.chart(conn, chart_number)?;
    let fits = chart.is_some_and(|c| c.sum == sum && c.rows == count && c.patient.as_ref() == Some(patient));
    if !fits {
        return Err(access.damaged(Some(chart_number), FindingKind::ChartSum));
    }
    access.verified.insert(chart_number);
    unverified.into_iter().for_each(|(record, skippable)| each(record, skippable));
    Ok(others)
}
