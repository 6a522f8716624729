//! Rows that a reader of charts had no use for: they are not opened again in this session.

use crate::mutex::acquire;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

/// The most rows that are remembered, 4 MB.
const MOST_SKIPPED: usize = 100_000;

/// A row's tag. It stands for one text of one record in one chart; a changed record has another.
pub(crate) type RowTag = [u8; 32];

/// The types of a chart that are read.
#[derive(Debug, Clone, Copy)]
pub struct ChartTypes<'t> {
    /// Empty means all.
    pub read: &'t [&'t str],
    /// Those of them, of R4, whose unlabelled records are not opened again in this session once they were
    /// [`crate::Converted::OfNoUse`]; they count with the types that were not asked for.
    pub skippable: &'t [&'t str],
}

impl<'t> ChartTypes<'t> {
    /// All records of these types; empty means all.
    #[must_use]
    pub const fn all_of(read: &'t [&'t str]) -> Self {
        Self { read, skippable: &[] }
    }
}

/// A row that need not be opened again if the caller has no use for its record.
#[derive(Clone, Copy)]
pub(crate) struct Skippable {
    pub(crate) code: u16,
    pub(crate) tag: RowTag,
}

/// The tags of these rows.
#[derive(Default)]
pub(crate) struct SkippedRows(Mutex<HashSet<RowTag>>);

impl SkippedRows {
    pub(crate) fn tags(&self) -> MutexGuard<'_, HashSet<RowTag>> {
        acquire(&self.0)
    }

    pub(crate) fn add(&self, tags: impl IntoIterator<Item = RowTag>) {
        let mut known = acquire(&self.0);
        known.extend(tags);
        if known.len() > MOST_SKIPPED {
            known.clear();
        }
    }
}

impl fmt::Debug for SkippedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SkippedRows")
    }
}
