//! In which segment the page lies that could not be read: a statement over several files says only that there is one.

use crate::segment_access::SegmentAccess;
use crate::{FindingKind, StoreError};
use rusqlite::Connection;

/// Finds the segments that have damaged pages and makes each a finding of its own, once in a session. Where the pages
/// are as they were written and do not belong together, or none is found, all open segments count as damaged.
///
/// INVARIANT: whoever was answered that records are damaged finds no segment of theirs called whole that holds them.
pub(crate) fn note(conn: &Connection, all: &[SegmentAccess]) {
    if all.iter().any(|a| a.confirmed.is_broken()) {
        return;
    }
    let damaged: Vec<&SegmentAccess> = all.iter().filter(|a| has_damaged_pages(conn, a)).collect();
    let found = if damaged.is_empty() { all.iter().collect() } else { damaged };
    for access in found {
        access.confirmed.set_broken();
        if let StoreError::Damaged(finding) = access.damaged(None, FindingKind::Page) {
            access.verified.note(finding);
        }
    }
}

/// Compares each page with its authentication code. A page that cannot be read at all is damaged, too.
fn has_damaged_pages(conn: &Connection, access: &SegmentAccess) -> bool {
    let check = || {
        let mut statement = conn.prepare(&format!("PRAGMA {}.cipher_integrity_check", access.schema))?;
        statement.exists([])
    };
    check().unwrap_or(true)
}
