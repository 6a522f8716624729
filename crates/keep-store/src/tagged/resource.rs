//! Writing, moving and removing resource rows.

use super::writer::TaggedWriter;
use crate::codec;
use crate::derived::Derived;
use crate::error::FindingKind;
use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::record::StateBits;
use crate::resource_type::{self, FIRST_FOREIGN};
use crate::segment_access::{ResourceRow, RowView, SegmentAccess, chart_number_of, row_id_of};
use rusqlite::{OptionalExtension, params};

/// A row to be stored.
pub(crate) struct RowDraft<'a> {
    pub(crate) type_name: &'a str,
    /// The number of an R4 type.
    pub(crate) code: Option<u16>,
    pub(crate) id: &'a IdKey,
    pub(crate) patient: Option<&'a IdKey>,
    pub(crate) version: &'a str,
    pub(crate) updated: i64,
    pub(crate) state: StateBits,
    pub(crate) labels: &'a str,
    /// Compressed with the shipped dictionary.
    pub(crate) body: &'a [u8],
    /// The caller found no row of this type and id; if there is one, its unique index refuses the insert.
    pub(crate) fresh: bool,
}

impl std::fmt::Debug for RowDraft<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowDraft").field("type", &self.type_name).finish_non_exhaustive()
    }
}

impl TaggedWriter<'_> {
    /// Stores a row in its patient's chart and returns its id. A row of the same type and id is
    /// replaced, and moved where the patient has changed.
    pub(crate) fn put(&mut self, draft: &RowDraft<'_>) -> Result<PutRow, StoreError> {
        let code = draft.code.map_or_else(|| self.make_type_code(draft.type_name), Ok)?;
        let chart_number = self.chart_for(draft.patient, draft.id)?;
        let (mut row_id, mut revision, mut left) = (None, 1, None);
        let old = if draft.fresh { None } else { self.head(code, draft.id)? };
        if let Some(old) = old {
            revision = old.revision + 1;
            if chart_number_of(old.row_id) == chart_number {
                let chart = self.open_chart(chart_number, draft.patient)?;
                chart.sum.remove(&old.tag);
                row_id = Some(old.row_id);
            } else {
                self.remove_at(code, draft.id, old.row_id, &old.tag)?;
                left = Some(chart_number_of(old.row_id));
            }
        }
        let replaces = row_id.is_some();
        let row_id = match row_id {
            Some(row_id) => row_id,
            None => {
                let chart = self.open_chart(chart_number, draft.patient)?;
                let sequence = chart.next_sequence;
                if sequence + 1 >= 1 << 24 {
                    return Err(StoreError::Invalid("chart is full"));
                }
                chart.next_sequence += 1;
                chart.rows += 1;
                row_id_of(chart_number, sequence)
            }
        };
        let mut row = RowView {
            row_id,
            code,
            id: draft.id.bytes(),
            revision,
            version: draft.version,
            updated: draft.updated,
            state: draft.state,
            labels: draft.labels,
            dictionary: codec::DICTIONARY,
            body: draft.body,
            tag: &[],
        };
        let tag = self.access.tag_of(&row, draft.type_name).ok_or(StoreError::Internal("dictionary"))?;
        row.tag = &tag;
        self.write(&row, replaces)?;
        self.open_chart(chart_number, draft.patient)?.sum.add(&tag);
        if !replaces {
            self.add_id(draft.id, code, row_id);
            self.count(code, 1);
        }
        self.changed = true;
        Ok(PutRow { row_id, replaced: replaces, left })
    }

    /// Changes version, time and state, not the body. The row must exist and be intact.
    pub(crate) fn amend(
        &mut self,
        type_name: &str,
        id: &IdKey,
        change: impl FnOnce(&mut ResourceRow),
    ) -> Result<i64, StoreError> {
        let code = self.make_type_code(type_name)?;
        let mut row = self.access.find(self.conn, code, id)?.ok_or(StoreError::NotAvailable)?;
        self.access.check_row(&row, type_name)?;
        let before = row.tag;
        self.open_chart(chart_number_of(row.row_id), None)?;
        change(&mut row);
        row.tag = self.access.tag_of(&row.view(), type_name).ok_or(StoreError::Internal("dictionary"))?;
        let chart = self.open_chart(chart_number_of(row.row_id), None)?;
        chart.sum.remove(&before);
        chart.sum.add(&row.tag);
        self.write(&row.view(), true)?;
        self.changed = true;
        Ok(row.row_id)
    }

    /// Removes a row and returns its id.
    pub(crate) fn remove(&mut self, type_name: &str, id: &IdKey) -> Result<Option<i64>, StoreError> {
        let Some(code) = self.access.type_code(self.conn, type_name)? else { return Ok(None) };
        let Some(old) = self.head(code, id)? else { return Ok(None) };
        self.remove_at(code, id, old.row_id, &old.tag)?;
        Ok(Some(old.row_id))
    }

    fn remove_at(&mut self, code: u16, id: &IdKey, row_id: i64, tag: &[u8; 32]) -> Result<(), StoreError> {
        self.open_chart(chart_number_of(row_id), None)?;
        let sql = format!("DELETE FROM {}.resource WHERE place = ?1", self.access.schema);
        self.conn.prepare_cached(&sql)?.execute([row_id])?;
        let sql = format!("DELETE FROM {}.open_row WHERE place = ?1", self.access.schema);
        self.conn.prepare_cached(&sql)?.execute([row_id])?;
        let chart_number = chart_number_of(row_id);
        let damaged = self.access.damaged(Some(chart_number), FindingKind::ChartSum);
        let chart = self.open_chart(chart_number, None)?;
        chart.sum.remove(tag);
        chart.rows -= 1;
        if chart.rows < 0 {
            return Err(damaged);
        }
        self.search_keys().clear(code, row_id)?;
        self.remove_id(id, code, row_id);
        self.count(code, -1);
        self.changed = true;
        Ok(())
    }

    fn write(&mut self, row: &RowView<'_>, replaces: bool) -> Result<(), StoreError> {
        let schema = self.access.schema;
        let columns = params![
            row.row_id,
            row.code,
            row.id,
            row.revision,
            row.version,
            row.updated,
            row.state.0,
            row.labels,
            row.dictionary,
            row.body,
            row.tag
        ];
        if replaces {
            self.conn
                .prepare_cached(&format!(
                "UPDATE {schema}.resource SET type = ?2, id = ?3, revision = ?4, version = ?5, updated = ?6, state = ?7,
                     labels = ?8, dictionary = ?9, body = ?10, tag = ?11 WHERE place = ?1"
            ))?
                .execute(columns)?;
        } else {
            let insert = match &mut self.insert {
                Some(insert) => insert,
                none => none.insert(self.conn.prepare_cached(&self.access.sql.insert)?),
            };
            insert.execute(columns)?;
        }
        if row.state.0 == 0 && !replaces {
            return Ok(());
        }
        let sql = if row.state.0 == 0 {
            format!("DELETE FROM {schema}.open_row WHERE place = ?1")
        } else {
            format!(
                "INSERT INTO {schema}.open_row (place, state) VALUES (?1, ?2) ON CONFLICT (place) DO UPDATE SET state = excluded.state"
            )
        };
        let mut statement = self.conn.prepare_cached(&sql)?;
        if row.state.0 == 0 {
            statement.execute([row.row_id])?;
        } else {
            statement.execute(params![row.row_id, row.state.0])?;
        }
        Ok(())
    }

    fn head(&self, code: u16, id: &IdKey) -> Result<Option<RowHead>, StoreError> {
        let sql =
            format!("SELECT place, revision, tag FROM {}.resource WHERE id = ?1 AND type = ?2", self.access.schema);
        let mut statement = self.conn.prepare_cached(&sql)?;
        let head = |r: &rusqlite::Row<'_>| Ok(RowHead { row_id: r.get(0)?, revision: r.get(1)?, tag: r.get(2)? });
        let found = statement.query_row(params![id.bytes(), code], head).optional()?;
        if found.is_none() {
            self.access.require(Derived::Ids)?;
        }
        Ok(found)
    }

    fn make_type_code(&self, name: &str) -> Result<u16, StoreError> {
        if let Some(code) = resource_type::code_of(name) {
            return Ok(code);
        }
        let schema = self.access.schema;
        let sql = format!(
            "INSERT INTO {schema}.foreign_type (code, name)
             VALUES ((SELECT coalesce(max(code) + 1, {FIRST_FOREIGN}) FROM {schema}.foreign_type), ?1)
             ON CONFLICT (name) DO NOTHING"
        );
        self.conn.prepare_cached(&sql)?.execute([name])?;
        self.access.type_code(self.conn, name)?.ok_or(StoreError::Internal("type number"))
    }
}

/// Where a row was put, and whether one was there before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PutRow {
    pub(crate) row_id: i64,
    pub(crate) replaced: bool,
    /// The chart that it was moved out of.
    pub(crate) left: Option<u32>,
}

struct RowHead {
    row_id: i64,
    revision: i64,
    tag: [u8; 32],
}

impl SegmentAccess {
    /// A row by type and id, checked and opened.
    pub(crate) fn record(
        &self,
        conn: &rusqlite::Connection,
        type_name: &str,
        id: &IdKey,
    ) -> Result<Option<crate::record::Record>, StoreError> {
        let Some(code) = self.type_code(conn, type_name)? else { return Ok(None) };
        let Some(row) = self.find(conn, code, id)? else {
            // The index says that it does not exist.
            self.require(Derived::Ids)?;
            return Ok(None);
        };
        self.verify_chart(conn, chart_number_of(row.row_id))?;
        if row.code != code || row.id != *id {
            return Err(self.derived_differs());
        }
        self.open_row(conn, &row).map(Some)
    }
}
