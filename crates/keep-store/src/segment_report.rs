//! What was found when the segments were opened.

use crate::cipher::{OpenMode, open_cipher};
use crate::error::Finding;
use crate::segment_access::SegmentAccess;
use crate::segment_file::{file_name, prepare_segment, segment_path, set_aside};
use crate::tagged::verify_charts;
use crate::{StoreError, segment_file};
use keep_domain::{Clock, Segment};
use keep_keys::SegmentKey;
use std::path::{Path, PathBuf};

/// One segment at open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentReport {
    /// Which.
    pub segment: Segment,
    /// The generation of the key.
    pub generation: u32,
    /// The size of the file, bytes; 0 where there is none.
    pub bytes: u64,
    /// What was found.
    pub condition: SegmentCondition,
}

/// What was found when a segment was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentCondition {
    /// Open and verified.
    Ready,
    /// Not there, and not to be made; or a lower segment is not usable.
    Missing,
    /// Written by a newer Chartkeep; left in place.
    Newer,
    /// Could not be opened with its key, or a page of its tables is damaged; renamed to this path.
    SetAside(PathBuf),
    /// Its charts and its state disagree. It is open for reading, and every chart is still checked by itself.
    Disputed(Finding),
}

impl SegmentCondition {
    /// A stable name for reports: `ready`, `missing`, `newer`, `set_aside`, `disputed`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Missing => "missing",
            Self::Newer => "newer",
            Self::SetAside(_) => "set_aside",
            Self::Disputed(_) => "disputed",
        }
    }
}

impl SegmentReport {
    /// The report as the error that it would be.
    #[must_use]
    pub const fn error(&self) -> StoreError {
        let name = file_name(self.segment);
        match &self.condition {
            SegmentCondition::Newer => StoreError::Newer(name),
            SegmentCondition::Missing => StoreError::Missing(name),
            SegmentCondition::SetAside(_) => StoreError::NotOpened(name),
            SegmentCondition::Disputed(finding) => StoreError::Damaged(*finding),
            SegmentCondition::Ready => StoreError::Internal("ready segment as error"),
        }
    }

    pub(crate) const fn read_only(&self) -> Option<Segment> {
        match self.condition {
            SegmentCondition::Disputed(_) => Some(self.segment),
            _ => None,
        }
    }
}

/// Prepares and verifies each segment; says how many from the first on are usable.
pub(crate) fn open_segments(
    profile: &Path,
    keys: &[SegmentKey],
    create: &[Segment],
    clock: &dyn Clock,
) -> Result<(usize, Vec<SegmentReport>), StoreError> {
    // INVARIANT: segments nest, so the keys come in order and without gaps.
    if keys.iter().zip(Segment::ALL).any(|(k, s)| k.segment() != s) {
        return Err(StoreError::Invalid("segment keys"));
    }
    let (mut usable, mut reports) = (0, Vec::new());
    for key in keys {
        let condition = open_one(profile, key, create.contains(&key.segment()), clock)?;
        let works = matches!(condition, SegmentCondition::Ready | SegmentCondition::Disputed(_));
        if works && usable == reports.len() {
            usable += 1;
        }
        let path = segment_path(profile, key.segment());
        reports.push(SegmentReport {
            segment: key.segment(),
            generation: key.generation(),
            bytes: std::fs::metadata(path).map_or(0, |m| m.len()),
            condition,
        });
    }
    Ok((usable, reports))
}

fn open_one(profile: &Path, key: &SegmentKey, create: bool, clock: &dyn Clock) -> Result<SegmentCondition, StoreError> {
    let path = segment_path(profile, key.segment());
    let checked = prepare_segment(profile, key, create).and_then(|()| {
        let conn = open_cipher(&path, &key.database_key(), OpenMode::Write)?;
        // Verified on a connection of its own, where this file is main.
        let mut access = SegmentAccess::new(key);
        access.schema = "main";
        verify_charts(&conn, &access)
    });
    match checked {
        Ok(_) => Ok(SegmentCondition::Ready),
        Err(StoreError::Missing(_)) => Ok(SegmentCondition::Missing),
        Err(StoreError::Newer(_)) => Ok(SegmentCondition::Newer),
        Err(StoreError::Damaged(finding)) => Ok(SegmentCondition::Disputed(finding)),
        Err(StoreError::NotOpened(_) | StoreError::PageDamaged) => {
            Ok(SegmentCondition::SetAside(segment_file::set_aside(&path, clock.now())?))
        }
        Err(other) => Err(other),
    }
}

/// Sizes and presence of all segment files of a profile, without any key; for `doctor` while locked.
#[must_use]
pub fn list_segment_files(profile: &Path) -> Vec<(Segment, u64)> {
    let size = |s: Segment| std::fs::metadata(segment_path(profile, s)).ok().map(|m| (s, m.len()));
    Segment::ALL.into_iter().filter_map(size).collect()
}

/// Renames a profile's segment aside; see [`set_aside`].
///
/// # Errors
/// File errors.
pub fn set_segment_aside(profile: &Path, segment: Segment, clock: &dyn Clock) -> Result<PathBuf, StoreError> {
    set_aside(&segment_path(profile, segment), clock.now())
}
