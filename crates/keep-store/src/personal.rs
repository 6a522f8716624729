//! One clinician's own file: drafts, preferences, recently opened charts, the place to resume at.

mod salvage;

use crate::cipher::{OpenMode, open_cipher};
use crate::error::StoreError;
use crate::migrations::PERSONAL;
use crate::mutex::acquire;
use crate::segment_file::personal_path;
use keep_domain::{Clock, PatientId, Phi, UserId, UtcMillis};
use keep_keys::DatabaseKey;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;
use uuid::Uuid;

/// The longest draft, bytes.
pub const MAX_DRAFT_BYTES: usize = 64 * 1024;
/// How long after the last opened chart the list of opened charts is written.
const WRITE_DELAY: Duration = Duration::from_secs(1);
/// The preference that stores the place to resume at.
const RESUME: &str = "resume.place";

/// An unfinished form of a clinician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: Uuid,
    /// `vitals` or `note`.
    pub kind: String,
    /// The patient.
    pub patient: PatientId,
    /// The form's content as the interface wrote it.
    pub content: Phi<String>,
    /// When it was last saved.
    pub saved: UtcMillis,
}

/// The open personal file, which only its owner's session can open. Dropping it writes what is still pending.
pub struct Personal {
    file: Arc<PersonalFile>,
    cache: Mutex<Cache>,
    clock: Arc<dyn Clock>,
    wake: Option<Sender<()>>,
    writer: Option<JoinHandle<()>>,
}

/// Values that were read before: small, needed for every chart, and changed only through [`Personal`].
#[derive(Default)]
struct Cache {
    preferences: HashMap<String, Option<String>>,
    drafts: Option<Vec<Draft>>,
}

/// The connection and the writes that are still pending.
struct PersonalFile {
    conn: Mutex<Connection>,
    pending: Mutex<Vec<OpenedChart>>,
}

/// An opened chart and the preference that is written with it.
struct OpenedChart {
    patient: PatientId,
    at: UtcMillis,
    name: &'static str,
    value: String,
}

impl PersonalFile {
    /// The connection, after all pending writes.
    // INVARIANT: the only way to the connection, so that no read misses a pending write.
    fn conn(&self) -> MutexGuard<'_, Connection> {
        let mut conn = acquire(&self.conn);
        let pending = std::mem::take(&mut *acquire(&self.pending));
        if !pending.is_empty() && write_opened(&mut conn, &pending).is_err() {
            tracing::warn!("the opened charts could not be stored");
        }
        conn
    }
}

fn write_opened(conn: &mut Connection, opened: &[OpenedChart]) -> rusqlite::Result<()> {
    let transaction = conn.transaction()?;
    for one in opened {
        transaction.prepare_cached(OPENED)?.execute(params![one.patient.as_str(), one.at.0])?;
        transaction.prepare_cached(PREFERENCE)?.execute([one.name, one.value.as_str()])?;
    }
    transaction.commit()
}

const OPENED: &str =
    "INSERT INTO opened (patient, at) VALUES (?1, ?2) ON CONFLICT (patient) DO UPDATE SET at = excluded.at";
const PREFERENCE: &str =
    "INSERT INTO preference (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

impl Personal {
    /// Opens or makes `personal/<user>.db`.
    ///
    /// # Errors
    /// [`StoreError::NotOpened`], [`StoreError::Newer`] and file errors.
    pub fn open(profile: &Path, user: UserId, key: &DatabaseKey, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let path = personal_path(profile, user);
        if let Some(folder) = path.parent() {
            keep_hardening::private_file::create_folder(folder)?;
        }
        let mut conn = open_cipher(&path, key, OpenMode::Create)?;
        PERSONAL.apply(&mut conn)?;
        let file = Arc::new(PersonalFile { conn: Mutex::new(conn), pending: Mutex::default() });
        let (wake, woken) = channel();
        let writing = Arc::clone(&file);
        let writer = std::thread::Builder::new().name("personal".into()).spawn(move || {
            while woken.recv().is_ok() {
                // Waits until no chart was opened for a second: until then the disk is busy with audit events.
                while woken.recv_timeout(WRITE_DELAY).is_ok() {}
                drop(writing.conn());
            }
        })?;
        Ok(Self { file, cache: Mutex::default(), clock, wake: Some(wake), writer: Some(writer) })
    }

