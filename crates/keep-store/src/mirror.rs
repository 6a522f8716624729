//! The last known state of each segment, stored outside the files so that an older copy can be detected.

use keep_domain::Segment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Generation, number of committed changes and root of one segment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentMark {
    /// The generation of its key.
    pub generation: u32,
    /// The highest generation that a key was ever made for; a later key gets a higher number.
    #[serde(default)]
    pub issued: u32,
    /// Committed changes so far.
    pub epoch: i64,
    /// Sum of all chart tags and journal tags modulo 2^256.
    #[serde(with = "hex_root")]
    pub root: [u8; 32],
}

impl SegmentMark {
    /// The mark of a generation whose file is about to be created.
    #[must_use]
    pub const fn of_new(generation: u32) -> Self {
        Self { generation, issued: generation, epoch: 0, root: [0; 32] }
    }

    /// The generation of the next key.
    #[must_use]
    pub fn next_generation(&self) -> u32 {
        self.issued.max(self.generation).saturating_add(1)
    }

    /// Whether this mark is later than `other`, so that it may replace it.
    #[must_use]
    pub const fn is_later_than(&self, other: &Self) -> bool {
        self.generation > other.generation || (self.generation == other.generation && self.epoch > other.epoch)
    }
}

/// The marks of a profile's segments: a lower bound for the state of each file.
pub type Mirror = BTreeMap<Segment, SegmentMark>;

mod hex_root {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(root: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(root))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<[u8; 32], D::Error> {
        let bytes = hex::decode(String::deserialize(from)?).map_err(|_| D::Error::custom("root"))?;
        bytes.try_into().map_err(|_| D::Error::custom("root"))
    }
}
