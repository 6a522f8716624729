//! Answered forms: QuestionnaireResponse.

use super::parts::{Concept, Quantity, Reference, When};
use super::reader::{Reader, coding, member_phi, owned, quantity, reference, when};
use crate::{FhirError, Kind, Node, Raw};
use keep_domain::{Phi, ResourceId};

/// A QuestionnaireResponse.
#[derive(Clone, PartialEq, Eq)]
pub struct ResponseLens {
    /// The logical id.
    pub id: Option<ResourceId>,
    /// `in-progress`, `completed`, `amended`, `entered-in-error`, `stopped`.
    pub status: Option<String>,
    /// The canonical address of the form.
    pub questionnaire: Option<String>,
    /// When it was answered.
    pub authored: Option<When>,
    /// Who wrote the answers down.
    pub author: Option<Reference>,
    /// Who answered.
    pub source: Option<Reference>,
    /// Groups and questions.
    pub items: Vec<ResponseItem>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// A group or a question.
#[derive(Clone, PartialEq, Eq)]
pub struct ResponseItem {
    /// The words of the question, or else its link id.
    pub text: Option<Phi<String>>,
    /// The answers, each with the questions inside it.
    pub answers: Vec<(AnswerValue, Vec<Self>)>,
    /// The questions of a group.
    pub items: Vec<Self>,
}

/// An answer.
#[derive(Clone, PartialEq, Eq)]
pub enum AnswerValue {
    /// Words, a number or an address, as recorded.
    Text(Phi<String>),
    /// Yes or no.
    Boolean(bool),
    /// A code.
    Concept(Concept),
    /// A quantity.
    Quantity(Quantity),
    /// A date or time.
    Date(When),
    /// Another record.
    Reference(Reference),
    /// Present, but it could not be read.
    Unreadable,
}

/// Reads a QuestionnaireResponse.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn questionnaire_response(raw: &Raw) -> Result<ResponseLens, FhirError> {
    let mut r = Reader::open(raw, &["QuestionnaireResponse"])?;
    Ok(ResponseLens {
        id: r.id(),
        status: r.text("status"),
        questionnaire: r.text("questionnaire"),
        authored: r.when("authored"),
        author: r.reference("author"),
        source: r.reference("source"),
        items: r.list("item", item),
        faults: r.into_faults(),
    })
}

fn item(node: Node<'_>) -> Option<ResponseItem> {
    let items = |node: Node<'_>| node.member("item").into_iter().flat_map(Node::items).filter_map(item).collect();
    (node.kind() == Kind::Object).then(|| ResponseItem {
        text: member_phi(node, "text").or_else(|| member_phi(node, "linkId")),
        answers: node.member("answer").into_iter().flat_map(Node::items).map(|a| (answer(a), items(a))).collect(),
        items: items(node),
    })
}

fn answer(node: Node<'_>) -> AnswerValue {
    let Some((name, value)) = node.members().find(|(name, _)| name.starts_with("value")) else {
        return AnswerValue::Unreadable;
    };
    let found = match name.as_ref() {
        "valueBoolean" => value.boolean().map(AnswerValue::Boolean),
        "valueCoding" => coding(value)
            .map(|c| AnswerValue::Concept(Concept { text: None, codings: vec![c] }))
            .or_else(|| member_phi(value, "display").map(AnswerValue::Text)),
        "valueQuantity" => quantity(value).map(AnswerValue::Quantity),
        "valueDate" | "valueDateTime" => when(value).map(AnswerValue::Date),
        "valueReference" => reference(value).map(AnswerValue::Reference),
        "valueAttachment" => member_phi(value, "title").or_else(|| member_phi(value, "url")).map(AnswerValue::Text),
        _ => owned(value).or_else(|| value.number().map(str::to_owned)).map(|text| AnswerValue::Text(Phi::new(text))),
    };
    found.unwrap_or(AnswerValue::Unreadable)
}
