//! Errors of loading policies.

/// Why a policy file was rejected. The texts are about policy source, never about records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The built-in schema cannot be read; a bug.
    #[error("the built-in policy schema cannot be read")]
    Schema,
    /// The text is not valid Cedar.
    #[error("the policy file is not valid cedar")]
    Syntax(Vec<String>),
    /// The policies use names or types that the schema does not define, or can never apply.
    #[error("the policy file does not match the schema")]
    Invalid(Vec<String>),
    /// Two policies have the same id.
    #[error("a policy id occurs twice")]
    Duplicate,
}
