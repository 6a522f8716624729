//! An open segment as every connection uses it: names, keys and statements.

use crate::codec;
use crate::derived::{Confirmed, Derived};
use crate::error::{FindingKind, StoreError};
use crate::id_key::IdKey;
use crate::record::{Record, StateBits, split_labels};
use crate::resource_type;
use crate::segment_file::schema_of;
use crate::tag::{ChartFields, RowFields, Tagger, same};
use crate::verified::Verified;
use keep_domain::{Phi, ResourceKey, Segment, UtcMillis};
use keep_keys::{HpkeKeyPair, SegmentKey};
use rusqlite::{Connection, OptionalExtension, Row};
use std::borrow::Cow;

/// The number of the first patient's chart.
pub(crate) const FIRST_PATIENT: u32 = 256;
/// Bits of a row id that hold the sequence inside the chart.
const SEQUENCE_BITS: u32 = 24;

/// The columns that [`SegmentAccess::resource_of`] reads.
const ROW: &str = "place, type, id, revision, version, updated, state, labels, dictionary, body, tag";

/// One open segment: its schema name, its tagging keys and its statements.
#[derive(Debug)]
pub(crate) struct SegmentAccess {
    pub(crate) segment: Segment,
    pub(crate) schema: &'static str,
    pub(crate) generation: u32,
    pub(crate) tagger: Tagger,
    pub(crate) hpke_key_pair: HpkeKeyPair,
    /// Keys of other generations, for items that were sealed to them.
    pub(crate) other_recipient_keys: Vec<(u32, HpkeKeyPair)>,
    pub(crate) sql: Statements,
    /// The charts whose sums were compared in this session.
    pub(crate) verified: Verified,
    /// The derived tables that were compared in this session.
    pub(crate) confirmed: Confirmed,
    /// Whether its charts and its state disagreed when it was opened: then a missing chart proves nothing.
    pub(crate) disputed: bool,
}

/// Statement texts, built once so that the statement cache finds them.
#[derive(Debug)]
pub(crate) struct Statements {
    pub(crate) find: String,
    pub(crate) by_row_id: String,
    pub(crate) chart_by_number: String,
    pub(crate) chart_number: String,
    pub(crate) window: String,
    pub(crate) head: String,
    pub(crate) insert: String,
}

impl Statements {
    pub(crate) fn of(schema: &str) -> Self {
        Self {
            find: format!("SELECT {ROW} FROM {schema}.resource WHERE id = ?1 AND type = ?2"),
            by_row_id: format!("SELECT {ROW} FROM {schema}.resource WHERE place = ?1"),
            chart_by_number: format!(
                "SELECT ordinal, patient, sum, rows, revision, next_sequence, tag FROM {schema}.chart WHERE ordinal = ?1"
            ),
            chart_number: format!("SELECT ordinal FROM {schema}.chart WHERE patient = ?1"),
            head: format!("SELECT version, updated, state, place FROM {schema}.resource WHERE id = ?1 AND type = ?2"),
            insert: format!(
                "INSERT INTO {schema}.resource
                     (place, type, id, revision, version, updated, state, labels, dictionary, body, tag)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
            ),
            window: format!("SELECT {ROW} FROM {schema}.resource WHERE place >= ?1 AND place < ?2 ORDER BY place"),
        }
    }
}

/// One stored resource row, not yet checked.
pub(crate) struct ResourceRow {
    pub(crate) row_id: i64,
    pub(crate) code: u16,
    pub(crate) id: IdKey,
    pub(crate) revision: i64,
    pub(crate) version: String,
    pub(crate) updated: i64,
    pub(crate) state: StateBits,
    pub(crate) labels: String,
    pub(crate) dictionary: u8,
    pub(crate) body: Vec<u8>,
    pub(crate) tag: [u8; 32],
}

/// The same in SQLite's memory: reading a chart copies only the opened text.
pub(crate) struct RowView<'a> {
    pub(crate) row_id: i64,
    pub(crate) code: u16,
    pub(crate) id: &'a [u8],
    pub(crate) revision: i64,
    pub(crate) version: &'a str,
    pub(crate) updated: i64,
    pub(crate) state: StateBits,
    pub(crate) labels: &'a str,
    pub(crate) dictionary: u8,
    pub(crate) body: &'a [u8],
    pub(crate) tag: &'a [u8],
}

impl ResourceRow {
    pub(crate) fn view(&self) -> RowView<'_> {
        RowView {
            row_id: self.row_id,
            code: self.code,
            id: self.id.bytes(),
            revision: self.revision,
            version: &self.version,
            updated: self.updated,
            state: self.state,
            labels: &self.labels,
            dictionary: self.dictionary,
            body: &self.body,
            tag: &self.tag,
        }
    }
}

