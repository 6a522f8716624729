//! How far a note is.

use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::notes::NoteStatusDto;

/// The recorded codes of a note.
#[derive(Default)]
pub(super) struct Recorded<'a> {
    pub(super) status: Option<&'a str>,
    /// `docStatus` of a DocumentReference.
    pub(super) doc_status: Option<&'a str>,
    /// Whether somebody vouches for it.
    pub(super) is_attested: bool,
}

/// The status of a record of that type. INVARIANT: without a code nothing is said to be final or signed.
pub(super) fn status(kind: &str, recorded: &Recorded<'_>) -> NoteStatusDto {
    use NoteStatusDto as S;
    if [recorded.status, recorded.doc_status].contains(&Some("entered-in-error")) {
        return S::EnteredInError;
    }
    let code = match kind {
        "DocumentReference" => recorded.doc_status,
        // It has only the status of the reference to it.
        "DocumentManifest" | "Binary" => None,
        _ => recorded.status,
    };
    match code {
        None => S::Unstated,
        Some("final" | "completed") if recorded.is_attested => S::Signed,
        Some("final" | "completed") => S::Final,
        Some("amended" | "corrected" | "appended") => S::Amended,
        Some("preliminary" | "in-progress" | "partial" | "registered") => S::Draft,
        Some(_) => S::Unknown,
    }
}

/// Whether the status of the note says the same as the mark.
pub(super) fn says_the_same(status: NoteStatusDto, mark: &MarkDto) -> bool {
    use NoteStatusDto as S;
    match mark {
        MarkDto::Status { code, reason: None } => {
            matches!((status, code.as_str()), (S::Draft, "preliminary" | "in-progress") | (S::Amended, "amended"))
        }
        // Relations are listed, with the other document.
        MarkDto::Element { element, .. } => element.starts_with("relatesTo"),
        _ => false,
    }
}
