//! In which segment the page lies that could not be read: a statement over several files says only that there is one.

use crate::connector::Purpose;
use crate::segment_access::SegmentAccess;
use crate::{ATTACHED_LEDGER, FindingKind, StoreError};
use rusqlite::Connection;

/// Finds the segments that have damaged pages and makes each a finding of its own, once in a session. Segments are only
/// suspected where no file is found to be damaged: then nothing of them is called absent, and no file is begun anew.
///
/// INVARIANT: whoever was answered that records are damaged finds no segment called whole that may be meant.
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
    // A damaged log says so itself, and no segment is to blame for it.
    is_explained = is_explained || (matches!(purpose, Purpose::Write) && differs(ATTACHED_LEDGER));
    if !is_explained && !is_closing() {
        all.iter().for_each(|a| a.confirmed.set_suspected());
    }
}

/// Compares each page with its authentication code; where all fit, whether they belong together. A check that was broken
/// off, or that found no memory, says nothing.
fn pages_differ(conn: &Connection, schema: &str) -> bool {
    let says = |pragma: &str| -> rusqlite::Result<bool> {
        let mut statement = conn.prepare(&format!("PRAGMA {schema}.{pragma}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            // What FTS5 says of its own index is no fault of the pages; that index is made anew.
            let text: String = row.get(0)?;
            if text != "ok" && !text.contains("inverted index") {
                return Ok(true);
            }
        }
        Ok(false)
    };
    ["cipher_integrity_check", "quick_check"].into_iter().any(|pragma| match says(pragma).map_err(StoreError::from) {
        Ok(differs) => differs,
        Err(error) => error.is_damage(),
    })
}
