//! Errors of writing events and reading evidence.

/// The error of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The event names a patient, a query or a reason, but there is no audit key to seal it.
    #[error("an event that names a patient was written without an audit key")]
    NotSealable,
    /// The audit key could not seal the body.
    #[error("the event body could not be sealed")]
    SealFailed,
    /// The signing key could not sign.
    #[error("the signature could not be made")]
    SignFailed,
    /// The event has no canonical form; a bug.
    #[error("the event has no canonical form")]
    NotCanonical,
    /// The stored state of the log cannot be read.
    #[error("the stored state of the log cannot be read")]
    StateUnreadable,
    /// A stored entry cannot be read.
    #[error("a stored entry cannot be read")]
    EntryUnreadable,
    /// A checkpoint is not a valid signed note of this log.
    #[error("the checkpoint cannot be trusted")]
    CheckpointRefused,
}
