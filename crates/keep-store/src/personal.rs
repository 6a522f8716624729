//! One clinician's own file: drafts, preferences, charts opened, the place to resume at.

use crate::StoreError;
use crate::cipher::{OpenMode, open_cipher};
use crate::migrations::PERSONAL;
use crate::segment_file::personal_path;
use crate::store::lock;
use keep_domain::{Clock, PatientId, Phi, UserId, UtcMillis};
use keep_keys::DatabaseKey;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// The longest draft, bytes.
pub const LONGEST_DRAFT: usize = 64 * 1024;
/// The preference under which the place to resume at is kept.
const RESUME: &str = "resume.place";

/// What a clinician had begun to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub draft: Uuid,
    /// `vitals` or `note`.
    pub kind: String,
    /// Whose chart.
    pub patient: PatientId,
    /// The form's content as the interface gave it.
    pub content: Phi<String>,
    /// When it was last kept.
    pub kept: UtcMillis,
}

/// The open personal file. No other session can open it.
pub struct Personal {
    conn: Mutex<Connection>,
    clock: Arc<dyn Clock>,
}

impl Personal {
    /// Opens or makes `personal/<user>.db`.
    ///
    /// # Errors
    /// [`StoreError::NotOpened`], [`StoreError::Newer`] and file errors.
    pub fn open(profile: &Path, user: UserId, key: &DatabaseKey, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let path = personal_path(profile, user);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut conn = open_cipher(&path, key, OpenMode::Create)?;
        PERSONAL.apply(&mut conn)?;
        Ok(Self { conn: Mutex::new(conn), clock })
    }

    /// Keeps a draft, durable when this returns; `None` makes a new one.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] above [`LONGEST_DRAFT`].
    pub fn keep_draft(
        &self,
        draft: Option<Uuid>,
        kind: &str,
        patient: &PatientId,
        content: &Phi<String>,
    ) -> Result<(Uuid, UtcMillis), StoreError> {
        let (draft, kept) = (draft.unwrap_or_else(Uuid::new_v4), self.clock.now());
        // EXPOSE: stored in the clinician's own encrypted file.
        let content = content.expose();
        if content.len() > LONGEST_DRAFT {
            return Err(StoreError::Invalid("draft is too long"));
        }
        lock(&self.conn)
            .prepare_cached(
                "INSERT INTO draft (draft, kind, patient, content, kept) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (draft) DO UPDATE SET kind = excluded.kind, patient = excluded.patient,
                     content = excluded.content, kept = excluded.kept",
            )?
            .execute(params![draft.to_string(), kind, patient.as_str(), content, kept.0])?;
        Ok((draft, kept))
    }

