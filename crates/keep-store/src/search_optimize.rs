//! Merging the full-text index of names after many patients were added at once.

use crate::error::StoreError;
use crate::store::Store;
use keep_domain::Segment;
use std::time::Duration;

/// Pages of the index that one step may write (SQLite FTS5, section 6.8, "merge"); it takes some milliseconds, and
/// others read and write between two steps.
const STEP_PAGES: i64 = 400;
/// The time between two steps.
const PAUSE: Duration = Duration::from_millis(1);
/// The most steps of one call.
const MAX_STEPS: u32 = 2_000;

impl Store {
    /// Merges the many small parts that a large load leaves in the name index into one, so that a search descends once.
    /// It may stop at any time: a partly merged index finds the same patients.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] and what else stops a write.
    pub fn optimize_search(&self) -> Result<(), StoreError> {
        // A negative number first: it includes all parts of the index in the merge.
        let mut pages = -STEP_PAGES;
        for _ in 0..MAX_STEPS {
            let changed = self.write_bulk(|tx| {
                let before = tx.conn.total_changes();
                let sql = "INSERT INTO main.patient_name (patient_name, rank) VALUES ('merge', ?1)";
                tx.conn.prepare_cached(sql)?.execute([pages])?;
                let changed = tx.conn.total_changes().saturating_sub(before);
                if changed >= 2 {
                    tx.writer(Segment::Directory)?.touch_names();
                }
                Ok(changed)
            })?;
            // One change is the command itself.
            if changed < 2 {
                return self.seal_search();
            }
            pages = STEP_PAGES;
            // Lets waiting saves go first: without a pause this thread would take the writer again at once.
            std::thread::sleep(PAUSE);
        }
        self.seal_search()
    }
}
