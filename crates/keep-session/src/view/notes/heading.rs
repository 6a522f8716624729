//! What a document is called, and when it was written.

use crate::view::names::Names;
use crate::view::words;
use keep_domain::Phi;
use keep_fhir::{Raw, lens};

/// Type of document, or else the title of its first attachment, or else its description.
pub(super) fn document_title(l: &lens::DocumentLens) -> Option<String> {
    // EXPOSE: the heading is what is shown.
    let heading = |text: &Phi<String>| words::some(text.expose().trim());
    let titled = || l.attachments.iter().find_map(|a| heading(a.title.as_ref()?));
    words::label(l.kind.as_ref()).or_else(titled).or_else(|| heading(l.description.as_ref()?))
}

/// What a document is called.
pub(super) fn title(raw: &Raw) -> Option<String> {
    if let Ok(l) = lens::document(raw) {
        return document_title(&l);
    }
    if let Ok(l) = lens::composition(raw) {
        // EXPOSE: the title is what is shown.
        let title = || words::some(l.title.as_ref()?.expose().trim());
        return words::label(l.kind.as_ref()).or_else(title);
    }
    lens::other(raw).title
}

/// When a document was written.
pub(super) fn written(raw: &Raw) -> Option<String> {
    let date = lens::document(raw).map(|l| l.date).or_else(|_| lens::composition(raw).map(|l| l.date)).ok()?;
    words::when(date.as_ref())
}

/// Title and detail of a timeline row.
pub(crate) fn headline(raw: &Raw, names: &Names) -> (Option<String>, Option<String>) {
    let Ok(l) = lens::document(raw) else { return (None, None) };
    (document_title(&l), names.link(l.authors.first().or(l.authenticator.as_ref())))
}
