//! The sections of a Composition as one text.

use super::body::Pieces;
use crate::dto::chart::document::{DocumentFieldDto as F, PieceDto};
use crate::view::names::Names;
use crate::view::words;
use keep_document::read_narrative;
use keep_fhir::lens::{CompositionLens, Reference, Section};

/// The sections with their narratives, or the document's own narrative where no section has one.
pub(super) fn text(lens: &CompositionLens, names: &Names) -> Vec<PieceDto> {
    let mut pieces = Pieces::default();
    if !lens.sections.iter().any(has_narrative)
        && let Some(narrative) = &lens.narrative
    {
        // EXPOSE: the narrative is what is shown.
        pieces.body(read_narrative(narrative.expose()));
    }
    lens.sections.iter().for_each(|s| section(&mut pieces, s, names, 3));
    pieces.finish()
}

fn has_narrative(section: &Section) -> bool {
    section.narrative.is_some() || section.sections.iter().any(has_narrative)
}

fn section(pieces: &mut Pieces, section: &Section, names: &Names, level: u8) {
    // EXPOSE: the title is what is shown.
    let title = section.title.as_ref().and_then(|title| words::some(title.expose().trim()));
    if let Some(title) = title.or_else(|| words::label(section.code.as_ref())) {
        pieces.heading(level, &title);
    }
    pieces.field(F::Subject, section.focus.as_ref().and_then(|focus| name(focus, names)));
    section.authors.iter().for_each(|author| pieces.field(F::Author, name(author, names)));
    // A snapshot is the ordinary case.
    pieces.field(F::Mode, section.mode.clone().filter(|mode| mode != "snapshot"));
    pieces.field(F::Order, words::label(section.ordered_by.as_ref()));
    if let Some(narrative) = &section.narrative {
        // EXPOSE: the narrative is what is shown.
        pieces.body(read_narrative(narrative.expose()));
    }
    pieces.field(F::EmptyReason, words::label(section.empty_reason.as_ref()));
    section.entries.iter().for_each(|entry| pieces.field(F::Entry, name(entry, names)));
    section.sections.iter().for_each(|inner| self::section(pieces, inner, names, level.saturating_add(1).min(6)));
}

/// The words for a reference, or else the record that it names.
pub(super) fn name(reference: &Reference, names: &Names) -> Option<String> {
    names.link(Some(reference)).or_else(|| reference.key.as_ref().map(ToString::to_string))
}
