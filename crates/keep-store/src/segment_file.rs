//! The paths of a profile's files, and creating, checking and opening segment files.

use crate::cipher::{OpenMode, open_cipher};
use crate::error::StoreError;
use crate::migrations::{DIRECTORY, Migrations, SEGMENT};
use crate::tag::Tagger;
use keep_domain::{Segment, UserId, UtcMillis};
use keep_hardening::private_file::{self, Access};
use keep_keys::SegmentKey;
use rusqlite::params;
use std::io::Read;
use std::path::{Path, PathBuf};

/// `segments/<name>.db` of a profile.
#[must_use]
pub fn segment_path(profile: &Path, segment: Segment) -> PathBuf {
    profile.join("segments").join(format!("{}.db", segment.name()))
}

/// `segments/<name>.inbox/` of a profile.
pub(crate) fn inbox_path(profile: &Path, segment: Segment) -> PathBuf {
    profile.join("segments").join(format!("{}.inbox", segment.name()))
}

/// `personal/<user>.db` of a profile.
#[must_use]
pub fn personal_path(profile: &Path, user: UserId) -> PathBuf {
    profile.join("personal").join(format!("{user}.db"))
}

/// `ledger.db` of a profile.
#[must_use]
pub fn ledger_path(profile: &Path) -> PathBuf {
    profile.join("ledger.db")
}

/// The file that requests a fresh start of a segment; it contains the generation of the file to be replaced.
pub(crate) fn fresh_start_path(profile: &Path, segment: Segment) -> PathBuf {
    profile.join("segments").join(format!("{}.start-fresh", segment.name()))
}

/// Removes the stand-in for a directory of an earlier session; it was always empty.
pub(crate) fn remove_stand_in(path: &Path) -> Result<(), StoreError> {
    for path in [path.to_owned(), journal_of(path)] {
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    Ok(())
}

/// The schema name of a segment on every connection: the directory is main.
pub(crate) const fn schema_of(segment: Segment) -> &'static str {
    match segment {
        Segment::Directory => "main",
        Segment::Encounters => "encounters",
        Segment::Clinical => "clinical",
        Segment::Restricted => "restricted",
    }
}

/// The file name in messages.
pub(crate) const fn file_name(segment: Segment) -> &'static str {
    match segment {
        Segment::Directory => "directory.db",
        Segment::Encounters => "encounters.db",
        Segment::Clinical => "clinical.db",
        Segment::Restricted => "restricted.db",
    }
}

/// Creates the file if it is missing and `create` is set, and migrates it to the newest format.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Newer`] and [`StoreError::NotOpened`] with the file's name.
pub(crate) fn prepare_segment(profile: &Path, key: &SegmentKey, create: bool) -> Result<(), StoreError> {
    let segment = key.segment();
    prepare_file(&segment_path(profile, segment), file_name(segment), key, create)
}

/// As [`prepare_segment`], for a file at another path.
pub(crate) fn prepare_file(path: &Path, name: &'static str, key: &SegmentKey, create: bool) -> Result<(), StoreError> {
    let segment = key.segment();
    // A crash while creating it leaves an empty file.
    let fresh = std::fs::symlink_metadata(path).map_or(true, |m| m.is_file() && m.len() == 0);
    if fresh {
        if !create {
            return Err(StoreError::Missing(name));
        }
        if let Some(folder) = path.parent() {
            private_file::create_folder(folder)?;
        }
    }
    let mode = if fresh { OpenMode::Create } else { OpenMode::Write };
    let named = |e: StoreError| if matches!(e, StoreError::NotOpened(_)) { StoreError::NotOpened(name) } else { e };
    let mut conn = open_cipher(path, &key.database_key(), mode).map_err(named)?;
    let migrations: Migrations = if segment == Segment::Directory { DIRECTORY } else { SEGMENT };
    migrations.apply(&mut conn).map_err(|e| match e {
        StoreError::Newer(_) => StoreError::Newer(name),
        other => named(other),
    })?;
    // The first state row; a file that has charts and no state row is damaged and stays so.
    let made =
        conn.query_row("SELECT (SELECT count(*) FROM segment_state) + (SELECT count(*) FROM chart)", [], |r| {
            r.get::<_, i64>(0)
        })?;
    if made == 0 {
        let tag = Tagger::new(key).state(0, &[0; 32], 0);
        conn.execute(
            "INSERT INTO segment_state (one, generation, epoch, root, rows, tag) VALUES (1, ?1, 0, zeroblob(32), 0, ?2)",
            params![key.generation(), tag],
        )?;
    }
    Ok(())
}

/// Renames an unusable file and its journal, and returns the new path. The name of a file that was set aside before is
/// not reused; the next free number is.
///
/// INVARIANT: nothing is deleted and nothing overwritten; the file may hold unsent work.
///
/// # Errors
/// File errors.
pub fn set_aside(path: &Path, at: UtcMillis) -> Result<PathBuf, StoreError> {
    for number in 0..MAX_SET_ASIDE {
        let mut target = path.as_os_str().to_owned();
        target.push(format!(".damaged-{}", at.seconds()));
        if number > 0 {
            target.push(format!("-{number}"));
        }
        let target = PathBuf::from(target);
        // The journal may be all that remains of an earlier file with that name.
        if journal_of(&target).exists() {
            continue;
        }
        match rename_to_free(path, &target) {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => continue,
            other => other?,
        }
        // The database first: a crash in between leaves a journal that belongs to nothing, and no database that
        // looks whole without the journal it needs.
        let journal = journal_of(path);
        if journal.exists() {
            rename_to_free(&journal, &journal_of(&target))?;
        }
        return Ok(target);
    }
    Err(StoreError::Io(std::io::ErrorKind::AlreadyExists))
}

/// The most files that are set aside within one second.
const MAX_SET_ASIDE: u32 = 1000;

/// Renames without replacing: adds the new name first, which fails if it is taken, then removes the old one.
fn rename_to_free(from: &Path, to: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Err(e),
        // A folder cannot be linked and does not replace a file.
        Err(_) if from.is_dir() => {
            if to.symlink_metadata().is_ok() {
                Err(std::io::ErrorKind::AlreadyExists.into())
            } else {
                std::fs::rename(from, to)
            }
        }
        // Some file systems have no hard links. There an empty file claims the name, and the rename replaces it.
        Err(_) => {
            if std::fs::symlink_metadata(from)?.is_dir() {
                std::fs::create_dir(to)?;
            } else {
                private_file::create_new(to)?;
            }
            std::fs::rename(from, to)
        }
    }
}

/// The path of a file's rollback journal.
pub(crate) fn journal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    PathBuf::from(name)
}

/// Removes super-journals that a crash after the commit left behind. The caller holds the profile lock.
///
/// A super-journal is needed only while a journal that may name it has to be played back.
pub(crate) fn remove_stale_journals(profile: &Path) -> Result<(), StoreError> {
    let mut stale = Vec::new();
    for folder in [profile.to_path_buf(), profile.join("segments")] {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if name.ends_with("-journal") && may_be_played_back(&entry.path())? {
                return Ok(());
            }
            if name.contains(".db-mj") {
                stale.push(entry.path());
            }
        }
    }
    for path in stale {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// Whether SQLite would play a journal back: not if it is empty or its head was overwritten with zeros.
pub(crate) fn may_be_played_back(journal: &Path) -> Result<bool, StoreError> {
    let mut first = [0];
    let read = match private_file::open(journal, Access::Read) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        // Opening the database reports this.
        Err(e) if private_file::is_not_regular_file(&e) => return Ok(false),
        file => file?.read(&mut first)?,
    };
    Ok(read > 0 && first != [0])
}
