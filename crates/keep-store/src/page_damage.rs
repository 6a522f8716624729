//! Finding the segment of a page that could not be read: a statement over several files does not report it.

use crate::connector::Purpose;
use crate::error::{FindingKind, StoreError};
use crate::ledger::ATTACHED_LEDGER;
use crate::segment_access::SegmentAccess;
use rusqlite::Connection;

/// Reports each segment that has damaged pages as a finding, once per session. If no file is found to be damaged, all
/// segments are suspected: nothing of them counts as absent, and no file is replaced.
///
/// INVARIANT: after an error about damaged records, no segment that may have caused it counts as whole.
pub(crate) fn note(conn: &Connection, purpose: Purpose, all: &[SegmentAccess], is_closing: impl Fn() -> bool) {
    let mut is_explained = all.iter().any(|a| a.confirmed.has_damaged_pages());
    let differs = |schema: &str| !is_closing() && pages_differ(conn, schema);
    for access in all.iter().filter(|a| !a.confirmed.has_damaged_pages()) {
        if differs(access.schema) {
            is_explained = true;
            access.confirmed.set_damaged_pages();
            if let StoreError::Damaged(finding) = access.damaged(None, FindingKind::Page) {
                access.verified.note(finding);
            }
        }
    }
    // A damaged log is reported by itself and is not the fault of a segment.
    is_explained = is_explained || (matches!(purpose, Purpose::Write) && differs(ATTACHED_LEDGER));
    if !is_explained && !is_closing() {
        all.iter().for_each(|a| a.confirmed.set_suspected());
    }
}

/// Compares each page with its authentication code; if all match, checks whether they belong together. A check that was
/// interrupted or ran out of memory says nothing.
fn pages_differ(conn: &Connection, schema: &str) -> bool {
    let reports = |pragma: &str| -> rusqlite::Result<bool> {
        let mut statement = conn.prepare(&format!("PRAGMA {schema}.{pragma}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            // FTS5's own index is not a fault of the pages; that index is rebuilt.
            let text: String = row.get(0)?;
            if text != "ok" && !text.contains("inverted index") {
                return Ok(true);
            }
        }
        Ok(false)
    };
    ["cipher_integrity_check", "quick_check"].into_iter().any(|pragma| {
        match reports(pragma).map_err(StoreError::from) {
            Ok(differs) => differs,
            Err(error) => error.is_damage(),
        }
    })
}
