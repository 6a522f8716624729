//! Rebuilding derived tables from verified rows.

use crate::deferred_search_keys::DeferredSearchKeys;
use crate::derived::{Derived, DerivedChanges, DigestRow};
use crate::derived_check::DigestCheck;
use crate::error::{FindingKind, StoreError};
use crate::journal::JournalKind;
use crate::mutex::acquire;
use crate::record::Record;
use crate::row_facts::RowFacts;
use crate::search_keys::SearchKeyWriter;
use crate::segment_access::{SegmentAccess, chart_number_of};
use crate::store::Store;
use crate::tagged::TaggedWriter;
use crate::write_tx::WriteTx;
use keep_domain::Segment;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

impl Store {
    /// Compares the index of ids of each segment, which every change uses for lookups.
    pub(crate) fn confirm_ids(&self) -> Result<(), StoreError> {
        for access in self.access.iter().filter(|a| !a.confirmed.has(Derived::Ids)) {
            match self.confirm(access.segment, &|table| table == Derived::Ids) {
                // A lookup that does not find its row reports it.
                Ok(()) | Err(StoreError::Damaged(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// Compares the wanted derived tables of a segment that were not compared in this session, and rebuilds those that
    /// differ.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a table differs and cannot be rebuilt.
    pub(crate) fn confirm(&self, segment: Segment, wanted: &dyn Fn(Derived) -> bool) -> Result<(), StoreError> {
        let access = self.access(segment)?;
        // One thread at a time: the next one finds it done.
        let _alone = acquire(&self.confirming);
        let (mut tables, mut names, mut differs) = (false, false, false);
        let open = |t: &Derived| t.is_in(segment) && wanted(*t) && !access.confirmed.has(*t);
        for table in Derived::ALL.into_iter().filter(open) {
            let check = self.check_digest(access, table)?;
            match check {
                DigestCheck::Fits => access.confirmed.set(table),
                DigestCheck::Incomplete => {
                    access.confirmed.set_incomplete(true);
                    access.confirmed.set(table);
                }
                DigestCheck::NoDigest | DigestCheck::Differs if table == Derived::Names => names = true,
                DigestCheck::NoDigest | DigestCheck::Differs => tables = true,
            }
            differs |= check == DigestCheck::Differs;
        }
        if differs {
            access.note_derived();
        }
        if !tables && !names {
            return Ok(());
        }
        // The index of names is built from `patient_key`, which has to match first.
        tables |= names
            && !access.confirmed.has(Derived::Keys)
            && self.check_digest(access, Derived::Keys)? != DigestCheck::Fits;
        self.rebuild_differing(access, tables)
    }

    /// Compares a table with its digest; one of them that cannot be read counts as different and may be rebuilt.
    fn check_digest(&self, access: &SegmentAccess, table: Derived) -> Result<DigestCheck, StoreError> {
        let of_table = |error| match error {
            StoreError::PageDamaged => access.damaged(None, FindingKind::Page),
            other => other,
        };
        match self.read(|conn| access.check_digest(conn, table).map_err(of_table)) {
            Err(StoreError::Damaged(_)) => Ok(DigestCheck::Differs),
            other => other,
        }
    }

    fn rebuild_differing(&self, access: &SegmentAccess, tables: bool) -> Result<(), StoreError> {
        let segment = access.segment;
        if self.is_read_only(segment) || access.confirmed.is_broken() {
            return Err(access.derived_differs());
        }
        let rebuilt =
            self.write_unconfirmed(|tx| if tables { tx.rebuild_derived(segment) } else { tx.rebuild_names() });
        match rebuilt {
            Ok(whole) if tables => {
                access.confirmed.set_incomplete(!whole);
                Derived::ALL.into_iter().filter(|t| t.is_in(segment)).for_each(|t| access.confirmed.set(t));
                Ok(())
            }
            Ok(_) => {
                access.confirmed.set(Derived::Names);
                Ok(())
            }
            // Lack of memory or another lock is temporary, as is a full disk.
            Err(error) if error.passes() => Err(error),
            Err(StoreError::Database(_) | StoreError::PageDamaged | StoreError::Damaged(_)) => {
                // Not retried before the next unlock.
                access.confirmed.set_broken();
                access.note_derived();
                Err(access.derived_differs())
            }
            Err(error) => Err(error),
        }
    }

    /// Deletes the derived tables and derives them again from the rows.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a chart does not match its sum: the tables are then incomplete, and reads that need them
    /// fail.
    #[cfg(test)]
    pub(crate) fn rebuild_search(&self) -> Result<(), StoreError> {
        for access in &self.access {
            access.confirmed.try_again();
            let whole = self.write_unconfirmed(|tx| tx.rebuild_derived(access.segment))?;
            if !whole {
                return Err(access.derived_differs());
            }
            access.confirmed.set_incomplete(false);
            Derived::ALL.into_iter().filter(|t| t.is_in(access.segment)).for_each(|t| access.confirmed.set(t));
        }
        Ok(())
    }
}

impl SegmentAccess {
    /// Stores a finding about the derived tables.
    pub(crate) fn note_derived(&self) {
        if let StoreError::Damaged(finding) = self.derived_differs() {
            self.verified.note(finding);
        }
    }
}

impl WriteTx<'_> {
    fn rebuild_names(&mut self) -> Result<bool, StoreError> {
        check_structure(self.conn, self.store.access(Segment::Directory)?)?;
        self.writer(Segment::Directory)?.rebuild_names()?;
        Ok(true)
    }

    /// Derives all tables of a segment again; returns whether all its charts were whole.
    fn rebuild_derived(&mut self, segment: Segment) -> Result<bool, StoreError> {
        let (conn, access) = (self.conn, self.store.access(segment)?);
        check_structure(conn, access)?;
        clear_tables(conn, access)?;
        let whole = all_charts_fit(conn, access)? && all_types_fit(conn, access)?;
        let mut deferred = DeferredSearchKeys::default();
        derive_all(conn, access, &mut deferred)?;
        deferred.write(conn, access)?;
        let changes = std::mem::take(&mut deferred.changes);
        let writer = self.writer(segment)?;
        for table in Derived::ALL.into_iter().filter(|t| t.is_in(segment) && *t != Derived::Names) {
            let digest = DigestRow { whole, ..changes.applied(table, DigestRow::EMPTY) };
            writer.put_journal(table.name().as_bytes(), &digest)?;
        }
        if segment == Segment::Directory {
            Derived::OUTDATED.iter().try_for_each(|t| writer.drop_journal(JournalKind::Digest, t.as_bytes()))?;
            writer.seal_names()?;
        }
        Ok(whole)
    }
}

/// Refuses a file whose pages do not belong together: clearing a table whose old page refers to pages of other tables
/// would free those and lose their rows.
fn check_structure(conn: &Connection, access: &SegmentAccess) -> Result<(), StoreError> {
    let mut statement = conn.prepare(&format!("PRAGMA {}.quick_check", access.schema))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        // FTS5's own index is not a fault of the pages; that index is rebuilt.
        if text != "ok" && !text.contains("inverted index") {
            return Err(access.derived_differs());
        }
    }
    Ok(())
}

/// Whether every chart matches its sum; each one that does not is a finding.
fn all_charts_fit(conn: &Connection, access: &SegmentAccess) -> Result<bool, StoreError> {
    let sql = format!("SELECT ordinal FROM {}.chart ORDER BY ordinal", access.schema);
    let mut statement = conn.prepare_cached(&sql)?;
    let (mut rows, mut whole) = (statement.query([])?, true);
    while let Some(row) = rows.next()? {
        match access.verify_chart(conn, row.get(0)?) {
            Ok(()) => {}
            Err(StoreError::Damaged(_)) => whole = false,
            Err(other) => return Err(other),
        }
    }
    Ok(whole)
}

fn all_types_fit(conn: &Connection, access: &SegmentAccess) -> Result<bool, StoreError> {
    let mut statement = conn.prepare(&format!("SELECT type FROM {}.type_count", access.schema))?;
    let codes = statement.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<Vec<u16>>>()?;
    access.foreign_types_fit(conn, codes.into_iter())
}

fn clear_tables(conn: &Connection, access: &SegmentAccess) -> Result<(), StoreError> {
    let schema = access.schema;
    conn.execute_batch(&format!(
        "REINDEX {schema}.resource_id; REINDEX {schema}.foreign_type;
         DELETE FROM {schema}.day_key; REINDEX {schema}.day_key;
         DELETE FROM {schema}.open_row; DELETE FROM {schema}.type_count;
         INSERT INTO {schema}.type_count (type, count) SELECT type, count(*) FROM {schema}.resource GROUP BY type;"
    ))?;
    if access.segment == Segment::Directory {
        conn.execute_batch(
            "DELETE FROM main.patient_key; DELETE FROM main.patient_number; DELETE FROM main.patient_phone;
             DELETE FROM main.patient_link; REINDEX main.patient_key; REINDEX main.patient_number;
             REINDEX main.patient_phone; REINDEX main.patient_link;
             INSERT INTO main.patient_name (patient_name) VALUES ('delete-all');",
        )?;
    }
    Ok(())
}

fn derive_all(conn: &Connection, access: &SegmentAccess, deferred: &mut DeferredSearchKeys) -> Result<(), StoreError> {
    let sql = format!("SELECT place FROM {}.resource ORDER BY place", access.schema);
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut by_row_id = conn.prepare_cached(&access.sql.by_row_id)?;
    let mut open_row =
        conn.prepare(&format!("INSERT INTO {}.open_row (place, state) VALUES (?1, ?2)", access.schema))?;
    // The patient of a row is that of its chart: the text may name it by an address of the server.
    let mut current = None;
    while let Some(row) = rows.next()? {
        let row_id: i64 = row.get(0)?;
        let row = by_row_id.query_row([row_id], SegmentAccess::resource_of)?;
        add_id(access, &mut deferred.changes, &row.id, row.code, row_id);
        if row.state.0 != 0 {
            open_row.execute(params![row_id, row.state.0])?;
        }
        let chart_number = chart_number_of(row_id);
        if current.as_ref().is_none_or(|(of, _)| *of != chart_number) {
            current = Some((chart_number, access.chart(conn, chart_number).ok().flatten().and_then(|c| c.patient)));
        }
        // A row that does not match its tag is a finding of its chart and has no keys.
        let Ok(record): Result<Record, _> = access.open_row(conn, &row) else { continue };
        // EXPOSE: read for its search keys.
        if let Ok(facts) = keep_fhir::extract(record.raw.expose()) {
            let mut facts = RowFacts::of(facts);
            facts.patient = current.as_ref().and_then(|(_, patient)| patient.clone());
            SearchKeyWriter { conn, access, deferred }.write(row_id, false, &facts)?;
        }
    }
    Ok(())
}

/// Adds a row's entry in the index of ids.
pub(crate) fn add_id(
    access: &SegmentAccess,
    changes: &mut DerivedChanges,
    id: &crate::id_key::IdKey,
    code: u16,
    row_id: i64,
) {
    changes.add(&access.tagger, Derived::Ids, &id_entry(id, code, row_id));
}

/// A row's entry in the index of ids.
pub(crate) fn id_entry(id: &crate::id_key::IdKey, code: u16, row_id: i64) -> [ValueRef<'_>; 3] {
    [ValueRef::Blob(id.bytes()), ValueRef::Integer(i64::from(code)), ValueRef::Integer(row_id)]
}

impl TaggedWriter<'_> {
    /// Removes a row's entry in the index of ids.
    pub(crate) fn remove_id(&mut self, id: &crate::id_key::IdKey, code: u16, row_id: i64) {
        self.deferred.changes.remove(&self.access.tagger, Derived::Ids, &id_entry(id, code, row_id));
    }

    /// Adds a row's entry in the index of ids.
    pub(crate) fn add_id(&mut self, id: &crate::id_key::IdKey, code: u16, row_id: i64) {
        add_id(self.access, &mut self.deferred.changes, id, code, row_id);
    }
}