impl<'a> RowView<'a> {
    /// Reads one row of [`ROW`] without copying it.
    pub(crate) fn of(row: &'a Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row_id: row.get(0)?,
            code: row.get(1)?,
            id: row.get_ref(2)?.as_blob()?,
            revision: row.get(3)?,
            version: row.get_ref(4)?.as_str()?,
            updated: row.get(5)?,
            state: StateBits(row.get(6)?),
            labels: row.get_ref(7)?.as_str()?,
            dictionary: row.get(8)?,
            body: row.get_ref(9)?.as_blob()?,
            tag: row.get_ref(10)?.as_blob()?,
        })
    }

    /// The stored tag; zeros where it is not one, which no row has.
    pub(crate) fn stored_tag(&self) -> [u8; 32] {
        self.tag.try_into().unwrap_or([0; 32])
    }
}

impl std::fmt::Debug for ResourceRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResourceRow").field("row_id", &self.row_id).finish_non_exhaustive()
    }
}

/// One stored chart row whose own tag has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChartRow {
    pub(crate) number: u32,
    pub(crate) patient: Option<IdKey>,
    pub(crate) sum: crate::sum::Sum,
    pub(crate) rows: i64,
    pub(crate) revision: i64,
    pub(crate) next_sequence: i64,
    pub(crate) tag: [u8; 32],
}

impl ChartRow {
    pub(crate) fn fields(&self) -> ChartFields<'_> {
        ChartFields {
            chart_number: self.number,
            patient: self.patient.as_ref().map_or(&[], IdKey::bytes),
            sum: self.sum.bytes(),
            rows: self.rows,
            revision: self.revision,
            next_sequence: self.next_sequence,
        }
    }
}

/// The id of a row: its chart's number and its sequence inside the chart.
pub(crate) fn row_id_of(chart_number: u32, sequence: i64) -> i64 {
    i64::from(chart_number) << SEQUENCE_BITS | sequence
}

/// The chart of a row.
pub(crate) fn chart_number_of(row_id: i64) -> u32 {
    u32::try_from(row_id >> SEQUENCE_BITS).unwrap_or(u32::MAX)
}

/// The first row id of a chart and the first one after it.
pub(crate) fn row_ids_of(chart_number: u32) -> (i64, i64) {
    (row_id_of(chart_number, 0), row_id_of(chart_number.saturating_add(1), 0))
}

impl SegmentAccess {
    pub(crate) fn new(key: &SegmentKey) -> Self {
        let schema = schema_of(key.segment());
        Self {
            segment: key.segment(),
            schema,
            generation: key.generation(),
            tagger: Tagger::new(key),
            hpke_key_pair: key.hpke_key_pair(),
            other_recipient_keys: Vec::new(),
            sql: Statements::of(schema),
            verified: Verified::default(),
            confirmed: Confirmed::default(),
            disputed: false,
        }
    }

    /// Access to a segment on a connection where its file is the only one.
    pub(crate) fn alone(key: &SegmentKey) -> Self {
        Self { schema: "main", sql: Statements::of("main"), ..Self::new(key) }
    }

    /// An error that names this segment.
    pub(crate) const fn damaged(&self, chart: Option<u32>, kind: FindingKind) -> StoreError {
        StoreError::damaged(self.segment, chart, kind)
    }

    /// The number of a type in this file; `None` if the file has no row of it.
    pub(crate) fn type_code(&self, conn: &Connection, name: &str) -> Result<Option<u16>, StoreError> {
        if let Some(code) = resource_type::code_of(name) {
            return Ok(Some(code));
        }
        let sql = format!("SELECT code FROM {}.foreign_type WHERE name = ?1", self.schema);
        let code = conn.prepare_cached(&sql)?.query_row([name], |r| r.get(0)).optional()?;
        if code.is_none() {
            // The index of ids includes which types there are.
            self.require(Derived::Ids)?;
        }
        Ok(code)
    }