    /// Saves a draft, durable when this returns; `None` makes a new one.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] above [`MAX_DRAFT_BYTES`].
    pub fn save_draft(
        &self,
        draft: Option<Uuid>,
        kind: &str,
        patient: &PatientId,
        content: &Phi<String>,
    ) -> Result<(Uuid, UtcMillis), StoreError> {
        let (draft, saved) = (draft.unwrap_or_else(Uuid::new_v4), self.clock.now());
        // EXPOSE: stored in the clinician's own encrypted file.
        let content = content.expose();
        if content.len() > MAX_DRAFT_BYTES {
            return Err(StoreError::Invalid("draft is too long"));
        }
        self.file
            .conn()
            .prepare_cached(
                "INSERT INTO draft (draft, kind, patient, content, kept) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (draft) DO UPDATE SET kind = excluded.kind, patient = excluded.patient,
                     content = excluded.content, kept = excluded.kept",
            )?
            .execute(params![draft.to_string(), kind, patient.as_str(), content, saved.0])?;
        acquire(&self.cache).drafts = None;
        Ok((draft, saved))
    }

    /// All drafts, newest first.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let mut cache = acquire(&self.cache);
        if let Some(drafts) = &cache.drafts {
            return Ok(drafts.clone());
        }
        let conn = self.file.conn();
        let mut statement =
            conn.prepare_cached("SELECT draft, kind, patient, content, kept FROM draft ORDER BY kept DESC")?;
        let rows = statement.query_map([], |r| Ok(draft_of(r)))?;
        let drafts: Vec<Draft> = rows.map(|r| r?).collect::<Result<_, _>>()?;
        cache.drafts = Some(drafts.clone());
        Ok(drafts)
    }

    /// One draft.
    ///
    /// # Errors
    /// [`StoreError::NotAvailable`] where there is none.
    #[cfg(test)]
    pub(crate) fn draft(&self, draft: Uuid) -> Result<Draft, StoreError> {
        let conn = self.file.conn();
        let mut statement =
            conn.prepare_cached("SELECT draft, kind, patient, content, kept FROM draft WHERE draft = ?1")?;
        statement.query_row([draft.to_string()], |r| Ok(draft_of(r)))?
    }

    /// Removes a draft; a missing one is not an error.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn discard_draft(&self, draft: Uuid) -> Result<(), StoreError> {
        self.file.conn().prepare_cached("DELETE FROM draft WHERE draft = ?1")?.execute([draft.to_string()])?;
        acquire(&self.cache).drafts = None;
        Ok(())
    }

    /// A preference.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn preference(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut cache = acquire(&self.cache);
        if let Some(value) = cache.preferences.get(name) {
            return Ok(value.clone());
        }
        let conn = self.file.conn();
        let mut statement = conn.prepare_cached("SELECT value FROM preference WHERE name = ?1")?;
        let value: Option<String> = statement.query_row([name], |r| r.get(0)).optional()?;
        cache.preferences.insert(name.to_owned(), value.clone());
        Ok(value)
    }

    /// Sets a preference.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn set_preference(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.file.conn().prepare_cached(PREFERENCE)?.execute([name, value])?;
        acquire(&self.cache).preferences.insert(name.to_owned(), Some(value.to_owned()));
        Ok(())
    }

    /// The place to resume at after a lock, as the interface wrote it.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn return_point_text(&self) -> Result<Option<Phi<String>>, StoreError> {
        Ok(self.preference(RESUME)?.map(Phi::new))
    }

    /// Saves the place to resume at; `None` removes it.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn save_return_point_text(&self, place: Option<&Phi<String>>) -> Result<(), StoreError> {
        match place {
            // EXPOSE: stored in the clinician's own encrypted file.
            Some(place) => self.set_preference(RESUME, place.expose()),
            None => {
                self.file.conn().prepare_cached("DELETE FROM preference WHERE name = ?1")?.execute([RESUME])?;
                acquire(&self.cache).preferences.insert(RESUME.to_owned(), None);
                Ok(())
            }
        }
    }

    /// Records that a chart was opened now, and a preference with it. The caller does not wait: it is written a second
    /// later, before the next access to this file, or when the file is closed. A power cut before that loses only an
    /// entry in the list of opened charts.
    pub fn record_opened(&self, patient: &PatientId, name: &'static str, value: String) {
        acquire(&self.cache).preferences.insert(name.to_owned(), Some(value.clone()));
        acquire(&self.file.pending).push(OpenedChart { patient: patient.clone(), at: self.clock.now(), name, value });
        if let Some(wake) = &self.wake {
            // The thread lives as long as the sender.
            let _gone = wake.send(());
        }
    }

    /// The charts opened since `since`, newest first, at most 50.
    ///
    /// # Errors
    /// What SQLite refuses.
    pub fn opened_since(&self, since: UtcMillis) -> Result<Vec<PatientId>, StoreError> {
        let conn = self.file.conn();
        let mut statement =
            conn.prepare_cached("SELECT patient FROM opened WHERE at >= ?1 ORDER BY at DESC LIMIT 50")?;
        let rows = statement.query_map([since.0], |r| r.get::<_, String>(0))?;
        rows.map(|r| r?.parse().map_err(|_| StoreError::Internal("patient id"))).collect()
    }
}

