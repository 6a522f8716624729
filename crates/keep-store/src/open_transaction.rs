//! A transaction that ends with its block, even when the block panics.

use crate::error::StoreError;
use rusqlite::Connection;
use std::sync::atomic::{AtomicBool, Ordering};

/// Rolls back when dropped, unless the transaction has ended.
#[must_use = "dropped at once, it rolls back at once"]
pub(crate) struct OpenTransaction<'t> {
    conn: &'t Connection,
    /// Set when the rollback fails, so that no half-finished transaction is used.
    poisoned: &'t AtomicBool,
}

impl<'t> OpenTransaction<'t> {
    /// Begins with `begin`, one of SQLite's forms of BEGIN.
    pub(crate) fn begin(conn: &'t Connection, begin: &str, poisoned: &'t AtomicBool) -> Result<Self, StoreError> {
        conn.execute_batch(begin)?;
        Ok(Self { conn, poisoned })
    }
}

impl Drop for OpenTransaction<'_> {
    fn drop(&mut self) {
        // After some errors SQLite has rolled back by itself.
        if !self.conn.is_autocommit() && self.conn.execute_batch("ROLLBACK").is_err() {
            self.poisoned.store(true, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn a_panic_leaves_no_transaction_behind() {
        let conn = Connection::open_in_memory().expect("opened");
        conn.execute_batch("CREATE TABLE t (n INTEGER)").expect("table");
        let poisoned = AtomicBool::new(false);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _open = OpenTransaction::begin(&conn, "BEGIN IMMEDIATE", &poisoned).expect("begun");
            conn.execute_batch("INSERT INTO t VALUES (1)").expect("written");
            panic!("in the middle");
        }));
        assert!(panicked.is_err());
        assert!(conn.is_autocommit());
        assert!(!poisoned.load(Ordering::SeqCst));
        let rows: i64 = conn.query_row("SELECT count(*) FROM t", [], |r| r.get(0)).expect("counted");
        assert_eq!(rows, 0);
    }

    #[test]
    fn what_was_committed_stays() {
        let conn = Connection::open_in_memory().expect("opened");
        let poisoned = AtomicBool::new(false);
        let open = OpenTransaction::begin(&conn, "BEGIN", &poisoned).expect("begun");
        conn.execute_batch("CREATE TABLE t (n INTEGER); COMMIT").expect("committed");
        drop(open);
        assert!(conn.table_exists(None, "t").expect("asked"));
    }
}
