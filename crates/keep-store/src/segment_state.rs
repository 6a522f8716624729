//! Which of the segments that a session is entitled to are whole, and so which absence means something.

use crate::segment_access::SegmentAccess;
use crate::write_tx::homes_of;
use crate::{RepairCause, Store};
use keep_domain::{Rank, Segment};

/// What one segment is good for in this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SegmentHealth {
    /// All of it is here.
    Whole,
    /// Older than it should be, and being compared with the server: what is shown may be old.
    Stale,
    /// Damage was met in it: what is shown was checked, what is not shown may exist.
    Disputed,
    /// A new file is being filled from the server: what is not shown may exist.
    Rebuilding,
    /// Not open: nothing of it can be shown.
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
    /// Which.
    pub segment: Segment,
    /// What it is good for.
    pub health: SegmentHealth,
}

impl Store {
    /// The highest segment up to which all are open.
    #[must_use]
    pub fn rank(&self) -> Rank {
        let open = Segment::ALL.into_iter().take_while(|s| self.is_open(*s));
        open.last().map_or(Rank::NONE, Rank::up_to)
    }

    /// What a segment is good for in this session.
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
            Some(RepairCause::Kept) | None => SegmentHealth::Whole,
        }
    }

    /// The segments to which the session is entitled and which are not whole, lowest first.
    #[must_use]
    pub fn unhealthy(&self) -> Vec<UnhealthySegment> {
        let of = |segment| UnhealthySegment { segment, health: self.health(segment) };
        self.entitled.segments().map(of).filter(|s| s.health != SegmentHealth::Whole).collect()
    }

    /// Whether records of this type can be on this device for this session at all.
    // INVARIANT: decided by what the person is entitled to, never by what could be opened: a damaged file must not turn
    // into the statement that there is nothing.
    #[must_use]
    pub fn may_hold(&self, resource_type: &str) -> bool {
        homes_of(resource_type).first().is_some_and(|lowest| self.entitled.holds(*lowest))
    }

    /// Whether all that this session is entitled to of a type is open and as it should be, so that "none" may be said.
    #[must_use]
    pub fn is_whole(&self, resource_type: &str) -> bool {
        self.homes_for(resource_type).all(|s| self.health(s) == SegmentHealth::Whole)
    }

    /// Whether what is here of a type may be shown as a chart, though some of it may be old.
    #[must_use]
    pub fn is_usable(&self, resource_type: &str) -> bool {
        self.homes_for(resource_type).all(|s| self.health(s) <= SegmentHealth::Disputed)
    }

    /// Whether a type's records are here from before, while they are compared with the server again.
    #[must_use]
    pub fn is_stale(&self, resource_type: &str) -> bool {
        self.is_usable(resource_type) && self.homes_for(resource_type).any(|s| self.health(s) == SegmentHealth::Stale)
    }

    /// Whether pages of a segment do not fit, or its derived tables differ and could not be made anew in this session.
    fn is_unsound(&self, segment: Segment) -> bool {
        let of = |a: &SegmentAccess| a.confirmed.is_broken() || a.confirmed.has_damaged_pages();
        self.access(segment).is_ok_and(of)
    }

    /// The open segments that the server may fill anew: damage was found in each of them.
    #[must_use]
    pub fn damaged(&self) -> Vec<Segment> {
        let noted = |s: Segment| {
            self.repairs().iter().any(|r| r.segment == s && r.cause == RepairCause::Damaged) || self.is_read_only(s)
        };
        self.entitled.segments().filter(|s| self.is_open(*s) && (noted(*s) || self.is_unsound(*s))).collect()
    }

    fn homes_for(&self, resource_type: &str) -> impl Iterator<Item = Segment> + use<'_> {
        homes_of(resource_type).iter().copied().filter(|s| self.entitled.holds(*s))
    }

    pub(crate) fn is_open(&self, segment: Segment) -> bool {
        self.access.iter().any(|a| a.segment == segment) && !(segment == Segment::Directory && self.has_stand_in)
    }

    /// The highest segment that is open, whatever is missing below it.
    pub(crate) fn top(&self) -> Option<Segment> {
        self.access.last().map(|a| a.segment)
    }
}
