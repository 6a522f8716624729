//! Rows that a reader of charts had no use for: they are not opened again in this session.

use crate::mutex::acquire;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

/// The most rows that are remembered, 4 MB.
const MOST_SKIPPED: usize = 100_000;

/// A row's tag. It stands for one text of one record in one chart; a changed record has another.
pub(crate) type RowTag = [u8; 32];

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
