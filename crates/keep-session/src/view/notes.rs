//! Notes and documents, newest first.

use super::access_view::AccessView;
use super::names::{Names, unnamed};
use super::visible_record::VisibleRecord;
use super::words;
use crate::dto::chart::notes::{NoteDto, NoteStatusDto, NotesDto};
use keep_domain::ResourceKey;
use keep_fhir::Raw;
use keep_fhir::lens::{NoteBody, NoteLens, document};

/// The longest text of one note that crosses at once, characters; windows of notes stay below 256 kB with it.
const LONGEST_TEXT: usize = 40_000;
/// The most text of one window, bytes.
const LONGEST_WINDOW: usize = 160 * 1024;

fn found(entries: &[VisibleRecord]) -> Vec<(&VisibleRecord, &Raw)> {
    // A note that was entered in error stays readable, marked as such.
    let notes = entries.iter().filter(|e| e.kind() == "DocumentReference" && !e.masked);
    let mut found: Vec<_> = notes.filter_map(|e| Some((e, e.raw.as_ref()?))).collect();
    found.sort_by_key(|(e, _)| std::cmp::Reverse(e.at()));
    found
}

/// One window of all notes. A window that would grow too large ends early.
pub(crate) fn window(
    entries: &[VisibleRecord],
    names: &Names,
    access_view: &AccessView,
    offset: usize,
    limit: usize,
) -> NotesDto {
    let found = found(entries);
    let (mut rows, mut size) = (Vec::new(), 0usize);
    for (entry, raw) in found.iter().skip(offset).take(limit) {
        let Some(row) = dto(entry, raw, names, access_view) else { continue };
        size = size.saturating_add(row.text.as_ref().map_or(0, String::len));
        if size > LONGEST_WINDOW && !rows.is_empty() {
            break;
        }
        rows.push(row);
    }
    NotesDto { rows, total: u32::try_from(found.len()).unwrap_or(u32::MAX) }
}

/// The latest note that was signed and not entered in error.
pub(crate) fn last(entries: &[VisibleRecord], names: &Names, access_view: &AccessView) -> Option<NoteDto> {
    let mut signed = found(entries).into_iter().filter_map(|(e, raw)| dto(e, raw, names, access_view));
    signed.find(|n| matches!(n.status, NoteStatusDto::Signed | NoteStatusDto::Amended))
}

/// Colleagues that must be looked up for their names, of one window.
pub(crate) fn unnamed_authors(entries: &[VisibleRecord], offset: usize, limit: usize) -> Vec<ResourceKey> {
    let lenses = found(entries).into_iter().skip(offset).take(limit).filter_map(|(_, raw)| document(raw).ok());
    lenses.filter_map(|l| unnamed(author(&l))).collect()
}

fn author(lens: &NoteLens) -> Option<&keep_fhir::lens::Reference> {
    lens.authors.first().or(lens.signer.as_ref())
}

fn dto(entry: &VisibleRecord, raw: &Raw, names: &Names, access_view: &AccessView) -> Option<NoteDto> {
    let lens = document(raw).ok()?;
    Some(NoteDto {
        id: entry.id(),
        kind: title(&lens),
        author: names.link(author(&lens)),
        written: words::when(lens.date.as_ref()),
        status: status(&lens),
        text: text(&lens.body),
        may_mark_entered_in_error: entry.may_mark_entered_in_error(access_view),
        record: entry.state(),
    })
}

fn title(lens: &NoteLens) -> Option<String> {
    // EXPOSE: the heading is what is shown.
    let heading = || words::some(lens.title.as_ref()?.expose().trim());
    words::label(lens.kind.as_ref()).or_else(heading)
}

fn status(lens: &NoteLens) -> NoteStatusDto {
    match (lens.status.as_deref(), lens.doc_status.as_deref()) {
        (Some("entered-in-error"), _) | (_, Some("entered-in-error")) => NoteStatusDto::EnteredInError,
        (_, Some("preliminary")) => NoteStatusDto::Draft,
        (Some("superseded"), _) | (_, Some("amended")) => NoteStatusDto::Amended,
        _ => NoteStatusDto::Signed,
    }
}

fn text(body: &NoteBody) -> Option<String> {
    match body {
        NoteBody::Text(text) => {
            // EXPOSE: the text is what is shown.
            let text = text.expose();
            Some(words::cut(text, LONGEST_TEXT))
        }
        NoteBody::Unreadable => None,
        NoteBody::File(_) | NoteBody::Empty => Some(String::new()),
    }
}

/// Title and detail of a timeline row.
pub(crate) fn headline(raw: &Raw, names: &Names) -> (Option<String>, Option<String>) {
    let Ok(lens) = document(raw) else { return (None, None) };
    (title(&lens), names.link(author(&lens)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::{nurse_amara_sees, record, seen_by};
    use keep_domain::Role;

    fn note(id: &str, date: &str, status: &str, doc_status: &str, author: &str) -> String {
        // "Tired." in base64.
        format!(
            r#"{{"resourceType":"DocumentReference","id":"{id}","status":"{status}","docStatus":"{doc_status}","type":{{"text":"Progress note"}},"category":[{{"coding":[{{"code":"clinical-note"}}]}}],"subject":{{"reference":"Patient/maria"}},"date":"{date}","author":[{{"reference":"{author}"}}],"content":[{{"attachment":{{"contentType":"text/plain; charset=utf-8","data":"VGlyZWQu"}}}}]}}"#
        )
    }

    #[test]
    fn notes_are_read_newest_first_with_their_authors() {
        let texts = [
            note("n1", "2026-10-24T10:32:00+03:00", "current", "final", "Practitioner/jonas"),
            note("n2", "2026-11-20T10:32:00+03:00", "current", "preliminary", "Practitioner/amara"),
            note("n3", "2026-11-21T10:32:00+03:00", "entered-in-error", "final", "Practitioner/amara"),
        ];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let names =
            Names::of(&[record(r#"{"resourceType":"Practitioner","id":"jonas","name":[{"text":"Dr Jonas Mbeki"}]}"#)]);
        let entries = nurse_amara_sees(&texts);
        let access_view = AccessView::for_tests(Role::Nurse);
        let all = window(&entries, &names, &access_view, 0, 10);
        let shown: Vec<_> = all.rows.iter().map(|n| (n.id.as_str(), n.status)).collect();
        assert_eq!(
            shown,
            [("n3", NoteStatusDto::EnteredInError), ("n2", NoteStatusDto::Draft), ("n1", NoteStatusDto::Signed)]
        );
        assert_eq!(all.rows.iter().map(|n| n.may_mark_entered_in_error).collect::<Vec<_>>(), [false, true, false]);
        let last = last(&entries, &names, &access_view).expect("signed");
        assert_eq!(
            (last.id.as_str(), last.author.as_deref(), last.text.as_deref()),
            ("n1", Some("Dr Jonas Mbeki"), Some("Tired."))
        );
        assert_eq!(last.written.as_deref(), Some("2026-10-24T07:32:00.000Z"));
        assert_eq!(unnamed_authors(&entries, 0, 10).len(), 3);
        assert_eq!(window(&seen_by(Role::Pharmacist, &texts), &names, &access_view, 0, 10).total, 0);
    }
}
