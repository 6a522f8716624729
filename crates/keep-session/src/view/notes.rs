//! Notes and documents, newest first.

pub(crate) mod attachment;
mod body;
mod composition;
mod heading;
mod impression;
mod relations;
mod response;
mod row;
mod status;

use super::access_view::AccessView;
use super::names::Names;
use super::visible_record::VisibleRecord;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::notes::{NoteDto, NoteStatusDto, NotesDto};
use keep_domain::ResourceKey;
use keep_fhir::Raw;
use keep_fhir::lens::attachments;
use relations::Relations;
use row::Reading;

pub(crate) use attachment::{OpenedPart, binary_of, plain_text};
pub(crate) use heading::headline;
pub(crate) use row::unnamed_in;

/// The types of which the tab shows every record; of reports, those with a text form are in it as well.
pub(crate) const TYPES: [&str; 8] = [
    "DocumentReference",
    "Composition",
    "ClinicalImpression",
    "QuestionnaireResponse",
    "DocumentManifest",
    "Binary",
    "Media",
    "DiagnosticReport",
];
/// The types of which the summary shows the last record.
const LAST_TYPES: [&str; 2] = ["DocumentReference", "Composition"];
/// Records among which the last valid one is usually found.
const USUAL: usize = 20;
/// The most text of one window, bytes; a reply stays below 256 kB with it.
const LONGEST_WINDOW: usize = 140 * 1024;
/// The most text of one note in a window, bytes.
const LONGEST_NOTE: usize = 40_000;

/// The readable records of these types, newest first.
fn found<'e>(entries: &'e [VisibleRecord], types: &[&str]) -> Vec<(&'e VisibleRecord, &'e Raw)> {
    // A note that was entered in error stays readable, marked as such.
    let notes = entries.iter().filter(|e| !e.masked && types.contains(&e.kind()));
    let mut found: Vec<_> = notes.filter_map(|e| Some((e, e.raw.as_ref()?))).collect();
    found.retain(|(e, raw)| e.kind() != "DiagnosticReport" || !attachments(raw).is_empty());
    found.sort_by_key(|(e, _)| std::cmp::Reverse(e.at()));
    found
}

/// One window of all notes. A window that would grow too large ends early.
pub(crate) fn window(
    entries: &[VisibleRecord],
    names: &Names,
    access_view: &AccessView,
    server: &str,
    (offset, limit): (usize, usize),
) -> NotesDto {
    let found = found(entries, &TYPES);
    let relations = Relations::of(&found);
    let reading = Reading { names, access_view, relations: &relations, server };
    let (mut rows, mut left) = (Vec::new(), LONGEST_WINDOW);
    for (entry, raw) in found.iter().skip(offset).take(limit) {
        if left < LONGEST_NOTE / 4 && !rows.is_empty() {
            break;
        }
        let row = reading.row(entry, raw, LONGEST_NOTE.min(left));
        left = left.saturating_sub(row::size(&row));
        rows.push(row);
    }
    NotesDto { rows, total: u32::try_from(found.len()).unwrap_or(u32::MAX) }
}

/// The latest note that is valid: neither a draft, nor entered in error, nor replaced.
pub(crate) fn last(
    entries: &[VisibleRecord],
    names: &Names,
    access_view: &AccessView,
    server: &str,
    longest: usize,
) -> Option<NoteDto> {
    let found = found(entries, &LAST_TYPES);
    let relations = Relations::of(&found);
    let reading = Reading { names, access_view, relations: &relations, server };
    let mut rows = found.into_iter().map(|(entry, raw)| reading.row(entry, raw, longest));
    rows.find(|note| {
        use NoteStatusDto as S;
        let is_valid = matches!(note.status, S::Final | S::Signed | S::Amended | S::Unstated);
        is_valid && !note.marks.iter().any(|m| matches!(m, MarkDto::Superseded { .. } | MarkDto::EnteredInError))
    })
}

/// Colleagues and organisations that must be looked up for their names, of one window.
pub(crate) fn unnamed_authors(entries: &[VisibleRecord], offset: usize, limit: usize) -> Vec<ResourceKey> {
    found(entries, &TYPES).into_iter().skip(offset).take(limit).flat_map(|(_, raw)| row::unnamed_in(raw)).collect()
}

/// What is to be opened.
#[derive(Clone, Copy)]
pub(crate) struct PartAsk<'a> {
    pub(crate) index: usize,
    pub(crate) as_source: bool,
    /// The Binary to which the attachment refers, where it does.
    pub(crate) binary: Option<&'a Raw>,
}

/// Opens an attachment, or the text of a record that is a document itself, which comes after its attachments.
pub(crate) fn open_part(raw: &Raw, ask: PartAsk<'_>, names: &Names) -> Option<OpenedPart> {
    if ask.index == attachments(raw).len() {
        return attachment::opened_text(row::text_of(raw, names));
    }
    attachment::open_part(raw, ask.index, ask.as_source, ask.binary)
}

/// The same for the last note.
pub(crate) fn unnamed_authors_of_last(entries: &[VisibleRecord]) -> Vec<ResourceKey> {
    found(entries, &LAST_TYPES).into_iter().take(USUAL).flat_map(|(_, raw)| row::unnamed_in(raw)).collect()
}

#[cfg(test)]
mod tests;
