//! What can be wrong with a FHIR text; never with its content.

/// Why a text is not a readable resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnreadableKind {
    /// Not JSON.
    Syntax,
    /// The text ends too early.
    Truncated,
    /// Valid JSON, but not one object.
    NotAnObject,
    /// A member occurs twice (forbidden by FHIR R4, 2.6.2).
    DuplicateMember,
    /// No `resourceType`, or not one that could be a type.
    NoType,
    /// No `id`, or not a FHIR id.
    NoId,
    /// Nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// Longer than [`crate::MAX_BYTES`].
    TooLong,
    /// Not UTF-8.
    NotUtf8,
}

impl UnreadableKind {
    /// A stable name for rows, reports and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Truncated => "truncated",
            Self::NotAnObject => "not_an_object",
            Self::DuplicateMember => "duplicate_member",
            Self::NoType => "no_type",
            Self::NoId => "no_id",
            Self::TooDeep => "too_deep",
            Self::TooLong => "too_long",
            Self::NotUtf8 => "not_utf8",
        }
    }
}

/// A text that cannot be read as a resource: what is wrong and where, without a word of its content.
///
/// INVARIANT: whoever receives this keeps the text, flags it and shows it as "could not be read".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unreadable: {} at line {line}, column {column}", kind.name())]
pub struct Unreadable {
    /// What is wrong.
    pub kind: UnreadableKind,
    /// Line from 1; 0 where there is no place to point at.
    pub line: usize,
    /// Column in bytes from 1; 0 where there is no place to point at.
    pub column: usize,
}

impl Unreadable {
    /// A finding about the whole text.
    #[must_use]
    pub const fn whole(kind: UnreadableKind) -> Self {
        Self { kind, line: 0, column: 0 }
    }

    /// Category and place of a serde_json error; its message may quote the text and is dropped.
    pub(crate) fn of_json(text: &str, error: &serde_json::Error) -> Self {
        let kind = match error.classify() {
            serde_json::error::Category::Eof => UnreadableKind::Truncated,
            serde_json::error::Category::Data if text.trim_ascii_start().starts_with('{') => {
                UnreadableKind::DuplicateMember
            }
            serde_json::error::Category::Data => UnreadableKind::NotAnObject,
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => UnreadableKind::Syntax,
        };
        Self { kind, line: error.line(), column: error.column() }
    }
}

/// Everything that this room refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FhirError {
    /// The text is not a readable resource.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A path names something that the text does not have.
    #[error("nothing to patch at that path")]
    NoSuchPath,
    /// What should be inserted is not one valid JSON value.
    #[error("the new value is not valid json")]
    BadValue,
    /// The text is a resource of another type than the one asked for.
    #[error("another resource type was expected")]
    WrongType,
    /// Not a FHIR bundle, or one without the parts it must have.
    #[error("not a usable bundle")]
    NotABundle,
    /// What should be written is not acceptable as FHIR.
    #[error("the value of `{0}` is not acceptable")]
    BadInput(&'static str),
}
