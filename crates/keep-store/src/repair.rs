//! Segments that are being repaired from the server, because their file was lost, damaged or older than expected. The
//! directory records each repair before it starts and until it is finished.

use crate::journal::{Journal, JournalKind};
use keep_domain::{Segment, UtcMillis};
use serde::{Deserialize, Serialize};

/// Why a segment is being repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairCause {
    /// Its file was lost or damaged: an empty file of the next generation replaces it.
    Rebuild,
    /// Its file is intact but older than expected: it stays, and is compared with the server.
    Stale,
    /// It is whole again; the unsent work of the file that it replaced waits for a session with that file's key.
    #[serde(rename = "kept")]
    CarryOverPending,
    /// Damage was found in it: rows that match their tags are shown until an empty file of the next generation replaces
    /// it.
    Damaged,
}

/// A segment that is being repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The segment.
    pub segment: Segment,
    /// The cause.
    pub cause: RepairCause,
    /// When it began.
    pub since: UtcMillis,
    /// The generation of the file that is in use.
    pub generation: u32,
    /// The name of the file that was set aside; empty if there was none.
    pub set_aside: String,
    /// Whether its unsent work has been carried over.
    pub carried_over: bool,
    /// Whether that file was set aside by the opening that recorded this repair: the work of one that was found later
    /// may have been carried over before.
    pub just_set_aside: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct RepairRow {
    pub(crate) cause: RepairCause,
    pub(crate) since: i64,
    pub(crate) generation: u32,
    pub(crate) kept: String,
    pub(crate) carried: bool,
    pub(crate) just_set_aside: bool,
}

impl Journal for RepairRow {
    const KIND: JournalKind = JournalKind::Repair;
}

/// The outcome of an entry from a damaged file that could not be verified: the user compares it with the server before
/// it is sent.
pub(crate) const UNVERIFIED: &str = "unverified";

/// What happened to the unsent work of a file that was set aside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CarriedOver {
    /// Unsent records that continue unchanged.
    pub verified: u32,
    /// Unsent records that wait for the user to review them.
    pub unverified: u32,
    /// Unsent records of which only the key could be read; they remain in the old file.
    pub lost: u32,
    /// Whether the file could not be searched completely, so that it may contain more.
    pub incomplete: bool,
}