impl Drop for Personal {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(writer) = self.writer.take() {
            let _panicked = writer.join();
        }
        drop(self.file.conn());
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
        id: row.get::<_, String>(0)?.parse().map_err(|_| broken.clone())?,
        kind: row.get(1)?,
        patient: row.get::<_, String>(2)?.parse().map_err(|_| broken)?,
        content: Phi::new(row.get(3)?),
        saved: UtcMillis(row.get(4)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use keep_domain::ManualClock;

    #[test]
    fn drafts_and_preferences_outlive_the_session_and_open_for_no_one_else() {
        let dir = tempfile::tempdir().expect("dir");
        let amara = UserId::of("https://id.example", "amara");
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::starting(UtcMillis(1_795_338_000_000)));
        let key = DatabaseKey::for_tests(3);
        let open = |key: &DatabaseKey| Personal::open(dir.path(), amara, key, Arc::clone(&clock));
        let file = open(&key).expect("made");
        let ada: PatientId = "ada-1".parse().expect("id");
        let (draft, _) = file.save_draft(None, "note", &ada, &Phi::new("{\"text\":\"half\"}".into())).expect("kept");
        file.save_draft(Some(draft), "note", &ada, &Phi::new("{\"text\":\"half a\"}".into())).expect("kept");
        file.set_preference("theme", "dark").expect("set");
        file.record_opened(&ada, "chart.memo", String::from("half"));
        assert_eq!(file.preference("chart.memo").expect("read").as_deref(), Some("half"));
        assert_eq!(file.opened_since(UtcMillis(0)).expect("list"), std::slice::from_ref(&ada));
        file.record_opened(&ada, "chart.memo", String::from("whole"));
        file.save_return_point_text(Some(&Phi::new("chart/ada-1".into()))).expect("kept");
        drop(file);
        assert!(matches!(open(&DatabaseKey::for_tests(4)), Err(StoreError::NotOpened(_))));
        let file = open(&key).expect("opened");
        assert_eq!(file.drafts().expect("drafts").len(), 1);
        assert_eq!(file.draft(draft).expect("draft").content, Phi::new("{\"text\":\"half a\"}".into()));
        assert_eq!(file.preference("theme").expect("read").as_deref(), Some("dark"));
        assert_eq!(file.preference("chart.memo").expect("read").as_deref(), Some("whole"));
        assert_eq!(file.opened_since(UtcMillis(0)).expect("list"), [ada]);
        assert_eq!(file.return_point_text().expect("read"), Some(Phi::new("chart/ada-1".into())));
        file.save_return_point_text(None).expect("forgotten");
        file.discard_draft(draft).expect("gone");
        assert_eq!((file.drafts().expect("none").len(), file.return_point_text().expect("none")), (0, None));
    }
}
