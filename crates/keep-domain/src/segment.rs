//! The four nested segments of the store, and ranks over them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

crate::named_enum! {
    /// One encrypted file of records. Segments nest: the key of one comes with the keys of all segments below it.
    #[derive(TS)]
    pub enum Segment {
        /// Who, where, when: demographics, appointments, staff, safety flags.
        Directory = "directory",
        /// The coded visit: encounters, procedures, charges.
        Encounters = "encounters",
        /// Every other clinical resource.
        Clinical = "clinical",
        /// Records under a label that policy calls sensitive (42 CFR Part 2, psychotherapy notes, HIV).
        Restricted = "restricted",
    }
}

impl Segment {
    /// Position from 0 (directory) to 3 (restricted); part of frozen formats.
    #[must_use]
    pub const fn ordinal(self) -> u8 {
        match self {
            Self::Directory => 0,
            Self::Encounters => 1,
            Self::Clinical => 2,
            Self::Restricted => 3,
        }
    }

    /// The inverse of [`Segment::ordinal`].
    #[must_use]
    pub fn from_ordinal(ordinal: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.ordinal() == ordinal)
    }
}

/// The highest segment that a user may decrypt; `None` means no segment at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank(Option<Segment>);

impl Rank {
    /// Holds no segment (IT administrator).
    pub const NONE: Self = Self(None);

    /// Holds `top` and every segment below it.
    #[must_use]
    pub const fn up_to(top: Segment) -> Self {
        Self(Some(top))
    }

    /// The highest segment held.
    #[must_use]
    pub const fn top(self) -> Option<Segment> {
        self.0
    }

    /// Whether this rank decrypts `segment`.
    #[must_use]
    pub fn holds(self, segment: Segment) -> bool {
        self.0.is_some_and(|top| segment <= top)
    }

    /// The segments held, lowest first.
    pub fn segments(self) -> impl Iterator<Item = Segment> {
        Segment::ALL.into_iter().filter(move |s| self.holds(*s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_nest() {
        let clinical = Rank::up_to(Segment::Clinical);
        assert!(clinical.holds(Segment::Directory) && clinical.holds(Segment::Clinical));
        assert!(!clinical.holds(Segment::Restricted));
        assert_eq!(Rank::NONE.segments().count(), 0);
    }

    #[test]
    fn ordinals_read_back() {
        for s in Segment::ALL {
            assert_eq!(Segment::from_ordinal(s.ordinal()), Some(s));
        }
    }
}
