//! Numbered SQL migrations; they import no live types.

use crate::error::StoreError;
use rusqlite::Connection;

/// The migrations of one kind of file, in order; `user_version` counts those applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migrations {
    name: &'static str,
    steps: &'static [&'static str],
}

const TAGGED: &str = include_str!("migrations/segment_0001_tagged.sql");
const KEYS: &str = include_str!("migrations/segment_0002_keys.sql");

/// directory.db.
pub(crate) const DIRECTORY: Migrations = Migrations {
    name: "directory.db",
    steps: &[
        TAGGED,
        KEYS,
        include_str!("migrations/directory_0003_search.sql"),
        include_str!("migrations/directory_0004_folding.sql"),
    ],
};
/// The other segments.
pub(crate) const SEGMENT: Migrations = Migrations { name: "segment", steps: &[TAGGED, KEYS] };
/// A clinician's personal file.
pub(crate) const PERSONAL: Migrations =
    Migrations { name: "personal", steps: &[include_str!("migrations/personal_0001.sql")] };

impl Migrations {
    /// Brings the file to the newest format, each step in its own transaction.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where the file knows more steps than this program.
    pub(crate) fn apply(&self, conn: &mut Connection) -> Result<(), StoreError> {
        let done: i64 = conn.pragma_query_value(None, "user_version", |r| r.get(0))?;
        let done = usize::try_from(done).map_err(|_| StoreError::Newer(self.name))?;
        if done > self.steps.len() {
            return Err(StoreError::Newer(self.name));
        }
        for (number, step) in self.steps.iter().enumerate().skip(done) {
            let transaction = conn.transaction()?;
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", i64::try_from(number + 1).unwrap_or(i64::MAX))?;
            transaction.commit()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_run_once_and_refuse_newer_files() {
        let mut conn = Connection::open_in_memory().expect("memory");
        DIRECTORY.apply(&mut conn).expect("made");
        DIRECTORY.apply(&mut conn).expect("again");
        conn.pragma_update(None, "user_version", 99).expect("set");
        assert_eq!(DIRECTORY.apply(&mut conn), Err(StoreError::Newer("directory.db")));
    }
}
