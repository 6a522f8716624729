//! What a verification found.

use serde::Serialize;
use std::fmt;

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The ledger itself could not be opened or read.
    Unreadable,
    /// An entry could not be read.
    EntryUnreadable,
    /// The body is not the one that the leaf was made of.
    BodyMismatch,
    /// The header says something else than the body.
    HeaderMismatch,
    /// The entry does not continue the one before it.
    ChainBroken,
    /// A clinician's signature is wrong or of an unknown key.
    SignatureWrong,
    /// Entries are missing.
    Gap,
    /// A sequence number occurs twice or goes back.
    OutOfOrder,
    /// The root of the tree is not the one of a checkpoint.
    RootMismatch,
    /// A checkpoint says that there were more events than are here.
    Truncated,
    /// A checkpoint is not signed by this device, or is of another log.
    CheckpointRefused,
    /// The wall clock jumped without an event that says so.
    ClockStep,
    /// The stored state of the log does not fit its entries.
    StateMismatch,
    /// An event of the log is an alert that nobody has signed off.
    Alert,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry concerned; none where it is about the log as a whole.
    pub sequence: Option<u64>,
    /// What kind of thing.
    pub kind: FindingKind,
    /// The same in words, without PHI.
    pub text: String,
}

impl Finding {
    /// A finding about one entry.
    #[must_use]
    pub fn at(sequence: u64, kind: FindingKind, what: &str) -> Self {
        Self { sequence: Some(sequence), kind, text: format!("sequence {sequence}: {what}") }
    }

    /// A finding about the log as a whole.
    #[must_use]
    pub fn about_log(kind: FindingKind, what: impl Into<String>) -> Self {
        Self { sequence: None, kind, text: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Entries that are not there, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The first missing sequence.
    pub from: u64,
    /// The last missing sequence.
    pub to: u64,
}

/// The result of [`verify`](crate::verify).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// The log, in hexadecimal.
    pub log: Option<String>,
    /// How many entries were read.
    pub events: u64,
    /// The first sequence.
    pub from: Option<u64>,
    /// The last sequence.
    pub to: Option<u64>,
    /// When the first entry was recorded (RFC 3339).
    pub from_time: Option<String>,
    /// When the last entry was recorded (RFC 3339).
    pub to_time: Option<String>,
    /// Missing entries.
    pub gaps: Vec<Gap>,
    /// Everything found, in the order of the log; alerts that nobody has signed off come last.
    pub findings: Vec<Finding>,
    /// Alerts that somebody entitled has signed off.
    pub signed_off: Vec<Finding>,
    /// Entries with a clinician's signature that is right.
    pub user_signed: u64,
    /// Entries that only the device vouches for.
    pub device_asserted: u64,
    /// Sealed bodies that could not be opened here: their link was checked, their leaf was not.
    pub sealed_unopened: u64,
    /// Checkpoints whose signature and root were right.
    pub checkpoints: u64,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.gaps.is_empty()
    }
}
