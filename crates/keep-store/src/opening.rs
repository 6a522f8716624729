//! Preparing the files of a session, in an order that is safe against a crash at any point.

use crate::cipher::{OpenMode, open_cipher};
use crate::repair::{begin_repairs, raise_epoch};
use crate::segment_file::{personal_path, prepare_file, prepare_segment, segment_path, set_aside};
use crate::{CheckedSegments, Personal, Repair, RepairCause, SegmentCondition, StoreError};
use keep_domain::{Clock, Segment, UserId, UtcMillis};
use keep_keys::{DatabaseKey, SegmentKey};
use rusqlite::Connection;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl CheckedSegments {
    /// Has opening create the missing files of these segments, where there is a key.
    pub fn make_missing(&mut self, create: &[Segment]) {
        for segment in create {
            let is_missing = self.condition(*segment) == Some(&SegmentCondition::Missing);
            let key = self.other_keys.iter().position(|k| k.segment() == *segment);
            if let Some(at) = key.filter(|_| is_missing) {
                let key = self.other_keys.swap_remove(at);
                self.make_first(key);
            }
        }
    }

    pub(crate) fn read_only(&self) -> HashSet<Segment> {
        let disputed = |r: &&crate::SegmentReport| matches!(r.condition, SegmentCondition::Disputed(_));
        self.reports.iter().filter(disputed).map(|r| r.segment).collect()
    }

    /// The repairs that begin now.
    pub(crate) fn repairs(&self, profile: &Path, now: UtcMillis) -> Vec<Repair> {
        let repair = |segment, cause, generation, old_file: Option<&PathBuf>| {
            let name = old_file.and_then(|k| k.file_name()).map(|n| n.to_string_lossy().into_owned());
            Repair {
                segment,
                cause,
                since: now,
                generation,
                set_aside: name.unwrap_or_default(),
                carried_over: cause == RepairCause::Stale,
                just_set_aside: matches!(self.condition(segment), Some(SegmentCondition::SetAside(_))),
            }
        };
        let rebuilt = self.next_generations.iter().map(|segment| {
            let generation = self.keys.iter().find(|k| k.segment() == *segment).map_or(0, SegmentKey::generation);
            let old_file = match self.condition(*segment) {
                Some(SegmentCondition::SetAside(path)) => Some(path.clone()),
                // An opening that ended before it recorded the repair may have set it aside.
                _ => newest_aside(&segment_path(profile, *segment)),
            };
            repair(*segment, RepairCause::Rebuild, generation, old_file.as_ref())
        });
        let stale = self.reports.iter().filter_map(|report| match &report.condition {
            SegmentCondition::Stale { copy, .. } => {
                Some(repair(report.segment, RepairCause::Stale, report.generation, Some(copy)))
            }
            _ => None,
        });
        rebuilt.chain(stale).collect()
    }
}

/// Creates the new files and records the repairs; returns which key opens which file, and whether an empty file
/// replaces the directory.
// INVARIANT: a repair is durable in the directory before its file is created or changed. After a crash in between, the
// next open finds the same condition.
pub(crate) fn make_files(
    profile: &Path,
    checked: &CheckedSegments,
    repairs: &[Repair],
) -> Result<(Vec<(SegmentKey, PathBuf)>, bool), StoreError> {
    let stand_in = profile.join("segments").join("stand-in.db");
    remove_stand_in(&stand_in)?;
    let mut files: Vec<(SegmentKey, PathBuf)> =
        checked.keys.iter().map(|k| (k.lend(), segment_path(profile, k.segment()))).collect();
    let makes =
        |segment: Segment| checked.first_files.contains(&segment) || checked.next_generations.contains(&segment);
    let directory = checked.keys.first().filter(|k| k.segment() == Segment::Directory);
    if let Some(directory) = directory {
        if makes(Segment::Directory) {
            prepare_segment(profile, directory, true)?;
        }
        if !repairs.is_empty() && !checked.read_only().contains(&Segment::Directory) {
            begin_repairs(&open_alone(profile, directory)?, directory, repairs)?;
        }
    }
    for report in &checked.reports {
        if let SegmentCondition::Stale { expected, .. } = &report.condition
            && expected.generation == report.generation
            && let Some(key) = checked.keys.iter().find(|k| k.segment() == report.segment)
        {
            raise_epoch(&open_alone(profile, key)?, key, expected.epoch)?;
        }
    }
    for key in checked.keys.iter().filter(|k| k.segment() != Segment::Directory && makes(k.segment())) {
        prepare_segment(profile, key, true)?;
    }
    if directory.is_some() {
        return Ok((files, false));
    }
    // The connection needs a main file; this one stays empty.
    let key = SegmentKey::make_random(Segment::Directory, 0)?;
    prepare_file(&stand_in, "stand-in", &key, true)?;
    files.insert(0, (key, stand_in));
    Ok((files, true))
}