    /// The type of a number; foreign ones are looked up, and the row tag verifies the name.
    pub(crate) fn type_name(&self, conn: &Connection, code: u16) -> Result<Cow<'static, str>, StoreError> {
        if let Some(name) = resource_type::name_of(code) {
            return Ok(Cow::Borrowed(name));
        }
        let sql = format!("SELECT name FROM {}.foreign_type WHERE code = ?1", self.schema);
        let name: Option<String> = conn.prepare_cached(&sql)?.query_row([code], |r| r.get(0)).optional()?;
        name.map(Cow::Owned).ok_or_else(|| self.damaged(None, FindingKind::RowTag))
    }

    /// Reads one row of [`ROW`].
    pub(crate) fn resource_of(row: &Row<'_>) -> rusqlite::Result<ResourceRow> {
        Ok(ResourceRow {
            row_id: row.get(0)?,
            code: row.get(1)?,
            id: IdKey::from_stored(row.get_ref(2)?.as_blob()?),
            revision: row.get(3)?,
            version: row.get(4)?,
            updated: row.get(5)?,
            state: StateBits(row.get(6)?),
            labels: row.get(7)?,
            dictionary: row.get(8)?,
            body: row.get(9)?,
            tag: row.get(10)?,
        })
    }

    /// Finds a row by type number and id, unchecked.
    pub(crate) fn find(&self, conn: &Connection, code: u16, id: &IdKey) -> Result<Option<ResourceRow>, StoreError> {
        let mut statement = conn.prepare_cached(&self.sql.find)?;
        Ok(statement.query_row((id.bytes(), code), Self::resource_of).optional()?)
    }

    /// Checks the row's tag and opens its body.
    pub(crate) fn open_row(&self, conn: &Connection, row: &ResourceRow) -> Result<Record, StoreError> {
        self.open_view(conn, &row.view())
    }

    /// Checks the row's tag and opens its body.
    ///
    // INVARIANT: the only way from a stored row to a record.
    pub(crate) fn open_view(&self, conn: &Connection, row: &RowView<'_>) -> Result<Record, StoreError> {
        let type_name = self.type_name(conn, row.code)?;
        self.check_view(row, &type_name)?;
        let chart_number = Some(chart_number_of(row.row_id));
        let raw =
            codec::decompress(row.dictionary, row.body).ok_or_else(|| self.damaged(chart_number, FindingKind::Body))?;
        let id = IdKey::from_stored(row.id).id().ok_or_else(|| self.damaged(chart_number, FindingKind::RowTag))?;
        Ok(Record {
            key: ResourceKey { resource_type: type_name.into_owned(), id },
            segment: self.segment,
            version: (!row.version.is_empty()).then(|| row.version.to_owned()),
            updated: (row.updated != 0).then_some(UtcMillis(row.updated)),
            state: row.state.state(),
            unreadable: row.state.is_unreadable(),
            labels: split_labels(row.labels),
            revision: row.revision,
            raw: Phi::new(raw),
        })
    }

    /// Checks the row's tag only.
    pub(crate) fn check_row(&self, row: &ResourceRow, type_name: &str) -> Result<(), StoreError> {
        self.check_view(&row.view(), type_name)
    }

    /// Checks the row's tag only.
    pub(crate) fn check_view(&self, row: &RowView<'_>, type_name: &str) -> Result<(), StoreError> {
        let fails = || self.damaged(Some(chart_number_of(row.row_id)), FindingKind::RowTag);
        let tag = self.tag_of(row, type_name).ok_or_else(fails)?;
        if same(&tag, row.tag) { Ok(()) } else { Err(fails()) }
    }

    /// The tag that a row must have; `None` for an unknown dictionary.
    pub(crate) fn tag_of(&self, row: &RowView<'_>, type_name: &str) -> Option<[u8; 32]> {
        Some(self.tagger.row(&RowFields {
            chart_number: chart_number_of(row.row_id),
            type_name,
            id: row.id,
            revision: row.revision,
            version: row.version,
            updated: row.updated,
            state: row.state.0,
            labels: row.labels,
            dictionary: codec::dictionary_hash(row.dictionary)?,
            body: row.body,
        }))
    }

    /// A chart row by number, its tag checked.
    pub(crate) fn chart(&self, conn: &Connection, chart_number: u32) -> Result<Option<ChartRow>, StoreError> {
        let mut statement = conn.prepare_cached(&self.sql.chart_by_number)?;
        let row = statement.query_row([chart_number], Self::chart_of).optional()?;
        row.map(|r| self.check_chart(r)).transpose()
    }

    /// Whether there are rows of a type, by its row count.
    pub(crate) fn has_any(&self, conn: &Connection, code: u16) -> Result<bool, StoreError> {
        let sql = format!("SELECT 1 FROM {}.type_count WHERE type = ?1 AND count <> 0", self.schema);
        let any = conn.prepare_cached(&sql)?.exists([code])?;
        if !any {
            self.require(Derived::Ids)?;
        }
        Ok(any)
    }

    /// The number of a patient's chart.
    pub(crate) fn chart_number(&self, conn: &Connection, patient: &IdKey) -> Result<Option<u32>, StoreError> {
        let mut statement = conn.prepare_cached(&self.sql.chart_number)?;
        let chart_number = statement.query_row([patient.bytes()], |r| r.get(0)).optional()?;
        if chart_number.is_none() && self.disputed {
            return Err(self.damaged(None, FindingKind::Root));
        }
        Ok(chart_number)
    }

    pub(crate) fn chart_of(row: &Row<'_>) -> rusqlite::Result<ChartRow> {
        Ok(ChartRow {
            number: row.get(0)?,
            patient: row.get_ref(1)?.as_blob_or_null()?.map(IdKey::from_stored),
            sum: crate::sum::Sum::from_bytes(row.get(2)?),
            rows: row.get(3)?,
            revision: row.get(4)?,
            next_sequence: row.get(5)?,
            tag: row.get(6)?,
        })
    }

    pub(crate) fn check_chart(&self, row: ChartRow) -> Result<ChartRow, StoreError> {
        if same(&self.tagger.chart(&row.fields()), &row.tag) {
            Ok(row)
        } else {
            Err(self.damaged(Some(row.number), FindingKind::ChartTag))
        }
    }
}
