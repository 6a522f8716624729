//! What can go wrong when an event is written or a proof is made.

/// Why an event could not be written, or evidence could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The event names a patient, a query or a reason, but no audit key is at hand to seal it.
    #[error("an event that names a patient was written without an audit key")]
    NotSealable,
    /// The audit key refused to seal.
    #[error("the event body could not be sealed")]
    SealFailed,
    /// A signing key refused to sign.
    #[error("the signature could not be made")]
    SignFailed,
    /// The event has no canonical form; a defect.
    #[error("the event has no canonical form")]
    NotCanonical,
    /// The stored state of the log cannot be read.
    #[error("the stored state of the log cannot be read")]
    StateUnreadable,
    /// A stored entry cannot be read.
    #[error("a stored entry cannot be read")]
    EntryUnreadable,
    /// A checkpoint is not a signed note of this log, or its signature is wrong.
    #[error("the checkpoint cannot be trusted")]
    CheckpointRefused,
    /// A proof was asked for a position that the tree does not have.
    #[error("the tree has no such position")]
    NoSuchPosition,
    /// A proof does not lead to the root.
    #[error("the proof does not lead to the root")]
    ProofRefused,
}
