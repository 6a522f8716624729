//! The lock screen's persistent state: unlock records and the trusted time.

use super::file::Ledger;
use crate::error::StoreError;
use keep_domain::UserId;
#[cfg(test)]
use keep_domain::UtcMillis;
use keep_keys::{KeysError, UnlockRecord, UnlockRecords};
use rusqlite::{OptionalExtension, params};

impl UnlockRecords for Ledger {
    fn read(&self, user: UserId) -> Result<Option<UnlockRecord>, KeysError> {
        let stored: Option<String> = self
            .connection()
            .query_row("SELECT record FROM unlock_record WHERE slot = ?1", [user.as_bytes()], |r| r.get(0))
            .optional()
            .map_err(|e| keys_error(&e.into()))?;
        let read = |text: String| serde_json::from_str(&text).map_err(|_| keys_error(&StoreError::LedgerDamaged));
        stored.map(read).transpose()
    }

    /// Durable when it returns (`synchronous = FULL`), so that it can precede the key derivation.
    fn write(&self, user: UserId, record: &UnlockRecord) -> Result<(), KeysError> {
        let text = serde_json::to_string(record).map_err(|_| keys_error(&StoreError::LedgerDamaged))?;
        self.connection()
            .execute(
                "INSERT INTO unlock_record (slot, record) VALUES (?1, ?2)
                 ON CONFLICT (slot) DO UPDATE SET record = excluded.record",
                params![user.as_bytes(), text],
            )
            .map_err(|e| keys_error(&e.into()))?;
        Ok(())
    }
}

fn keys_error(error: &StoreError) -> KeysError {
    KeysError::Io(match error {
        StoreError::DiskFull => std::io::ErrorKind::StorageFull,
        _ => std::io::ErrorKind::InvalidData,
    })
}

#[cfg(test)]
impl Ledger {
    /// The latest time from an authenticated source.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub(super) fn trusted_time(&self) -> Result<Option<UtcMillis>, StoreError> {
        let conn = self.connection();
        Ok(conn.query_row("SELECT mark FROM trusted_time", [], |r| r.get(0).map(UtcMillis)).optional()?)
    }

    /// Advances the trusted time; an earlier one changes nothing.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub(super) fn advance_trusted_time(&self, to: UtcMillis) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO trusted_time (one, mark) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET mark = max(mark, ?1)",
            [to.0],
        )?;
        Ok(())
    }
}