/// Removes the stand-in for a directory of an earlier session; it was always empty.
pub(crate) fn remove_stand_in(path: &Path) -> Result<(), StoreError> {
    for path in [path.to_owned(), crate::segment_file::journal_of(path)] {
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    Ok(())
}

fn open_alone(profile: &Path, key: &SegmentKey) -> Result<Connection, StoreError> {
    open_cipher(&segment_path(profile, key.segment()), &key.database_key(), OpenMode::Write)
}

/// The most recently set aside file of that name.
fn newest_aside(path: &Path) -> Option<PathBuf> {
    let begins = format!("{}.damaged-", path.file_name()?.to_str()?);
    let names = std::fs::read_dir(path.parent()?).ok()?.flatten().map(|e| e.path());
    let is_one = |p: &PathBuf| {
        let name = p.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        name.starts_with(&begins) && !name.ends_with("-journal") && p.is_file()
    };
    names.filter(is_one).max()
}

/// Whether the personal file is missing.
pub(crate) fn is_absent(profile: &Path, user: UserId) -> bool {
    let about = std::fs::symlink_metadata(personal_path(profile, user));
    about.is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
}

/// Opens the user's own file. One that cannot be used is set aside and replaced by a new one with the drafts that could
/// still be read.
///
/// INVARIANT: a personal file never prevents unlocking. If even a new one cannot be created, this session has none.
pub(crate) fn open_personal(
    profile: &Path,
    user: UserId,
    key: &DatabaseKey,
    clock: &Arc<dyn Clock>,
) -> (Option<Personal>, Option<PathBuf>) {
    let path = personal_path(profile, user);
    let opened = if is_absent(profile, user) {
        Personal::open(profile, user, key, Arc::clone(clock))
    } else {
        open_whole(profile, user, key, clock)
    };
    match opened {
        Ok(personal) => (Some(personal), None),
        Err(StoreError::NotOpened(_) | StoreError::PageDamaged | StoreError::Invalid(_)) => {
            let Ok(old_file) = set_aside(&path, clock.now()) else { return (None, None) };
            match Personal::open(profile, user, key, Arc::clone(clock)) {
                Ok(personal) => {
                    let saved = personal.salvage_drafts(&old_file, key);
                    tracing::warn!(saved, "a personal file was replaced");
                    (Some(personal), Some(old_file))
                }
                Err(_) => (None, Some(old_file)),
            }
        }
        Err(_) => {
            tracing::warn!("the personal file cannot be used now");
            (None, None)
        }
    }
}

fn open_whole(profile: &Path, user: UserId, key: &DatabaseKey, clock: &Arc<dyn Clock>) -> Result<Personal, StoreError> {
    let path = personal_path(profile, user);
    let about = std::fs::symlink_metadata(&path)?;
    // An empty file was truncated: a new one has its tables.
    if !about.is_file() || about.len() == 0 {
        return Err(StoreError::Invalid("personal file"));
    }
    let personal = Personal::open(profile, user, key, Arc::clone(clock))?;
    personal.check_pages()?;
    Ok(personal)
}
