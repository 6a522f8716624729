//! Which of a session's segments are whole, so that a missing record really does not exist.

use crate::error::StoreError;
use crate::mirror::Mirror;
use crate::repair::RepairCause;
use crate::resource_type::segments_of;
use crate::segment_access::SegmentAccess;
use crate::store::Store;
use crate::tagged::read_state;
use keep_domain::{Rank, Segment};

/// The condition of one segment in this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SegmentHealth {
    /// Complete and verified.
    Whole,
    /// Older than expected, and being compared with the server: its records may be out of date.
    Stale,
    /// Damaged: shown records were verified, others may exist.
    Disputed,
    /// A new file is being filled from the server: other records may exist.
    Rebuilding,
    /// Not open.
    Unavailable,
}

impl SegmentHealth {
    /// A stable name for messages and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Stale => "stale",
            Self::Disputed => "disputed",
            Self::Rebuilding => "rebuilding",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A segment that is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnhealthySegment {
    /// The segment.
    pub segment: Segment,
    /// Its condition.
    pub health: SegmentHealth,
}

impl Store {
    /// The highest segment up to which all are open.
    #[must_use]
    pub fn rank(&self) -> Rank {
        let open = Segment::ALL.into_iter().take_while(|s| self.is_open(*s));
        open.last().map_or(Rank::NONE, Rank::up_to)
    }

    /// The current marks of the open segments.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where a state row does not fit its tag.
    pub fn marks(&self) -> Result<Mirror, StoreError> {
        self.read(|conn| {
            let of = |a: &SegmentAccess| Ok((a.segment, read_state(conn, a)?.mark(a.generation)));
            self.access.iter().filter(|a| !self.is_read_only(a.segment)).map(of).collect()
        })
    }

    /// The condition of a segment in this session.
    #[must_use]
    pub fn health(&self, segment: Segment) -> SegmentHealth {
        if !self.is_open(segment) {
            return SegmentHealth::Unavailable;
        }
        let repair = self.repairs().into_iter().find(|r| r.segment == segment).map(|r| r.cause);
        match repair {
            Some(RepairCause::Rebuild) => SegmentHealth::Rebuilding,
            Some(RepairCause::Damaged) => SegmentHealth::Disputed,
            _ if self.is_read_only(segment) || self.is_unsound(segment) => SegmentHealth::Disputed,
            Some(RepairCause::Stale) => SegmentHealth::Stale,
            _ if self.access(segment).is_ok_and(|a| a.confirmed.is_suspected()) => SegmentHealth::Disputed,
            Some(RepairCause::CarryOverPending) | None => SegmentHealth::Whole,
        }
    }

    /// The segments that the session is entitled to and that are not whole, lowest first.
    #[must_use]
    pub fn unhealthy(&self) -> Vec<UnhealthySegment> {
        let of = |segment| UnhealthySegment { segment, health: self.health(segment) };
        self.entitled.segments().map(of).filter(|s| s.health != SegmentHealth::Whole).collect()
    }

    /// Whether records of this type can be on this device for this session at all.
    // INVARIANT: decided by what the user is entitled to, never by what could be opened: a damaged file must not look
    // like the absence of records.
    #[must_use]
    pub fn may_hold(&self, resource_type: &str) -> bool {
        segments_of(resource_type).first().is_some_and(|lowest| self.entitled.holds(*lowest))
    }

    /// Whether all segments of a type that this session is entitled to are whole, so that "none" may be shown.
    #[must_use]
    pub fn is_whole(&self, resource_type: &str) -> bool {
        self.entitled_segments(resource_type).all(|s| self.health(s) == SegmentHealth::Whole)
    }

    /// Whether the stored records of a type may be shown as a chart, though some may be out of date.
    #[must_use]
    pub fn is_usable(&self, resource_type: &str) -> bool {
        self.entitled_segments(resource_type).all(|s| self.health(s) <= SegmentHealth::Disputed)
    }

    /// Whether a type's stored records are being compared with the server again.
    #[must_use]
    pub fn is_stale(&self, resource_type: &str) -> bool {
        self.is_usable(resource_type)
            && self.entitled_segments(resource_type).any(|s| self.health(s) == SegmentHealth::Stale)
    }

    /// Whether pages of a segment are damaged, or its derived tables differ and could not be rebuilt in this session.
    fn is_unsound(&self, segment: Segment) -> bool {
        let of = |a: &SegmentAccess| a.confirmed.is_broken() || a.confirmed.has_damaged_pages();
        self.access(segment).is_ok_and(of)
    }

    /// The open segments in which damage was found; the server may fill them again.
    #[must_use]
    pub fn damaged(&self) -> Vec<Segment> {
        let noted = |s: Segment| {
            self.repairs().iter().any(|r| r.segment == s && r.cause == RepairCause::Damaged) || self.is_read_only(s)
        };
        self.entitled.segments().filter(|s| self.is_open(*s) && (noted(*s) || self.is_unsound(*s))).collect()
    }

    fn entitled_segments(&self, resource_type: &str) -> impl Iterator<Item = Segment> + use<'_> {
        segments_of(resource_type).iter().copied().filter(|s| self.entitled.holds(*s))
    }

    pub(crate) fn is_open(&self, segment: Segment) -> bool {
        self.access.iter().any(|a| a.segment == segment) && !(segment == Segment::Directory && self.has_stand_in)
    }

    /// The highest segment that is open, whatever is missing below it.
    pub(crate) fn top(&self) -> Option<Segment> {
        self.access.last().map(|a| a.segment)
    }
}
