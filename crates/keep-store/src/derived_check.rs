//! Comparing derived tables with their digests, and every index of them with its table.

use crate::derived::Derived;
use crate::error::{Finding, StoreError};
use crate::names_digest::hash_names;
use crate::resource_type::FIRST_FOREIGN;
use crate::segment_access::SegmentAccess;
use crate::store::Store;
use crate::sum::Sum;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::BTreeMap;

/// An index of a derived table: its name, its columns with the table's key, and which columns of the table these are.
struct Index {
    name: &'static str,
    columns: &'static str,
    of_table: &'static [usize],
}

/// A derived table: all its columns, and its indexes.
struct Layout {
    columns: &'static str,
    /// A column that only the table has, after a comma: reading an index with it looks up every row, as a query does.
    /// Empty if the table is its own index.
    looked_up: &'static str,
    indexes: &'static [Index],
}

const fn layout(table: Derived) -> Option<Layout> {
    Some(match table {
        Derived::Days => Layout {
            columns: "place, type, start, status, patient",
            looked_up: ", status",
            indexes: &[Index { name: "day_key_start", columns: "type, start, place", of_table: &[1, 2, 0] }],
        },
        Derived::Keys => Layout {
            columns: "ordinal, family, given, words, born",
            looked_up: ", words",
            indexes: &[
                Index { name: "patient_key_family", columns: "family, given, ordinal", of_table: &[1, 2, 0] },
                Index { name: "patient_key_born", columns: "born, ordinal", of_table: &[4, 0] },
            ],
        },
        Derived::Numbers => Layout {
            columns: "value, ordinal",
            looked_up: "",
            indexes: &[Index { name: "patient_number_ordinal", columns: "ordinal, value", of_table: &[1, 0] }],
        },
        Derived::Phones => Layout {
            columns: "digits, ordinal",
            looked_up: "",
            indexes: &[Index { name: "patient_phone_ordinal", columns: "ordinal, digits", of_table: &[1, 0] }],
        },
        Derived::Links => Layout {
            columns: "patient, other",
            looked_up: "",
            indexes: &[Index { name: "patient_link_other", columns: "other, patient", of_table: &[1, 0] }],
        },
        Derived::Ids | Derived::Names => return None,
    })
}

/// Checks that entries come in the order of their tree. If all entries are present and in order, a search of the tree
/// ends at the right one.
#[derive(Default)]
struct Order {
    last: Vec<u8>,
    key: Vec<u8>,
}

impl Order {
    fn follows(&mut self, entry: &[ValueRef<'_>]) -> bool {
        // Bytes that sort as the columns do. A column has one kind, apart from null.
        self.key.clear();
        for value in entry {
            match value {
                ValueRef::Null | ValueRef::Real(_) => self.key.push(0),
                // The sign bit is flipped, so that bytes sort as numbers do.
                ValueRef::Integer(n) => {
                    self.key.push(1);
                    self.key.extend((n ^ i64::MIN).to_be_bytes());
                }
                // A zero becomes 0 1 and the end 0 0, so that the shorter one sorts first.
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                    self.key.push(2);
                    for byte in *bytes {
                        self.key.push(*byte);
                        if *byte == 0 {
                            self.key.push(1);
                        }
                    }
                    self.key.extend([0, 0]);
                }
            }
        }
        let follows = self.last.is_empty() || self.last < self.key;
        std::mem::swap(&mut self.last, &mut self.key);
        follows
    }
}

fn entry_of<'r>(row: &'r Row<'_>, columns: usize) -> Result<Vec<ValueRef<'r>>, StoreError> {
    Ok((0..columns).map(|c| row.get_ref(c)).collect::<rusqlite::Result<_>>()?)
}

/// The result of comparing a table with its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DigestCheck {
    Fits,
    /// There is no digest: the file is older than digests, or a large load ended early.
    NoDigest,
    /// It matches, but charts were damaged when it was built.
    Incomplete,
    Differs,
}

impl SegmentAccess {
    /// Compares one table with its digest.
    pub(crate) fn check_digest(&self, conn: &Connection, table: Derived) -> Result<DigestCheck, StoreError> {
        let Some(expected) = self.digest(conn, table)? else { return Ok(DigestCheck::NoDigest) };
        let (sum, rows, consistent) = match (table, layout(table)) {
            (Derived::Names, _) => {
                let found = hash_names(conn)?;
                (Sum::from_bytes(found.digest), found.rows, true)
            }
            (_, Some(layout)) => self.sum_table(conn, table, &layout)?,
            _ => self.sum_ids(conn)?,
        };
        let fits = consistent && *sum.bytes() == expected.digest && rows == expected.rows;
        Ok(match (fits, expected.whole) {
            (true, true) => DigestCheck::Fits,
            (true, false) => DigestCheck::Incomplete,
            (false, _) => DigestCheck::Differs,
        })
    }

