//! Errors about FHIR text, without any of its content.

/// Why a text is not a readable resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnreadableKind {
    /// Not JSON.
    Syntax,
    /// The text is truncated.
    Truncated,
    /// Valid JSON, but not one object.
    NotAnObject,
    /// A duplicate member (forbidden by FHIR R4, 2.6.2).
    DuplicateMember,
    /// No `resourceType`, or not a possible type name.
    NoType,
    /// No `id`, or not a valid FHIR id.
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

/// Text that cannot be read as a resource: what is wrong and where, without any of its content.
///
/// INVARIANT: the caller retains the text, flags it and shows it as "could not be read".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unreadable: {} at line {line}, column {column}", kind.name())]
pub struct Unreadable {
    /// What is wrong.
    pub kind: UnreadableKind,
    /// Line from 1; 0 for an error about the whole text.
    pub line: usize,
    /// Column in bytes from 1; 0 for an error about the whole text.
    pub column: usize,
}

impl Unreadable {
    /// An error about the whole text.
    #[must_use]
    pub const fn whole(kind: UnreadableKind) -> Self {
        Self { kind, line: 0, column: 0 }
    }

    /// Category and position of a serde_json error; its message may quote the text and is dropped.
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

/// The errors of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FhirError {
    /// The text is not a readable resource.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The path does not fit the text.
    #[error("nothing to patch at that path")]
    NoSuchPath,
    /// The new value is not valid JSON.
    #[error("the new value is not valid json")]
    BadValue,
    /// The resource is of another type than expected.
    #[error("another resource type was expected")]
    WrongType,
    /// Not a FHIR bundle, or one without its required parts.
    #[error("not a usable bundle")]
    NotABundle,
}
