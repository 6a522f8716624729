//! Findings of a verification.

use serde::Serialize;
use std::fmt;

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The ledger itself could not be opened or read.
    Unreadable,
    /// An entry could not be read.
    EntryUnreadable,
    /// The body does not match the leaf.
    BodyMismatch,
    /// The header does not match the body.
    HeaderMismatch,
    /// The entry does not continue the one before it.
    ChainBroken,
    /// A clinician's signature is wrong or by an unknown key.
    SignatureWrong,
    /// Entries are missing.
    Gap,
    /// A sequence number occurs twice or goes back.
    OutOfOrder,
    /// The root of the tree differs from a checkpoint.
    RootMismatch,
    /// A checkpoint counts more events than there are.
    Truncated,
    /// A checkpoint is not signed by this device, or belongs to another log.
    CheckpointRefused,
    /// The wall clock jumped without an event that explains it.
    ClockStep,
    /// The stored state of the log does not match its entries.
    StateMismatch,
    /// An alert has not been signed off.
    Alert,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The entry; `None` for a finding about the log as a whole.
    pub sequence: Option<u64>,
    /// The kind.
    pub kind: FindingKind,
    /// A description for the log and the command line, without PHI.
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

/// A range of missing entries, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MissingRange {
    /// The first missing sequence.
    pub from: u64,
    /// The last missing sequence.
    pub to: u64,
}

/// The result of [`verify`](crate::verify()).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// The log, in hexadecimal.
    pub log: Option<String>,
    /// Number of entries read.
    pub events: u64,
    /// The first sequence.
    pub from: Option<u64>,
    /// The last sequence.
    pub to: Option<u64>,
    /// When the first entry was recorded (RFC 3339).
    pub from_time: Option<String>,
    /// When the last entry was recorded (RFC 3339).
    pub to_time: Option<String>,
    /// Ranges of missing entries.
    pub gaps: Vec<MissingRange>,
    /// All findings in the order of the log; alerts not signed off come last.
    pub findings: Vec<Finding>,
    /// Alerts that an entitled user has signed off.
    pub signed_off: Vec<Finding>,
    /// Entries with a valid clinician's signature.
    pub user_signed: u64,
    /// Entries without a clinician's signature.
    pub device_asserted: u64,
    /// Sealed bodies that could not be opened: their link was checked, their leaf was not.
    pub sealed_unopened: u64,
    /// Checkpoints with a valid signature and a matching root.
    pub checkpoints: u64,
}

impl Report {
    /// Whether there are no findings.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.gaps.is_empty()
    }
}
