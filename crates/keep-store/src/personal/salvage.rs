//! Damaged personal files: detecting them when they are opened, and copying what can still be read.

use super::{Draft, Personal, draft_of};
use crate::cipher::{OpenMode, open_cipher};
use crate::error::StoreError;
use keep_keys::DatabaseKey;
use rusqlite::{Connection, params};
use std::path::Path;

impl Personal {
    /// Checks every page of the file: it is small, and damage found later would interrupt its owner's work.
    ///
    /// # Errors
    /// [`StoreError::PageDamaged`].
    pub(crate) fn check_pages(&self) -> Result<(), StoreError> {
        let conn = self.file.conn();
        let mut statement = conn.prepare("PRAGMA cipher_integrity_check")?;
        if statement.exists([])? { Err(StoreError::PageDamaged) } else { Ok(()) }
    }

    /// Copies the drafts that can still be read from a file that was set aside; returns how many.
    pub(crate) fn salvage_drafts(&self, old_file: &Path, key: &DatabaseKey) -> usize {
        let drafts = readable_drafts(old_file, key);
        let conn = self.file.conn();
        let mut saved = 0;
        for draft in &drafts {
            let (id, patient) = (draft.id.to_string(), draft.patient.as_str());
            // EXPOSE: copied to the clinician's new file.
            let content = draft.content.expose();
            let row = params![id, draft.kind, patient, content, draft.saved.0];
            let sql = "INSERT OR IGNORE INTO draft (draft, kind, patient, content, kept) VALUES (?1, ?2, ?3, ?4, ?5)";
            saved += conn.execute(sql, row).unwrap_or(0);
        }
        saved
    }
}

/// Each draft by itself, and on a new connection after damage: an unreadable page must not hide the drafts on others.
fn readable_drafts(old_file: &Path, key: &DatabaseKey) -> Vec<Draft> {
    let open = || open_cipher(old_file, key, OpenMode::Read).ok();
    let Some(conn) = open() else { return Vec::new() };
    let ids: Vec<i64> = rowids(&conn);
    drop(conn);
    let mut found = Vec::new();
    let mut conn = None;
    for id in ids {
        let Some(open) = conn.take().or_else(open) else { break };
        let read =
            open.query_row("SELECT draft, kind, patient, content, kept FROM draft WHERE rowid = ?1", [id], |r| {
                Ok(draft_of(r))
            });
        match read {
            Ok(draft) => {
                found.extend(draft.ok());
                conn = Some(open);
            }
            // This connection is no longer reliable.
            Err(_) => conn = None,
        }
    }
    found
}

/// The row numbers that can be read, from both ends, since a page between them may be damaged.
fn rowids(conn: &Connection) -> Vec<i64> {
    let mut found = Vec::new();
    for order in ["ASC", "DESC"] {
        let Ok(mut statement) = conn.prepare(&format!("SELECT rowid FROM draft ORDER BY rowid {order}")) else { break };
        let Ok(mut rows) = statement.query([]) else { break };
        while let Ok(Some(row)) = rows.next() {
            match row.get(0) {
                Ok(id) if !found.contains(&id) => found.push(id),
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }
    found
}
