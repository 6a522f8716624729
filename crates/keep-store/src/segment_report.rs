//! The condition of each segment when it was checked, and what the session may do about it.

use crate::error::{Finding, StoreError};
use crate::mirror::SegmentMark;
use crate::segment_file::file_name;
use keep_domain::Segment;
use std::path::PathBuf;

/// One segment at open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentReport {
    /// The segment.
    pub segment: Segment,
    /// The generation of the file's key; if no key matches, the newest generation that the session holds.
    pub generation: u32,
    /// The size of the file, bytes; 0 where there is none.
    pub bytes: u64,
    /// What was found.
    pub condition: SegmentCondition,
}

/// What was found when a segment was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentCondition {
    /// Open and verified.
    Ready,
    /// Intact, but older than last seen on this device; a copy was stored at `copy`.
    Stale {
        /// The copy as it was found.
        copy: PathBuf,
        /// The file's own mark.
        found: SegmentMark,
        /// The mark that the device saw last.
        expected: SegmentMark,
    },
    /// There is no file.
    Missing,
    /// Written by a newer Chartkeep; left in place.
    Newer,
    /// Of a generation whose key this session does not hold; left in place.
    OtherGeneration,
    /// The operating system does not allow reading it now; left in place.
    Unreadable,
    /// It could not be opened with its key, a page of its tables is damaged, it is not a regular file, or its
    /// generation was replaced; renamed to this path.
    SetAside(PathBuf),
    /// Its charts and its state disagree. It is open for reading, and every chart is still verified by itself.
    Disputed(Finding),
}

impl SegmentCondition {
    /// A stable name for reports and events.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Stale { .. } => "stale",
            Self::Missing => "missing",
            Self::Newer => "newer",
            Self::OtherGeneration => "other_generation",
            Self::Unreadable => "unreadable",
            Self::SetAside(_) => "set_aside",
            Self::Disputed(_) => "disputed",
        }
    }

    /// Whether the file is open and serves reads.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Ready | Self::Stale { .. } | Self::Disputed(_))
    }

    /// Whether the file is gone from its place, so that the next generation may take it.
    #[must_use]
    pub(crate) const fn may_be_replaced(&self) -> bool {
        matches!(self, Self::Missing | Self::SetAside(_))
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
            SegmentCondition::Unreadable => StoreError::Io(std::io::ErrorKind::Other),
            SegmentCondition::OtherGeneration => StoreError::NotAvailable,
            SegmentCondition::Disputed(finding) => StoreError::Damaged(*finding),
            SegmentCondition::Ready | SegmentCondition::Stale { .. } => StoreError::Internal("open segment as error"),
        }
    }
}
