//! Each segment is checked by itself before they are opened together.

use crate::cipher::{OpenMode, open_cipher};
use crate::error::StoreError;
use crate::mirror::{Mirror, SegmentMark};
use crate::segment_access::SegmentAccess;
use crate::segment_file::{fresh_start_path, prepare_segment, remove_stale_journals, segment_path, set_aside};
use crate::segment_report::{SegmentCondition, SegmentReport};
use crate::tagged::{SegmentState, verify_charts};
use keep_domain::{Clock, Segment};
use keep_keys::SegmentKey;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The segments of one session after the check, and the keys that fit their files.
#[derive(Debug)]
pub struct CheckedSegments {
    /// The key of each file that is open or about to be made, lowest segment first.
    pub(crate) keys: Vec<SegmentKey>,
    /// Keys of other generations: for what was sealed or set aside under them.
    pub(crate) other_keys: Vec<SegmentKey>,
    /// Segments whose first file `Store::open_checked` creates.
    pub(crate) first_files: Vec<Segment>,
    /// Segments of which `Store::open_checked` creates a file of the next generation, to be filled from the server.
    pub(crate) next_generations: Vec<Segment>,
    pub(crate) reports: Vec<SegmentReport>,
}

impl CheckedSegments {
    /// Checks the file of every segment of which there is a key; `keys` may hold several generations of one. A file
    /// that cannot be used is renamed aside or left, as its condition says; nothing is made and nothing deleted.
    /// The caller holds the profile lock.
    ///
    /// INVARIANT: what is wrong with one file is never said of another one.
    ///
    /// # Errors
    /// A file that cannot be renamed aside or copied.
    pub fn check(
        profile: &Path,
        keys: Vec<SegmentKey>,
        mirror: &Mirror,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        remove_stale_journals(profile)?;
        let mut by_segment: BTreeMap<Segment, Vec<SegmentKey>> = BTreeMap::new();
        for key in keys {
            by_segment.entry(key.segment()).or_default().push(key);
        }
        let mut checked = Self {
            keys: Vec::new(),
            other_keys: Vec::new(),
            first_files: Vec::new(),
            next_generations: Vec::new(),
            reports: Vec::new(),
        };
        for (segment, mut keys) in by_segment {
            keys.sort_by_key(|k| std::cmp::Reverse(k.generation()));
            let newest = keys.first().map_or(0, SegmentKey::generation);
            let (fits, condition) = check_one(profile, segment, &keys, mirror.get(&segment), clock)?;
            let path = segment_path(profile, segment);
            checked.reports.push(SegmentReport {
                segment,
                generation: fits.and_then(|at| keys.get(at)).map_or(newest, SegmentKey::generation),
                bytes: std::fs::metadata(path).map_or(0, |m| m.len()),
                condition: condition.clone(),
            });
            if let Some(at) = fits.filter(|_| condition.is_open()) {
                checked.keys.push(keys.swap_remove(at));
            }
            checked.other_keys.extend(keys);
        }
        Ok(checked)
    }

    /// What was found, lowest segment first.
    #[must_use]
    pub fn reports(&self) -> &[SegmentReport] {
        &self.reports
    }

    /// The segments whose file is missing or was set aside, and for which no key was added.
    pub fn to_replace(&self) -> impl Iterator<Item = &SegmentReport> {
        let has_key = |segment: Segment| self.keys.iter().any(|k| k.segment() == segment);
        self.reports.iter().filter(move |r| r.condition.may_be_replaced() && !has_key(r.segment))
    }

    /// Marks a segment whose key was made just now: `Store::open_checked` creates its first file.
    pub(crate) fn plan_first(&mut self, key: SegmentKey) {
        self.first_files.push(key.segment());
        self.add(key);
    }

    /// Marks segments whose first file is to be created: a file of the next generation for a missing one; its key was made just now.
    pub fn plan_next_generation(&mut self, key: SegmentKey) {
        self.next_generations.push(key.segment());
        self.add(key);
    }

    fn add(&mut self, key: SegmentKey) {
        self.keys.push(key);
        self.keys.sort_by_key(SegmentKey::segment);
    }

    pub(crate) fn condition(&self, segment: Segment) -> Option<&SegmentCondition> {
        self.reports.iter().find(|r| r.segment == segment).map(|r| &r.condition)
    }
}

