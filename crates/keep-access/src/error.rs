//! Why policies were not taken into use.

/// A policy file was refused. The texts are about policy source, never about records.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The schema that is built in cannot be read; a defect.
    #[error("the built-in policy schema cannot be read")]
    Schema,
    /// The text is not Cedar.
    #[error("the policy file is not valid cedar")]
    Syntax(Vec<String>),
    /// The policies use words or types that the schema does not have, or can never apply.
    #[error("the policy file does not fit the schema")]
    Invalid(Vec<String>),
    /// Two policies have the same id.
    #[error("a policy id occurs twice")]
    Duplicate,
}