    /// All drafts, newest first.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let conn = lock(&self.conn);
        let mut statement =
            conn.prepare_cached("SELECT draft, kind, patient, content, kept FROM draft ORDER BY kept DESC")?;
        let rows = statement.query_map([], |r| Ok(draft_of(r)))?;
        rows.map(|r| r?).collect()
    }

    /// One draft.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] where there is none.
    pub fn draft(&self, draft: Uuid) -> Result<Draft, StoreError> {
        let conn = lock(&self.conn);
        let mut statement =
            conn.prepare_cached("SELECT draft, kind, patient, content, kept FROM draft WHERE draft = ?1")?;
        statement.query_row([draft.to_string()], |r| Ok(draft_of(r)))?
    }

    /// Removes a draft; one that is gone is no error.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn discard_draft(&self, draft: Uuid) -> Result<(), StoreError> {
        lock(&self.conn).prepare_cached("DELETE FROM draft WHERE draft = ?1")?.execute([draft.to_string()])?;
        Ok(())
    }

    /// A preference.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn preference(&self, name: &str) -> Result<Option<String>, StoreError> {
        let conn = lock(&self.conn);
        let mut statement = conn.prepare_cached("SELECT value FROM preference WHERE name = ?1")?;
        Ok(statement.query_row([name], |r| r.get(0)).optional()?)
    }

    /// Sets a preference.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn set_preference(&self, name: &str, value: &str) -> Result<(), StoreError> {
        lock(&self.conn)
            .prepare_cached(
                "INSERT INTO preference (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )?
            .execute([name, value])?;
        Ok(())
    }

    /// Where the clinician was when the workstation locked, as the interface wrote it.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn resume_place(&self) -> Result<Option<Phi<String>>, StoreError> {
        Ok(self.preference(RESUME)?.map(Phi::new))
    }

    /// Keeps the place to resume at; `None` forgets it.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn keep_resume_place(&self, place: Option<&Phi<String>>) -> Result<(), StoreError> {
        match place {
            // EXPOSE: stored in the clinician's own encrypted file.
            Some(place) => self.set_preference(RESUME, place.expose()),
            None => {
                lock(&self.conn).prepare_cached("DELETE FROM preference WHERE name = ?1")?.execute([RESUME])?;
                Ok(())
            }
        }
    }

    /// Notes that a chart was opened now.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn note_opened(&self, patient: &PatientId) -> Result<(), StoreError> {
        lock(&self.conn)
            .prepare_cached(
                "INSERT INTO opened (patient, at) VALUES (?1, ?2) ON CONFLICT (patient) DO UPDATE SET at = excluded.at",
            )?
            .execute(params![patient.as_str(), self.clock.now().0])?;
        Ok(())
    }

    /// The charts opened since `since`, newest first, at most 50.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn opened_since(&self, since: UtcMillis) -> Result<Vec<PatientId>, StoreError> {
        let conn = lock(&self.conn);
        let mut statement =
            conn.prepare_cached("SELECT patient FROM opened WHERE at >= ?1 ORDER BY at DESC LIMIT 50")?;
        let rows = statement.query_map([since.0], |r| r.get::<_, String>(0))?;
        rows.map(|r| r?.parse().map_err(|_| StoreError::Internal("patient id"))).collect()
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal")
    }
}

fn draft_of(row: &Row<'_>) -> Result<Draft, StoreError> {
    let broken = StoreError::Internal("draft row");
    Ok(Draft {
        draft: row.get::<_, String>(0)?.parse().map_err(|_| broken.clone())?,
        kind: row.get(1)?,
        patient: row.get::<_, String>(2)?.parse().map_err(|_| broken)?,
        content: Phi::new(row.get(3)?),
        kept: UtcMillis(row.get(4)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::ManualClock;

    #[test]
    fn drafts_and_preferences_outlive_the_session_and_open_for_nobody_else() {
        let dir = tempfile::tempdir().expect("dir");
        let amara = UserId::of("https://id.example", "amara");
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::starting(UtcMillis(1_795_338_000_000)));
        let key = DatabaseKey::for_tests(3);
        let open = |key: &DatabaseKey| Personal::open(dir.path(), amara, key, Arc::clone(&clock));
        let file = open(&key).expect("made");
        let ada: PatientId = "ada-1".parse().expect("id");
        let (draft, _) = file.keep_draft(None, "note", &ada, &Phi::new("{\"text\":\"half\"}".into())).expect("kept");
        file.keep_draft(Some(draft), "note", &ada, &Phi::new("{\"text\":\"half a\"}".into())).expect("kept");
        file.set_preference("theme", "dark").expect("set");
        file.note_opened(&ada).expect("noted");
        file.keep_resume_place(Some(&Phi::new("chart/ada-1".into()))).expect("kept");
        drop(file);
        assert!(matches!(open(&DatabaseKey::for_tests(4)), Err(StoreError::NotOpened(_))));
        let file = open(&key).expect("opened");
        assert_eq!(file.drafts().expect("drafts").len(), 1);
        assert_eq!(file.draft(draft).expect("draft").content, Phi::new("{\"text\":\"half a\"}".into()));
        assert_eq!(file.preference("theme").expect("read").as_deref(), Some("dark"));
        assert_eq!(file.opened_since(UtcMillis(0)).expect("list"), [ada]);
        assert_eq!(file.resume_place().expect("read"), Some(Phi::new("chart/ada-1".into())));
        file.keep_resume_place(None).expect("forgotten");
        file.discard_draft(draft).expect("gone");
        assert_eq!((file.drafts().expect("none").len(), file.resume_place().expect("none")), (0, None));
    }
}