/// The file's condition, and the index of its key.
fn check_one(
    profile: &Path,
    segment: Segment,
    keys: &[SegmentKey],
    expected: Option<&SegmentMark>,
    clock: &dyn Clock,
) -> Result<(Option<usize>, SegmentCondition), StoreError> {
    let path = segment_path(profile, segment);
    let aside = |path: &Path| -> Result<SegmentCondition, StoreError> {
        Ok(match set_aside(path, clock.now()) {
            Ok(path) => SegmentCondition::SetAside(path),
            // A file that cannot be renamed cannot be replaced.
            Err(StoreError::Io(_)) => SegmentCondition::Unreadable,
            Err(other) => return Err(other),
        })
    };
    let about = match std::fs::symlink_metadata(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((None, SegmentCondition::Missing)),
        Err(_) => return Ok((None, SegmentCondition::Unreadable)),
        Ok(about) => about,
    };
    if !about.is_file() {
        return Ok((None, aside(&path)?));
    }
    if about.len() == 0 {
        // A crash while creating it leaves an empty file, but it may also have been truncated.
        return Ok((None, aside(&path)?));
    }
    let mut salt = [0; 16];
    match File::open(&path).and_then(|mut f| f.read_exact(&mut salt)) {
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok((None, aside(&path)?)),
        Err(_) => return Ok((None, SegmentCondition::Unreadable)),
        Ok(()) => {}
    }
    let newest = keys.first().map_or(0, SegmentKey::generation);
    let known = expected.map_or(0, |mark| mark.generation.max(mark.issued));
    // A file begins with the salt of its key, which distinguishes another generation from damage.
    let Some(at) = keys.iter().position(|k| *k.database_key().salt() == salt) else {
        let condition = if known > newest { SegmentCondition::OtherGeneration } else { aside(&path)? };
        return Ok((None, condition));
    };
    let Some(key) = keys.get(at) else { return Ok((None, SegmentCondition::Unreadable)) };
    if takes_fresh_start(profile, key)? {
        let condition = aside(&path)?;
        std::fs::remove_file(fresh_start_path(profile, segment))?;
        return Ok((Some(at), condition));
    }
    let condition = match prepare_segment(profile, key, false).and_then(|()| verify(&path, key)) {
        Ok(state) => judge(profile, key, &state, expected, clock)?,
        Err(StoreError::Missing(_)) => SegmentCondition::Missing,
        Err(StoreError::Newer(_)) => SegmentCondition::Newer,
        Err(StoreError::Damaged(finding)) => SegmentCondition::Disputed(finding),
        Err(StoreError::NotOpened(_) | StoreError::PageDamaged) => aside(&path)?,
        Err(StoreError::DiskFull) => return Err(StoreError::DiskFull),
        Err(_) => SegmentCondition::Unreadable,
    };
    Ok((Some(at), condition))
}

/// Whether the file of this key has to be set aside; a request for another generation is obsolete and removed.
fn takes_fresh_start(profile: &Path, key: &SegmentKey) -> Result<bool, StoreError> {
    let path = fresh_start_path(profile, key.segment());
    let Ok(about) = std::fs::symlink_metadata(&path) else { return Ok(false) };
    if !about.is_file() || about.len() > 16 {
        return Ok(false);
    }
    let asked = std::fs::read_to_string(&path).unwrap_or_default();
    if asked.trim() == key.generation().to_string() {
        return Ok(true);
    }
    std::fs::remove_file(&path)?;
    Ok(false)
}

/// Whether a file that was set aside begins with the salt of this key.
pub(crate) fn opens(path: &Path, key: &SegmentKey) -> bool {
    let mut salt = [0; 16];
    let is_file = std::fs::symlink_metadata(path).is_ok_and(|about| about.is_file());
    is_file && File::open(path).and_then(|mut f| f.read_exact(&mut salt)).is_ok() && *key.database_key().salt() == salt
}

/// Verifies a file on its own connection, where it is main.
fn verify(path: &Path, key: &SegmentKey) -> Result<SegmentState, StoreError> {
    let conn = open_cipher(path, &key.database_key(), OpenMode::Write)?;
    verify_charts(&conn, &SegmentAccess::alone(key))
}

/// Compares an intact file with its mark, a lower bound, since marks are stored after the commit.
fn judge(
    profile: &Path,
    key: &SegmentKey,
    state: &SegmentState,
    expected: Option<&SegmentMark>,
    clock: &dyn Clock,
) -> Result<SegmentCondition, StoreError> {
    let found = state.mark(key.generation());
    let Some(expected) = expected.filter(|e| is_behind(&found, e)) else { return Ok(SegmentCondition::Ready) };
    let copy = copy_aside(&segment_path(profile, key.segment()), clock)?;
    Ok(SegmentCondition::Stale { copy, found, expected: *expected })
}

/// Whether a file is older than its mark, or of a generation that was replaced, as after restoring a whole profile.
fn is_behind(found: &SegmentMark, expected: &SegmentMark) -> bool {
    match found.generation.cmp(&expected.generation) {
        Ordering::Less => true,
        // A number that was issued and then abandoned.
        Ordering::Greater => found.generation <= expected.issued,
        Ordering::Equal => {
            found.epoch < expected.epoch || (found.epoch == expected.epoch && found.root != expected.root)
        }
    }
}

/// Copies a stale file before anything is written to it.
fn copy_aside(path: &Path, clock: &dyn Clock) -> Result<PathBuf, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".stale-{}", clock.now().seconds()));
    let target = PathBuf::from(name);
    // A copy made within the same second is of the same file.
    if !target.exists() {
        std::fs::copy(path, &target)?;
        File::open(&target)?.sync_all()?;
    }
    Ok(target)
}
