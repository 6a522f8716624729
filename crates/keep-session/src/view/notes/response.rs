//! A QuestionnaireResponse as one text: questions as terms, answers below them.

use super::body::Pieces;
use super::composition::name;
use crate::dto::chart::document::{DocumentFieldDto as F, ElementDto, PieceDto};
use crate::view::names::Names;
use crate::view::words;
use keep_clinical::Rounding;
use keep_fhir::lens::{AnswerValue, ResponseItem, ResponseLens};

/// All questions with their answers.
pub(super) fn text(lens: &ResponseLens, names: &Names) -> Vec<PieceDto> {
    let mut pieces = Pieces::default();
    pieces.field(F::Questionnaire, lens.questionnaire.clone());
    items(&mut pieces, &lens.items, names);
    pieces.finish()
}

fn items(pieces: &mut Pieces, all: &[ResponseItem], names: &Names) {
    if all.is_empty() {
        return;
    }
    pieces.open(ElementDto::Terms);
    for item in all {
        pieces.open(ElementDto::Term);
        // EXPOSE: the question is what is shown.
        pieces.text(item.text.as_ref().map(|text| text.expose().clone()).unwrap_or_default());
        pieces.close();
        for (answer, inner) in &item.answers {
            pieces.open(ElementDto::Definition);
            self::answer(pieces, answer, names);
            items(pieces, inner, names);
            pieces.close();
        }
        if !item.items.is_empty() {
            pieces.open(ElementDto::Definition);
            items(pieces, &item.items, names);
            pieces.close();
        }
    }
    pieces.close();
}

fn answer(pieces: &mut Pieces, answer: &AnswerValue, names: &Names) {
    let text = match answer {
        AnswerValue::Boolean(checked) => return pieces.add(PieceDto::Checkbox { checked: *checked }),
        // EXPOSE: the answer is what is shown.
        AnswerValue::Text(text) => Some(text.expose().clone()),
        AnswerValue::Concept(concept) => words::label(Some(concept)),
        AnswerValue::Quantity(quantity) => Some(words::quantity(quantity, Rounding::Significant(15))),
        AnswerValue::Date(at) => Some(at.text.clone()),
        AnswerValue::Reference(reference) => name(reference, names),
        AnswerValue::Unreadable => None,
    };
    pieces.text(text.unwrap_or_else(|| words::UNREADABLE.to_owned()));
}