    /// The sum and number of a table's entries, and whether its indexes have the same.
    fn sum_table(&self, conn: &Connection, table: Derived, layout: &Layout) -> Result<(Sum, i64, bool), StoreError> {
        let (name, schema) = (table.table(), self.schema);
        let mut by_table: Vec<Sum> = vec![Sum::default(); layout.indexes.len()];
        let (mut sum, mut count, mut consistent, mut order) = (Sum::default(), 0, true, Order::default());
        let sql = format!("SELECT {0} FROM {schema}.{name} NOT INDEXED ORDER BY {0}", layout.columns);
        let mut statement = conn.prepare(&sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let entry = entry_of(row, columns)?;
            sum.add(&self.tagger.derived(table.name(), &entry));
            consistent &= order.follows(&entry);
            for (index, of_index) in layout.indexes.iter().zip(&mut by_table) {
                let part: Vec<ValueRef<'_>> = index.of_table.iter().filter_map(|c| entry.get(*c).copied()).collect();
                of_index.add(&self.tagger.derived(index.name, &part));
            }
            count += 1;
        }
        for (index, expected) in layout.indexes.iter().zip(by_table) {
            let sql = format!(
                "SELECT {0}{2} FROM {schema}.{name} INDEXED BY {1} ORDER BY {0}",
                index.columns, index.name, layout.looked_up
            );
            let mut statement = conn.prepare(&sql)?;
            let (mut found, mut order) = (Sum::default(), Order::default());
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let entry = entry_of(row, index.of_table.len())?;
                found.add(&self.tagger.derived(index.name, &entry));
                consistent &= order.follows(&entry);
            }
            consistent &= found == expected;
        }
        Ok((sum, count, consistent))
    }

    /// The same of the index that finds rows by id, with the counts of types that it must have, and the names of the
    /// types outside FHIR.
    fn sum_ids(&self, conn: &Connection) -> Result<(Sum, i64, bool), StoreError> {
        let schema = self.schema;
        let sql = format!("SELECT id, type, place FROM {schema}.resource INDEXED BY resource_id ORDER BY id, type");
        let mut statement = conn.prepare(&sql)?;
        let (mut sum, mut count, mut counts) = (Sum::default(), 0, BTreeMap::<u16, i64>::new());
        let (mut ordered, mut order) = (true, Order::default());
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let entry = entry_of(row, 3)?;
            sum.add(&self.tagger.derived(Derived::Ids.name(), &entry));
            ordered &= order.follows(&entry);
            *counts.entry(row.get(1)?).or_default() += 1;
            count += 1;
        }
        let sql = format!("SELECT type, count FROM {schema}.type_count WHERE count <> 0");
        let mut statement = conn.prepare(&sql)?;
        let stored = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let mut consistent = stored.collect::<rusqlite::Result<BTreeMap<u16, i64>>>()? == counts;
        consistent &= ordered && self.foreign_types_fit(conn, counts.into_keys())?;
        Ok((sum, count, consistent))
    }

    /// Whether every type outside FHIR among these has a name, and is found by it.
    pub(crate) fn foreign_types_fit(
        &self,
        conn: &Connection,
        codes: impl Iterator<Item = u16>,
    ) -> Result<bool, StoreError> {
        let sql = format!("SELECT code FROM {}.foreign_type WHERE name = ?1", self.schema);
        for code in codes.filter(|code| *code >= FIRST_FOREIGN) {
            let Ok(name) = self.type_name(conn, code) else { return Ok(false) };
            let found: Option<u16> = conn.prepare_cached(&sql)?.query_row([name], |r| r.get(0)).optional()?;
            if found != Some(code) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Store {
    /// Runs a read that may use derived tables. Those that were not compared in this session are compared first, and
    /// rebuilt if they differ.
    pub(crate) fn read_confirmed<T>(
        &self,
        mut work: impl FnMut(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // One attempt for each segment and table, and a final one.
        for _turn in 0..=self.access.len() * Derived::ALL.len() {
            match self.read(&mut work) {
                Err(StoreError::Unconfirmed(segment, table)) => {
                    self.confirm(segment, &|t| t.name() == table)?;
                }
                done => return done,
            }
        }
        Err(StoreError::Internal("derived tables"))
    }

    /// Compares all derived tables of all open segments and rebuilds those that differ. One that cannot be rebuilt is a
    /// finding, and reads that need it fail.
    ///
    /// # Errors
    /// Those of reading; findings are not errors.
    pub fn confirm_derived(&self) -> Result<(), StoreError> {
        for access in &self.access {
            match self.confirm(access.segment, &|_| true) {
                Ok(()) | Err(StoreError::Damaged(_)) => {}
                Err(other) => return Err(other),
            }
        }
        self.seal_search()
    }

    /// The findings of integrity checks since the last call; each is returned once per session.
    #[must_use]
    pub fn take_findings(&self) -> Vec<Finding> {
        self.access.iter().flat_map(|a| a.verified.take_findings()).collect()
    }
}
