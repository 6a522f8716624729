//! A ClinicalImpression as one text.

use super::body::Pieces;
use super::composition::name;
use crate::dto::chart::document::{DocumentFieldDto as F, PieceDto};
use crate::view::names::Names;
use crate::view::words;
use keep_domain::Phi;
use keep_fhir::lens::ImpressionLens;

/// Everything that the assessment says.
pub(super) fn text(lens: &ImpressionLens, names: &Names) -> Vec<PieceDto> {
    let mut pieces = Pieces::default();
    pieces.field(F::Description, shown(lens.description.as_ref()));
    pieces.field(F::Summary, shown(lens.summary.as_ref()));
    for finding in &lens.findings {
        pieces.field(F::Finding, words::label(finding.concept.as_ref()));
        pieces.field(F::Finding, finding.reference.as_ref().and_then(|r| name(r, names)));
        pieces.field(F::Basis, shown(finding.basis.as_ref()));
    }
    lens.prognoses.iter().for_each(|concept| pieces.field(F::Prognosis, words::label(Some(concept))));
    for (code, items) in &lens.investigations {
        pieces.field(F::Investigation, words::label(code.as_ref()));
        items.iter().for_each(|item| pieces.field(F::Investigation, name(item, names)));
    }
    lens.problems.iter().for_each(|problem| pieces.field(F::Problem, name(problem, names)));
    lens.supporting.iter().for_each(|record| pieces.field(F::Supporting, name(record, names)));
    lens.notes.iter().for_each(|note| pieces.field(F::Note, shown(Some(note))));
    pieces.finish()
}

fn shown(text: Option<&Phi<String>>) -> Option<String> {
    // EXPOSE: the text is what is shown.
    text.and_then(|text| words::some(text.expose().trim()))
}
