//! The top-level elements that the index reads, borrowed from the text in one pass.

use crate::{Node, Unreadable, UnreadableKind};
use serde::Deserialize;
use serde_json::value::RawValue;

type Part<'a> = Option<&'a RawValue>;

/// Every part stays raw here, so that one malformed element never hides the others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Header<'a> {
    #[serde(borrow)]
    pub(crate) resource_type: Part<'a>,
    pub(crate) id: Part<'a>,
    pub(crate) meta: Part<'a>,
    // Whose record it is.
    pub(crate) subject: Part<'a>,
    pub(crate) patient: Part<'a>,
    pub(crate) beneficiary: Part<'a>,
    pub(crate) r#for: Part<'a>,
    pub(crate) individual: Part<'a>,
    pub(crate) candidate: Part<'a>,
    pub(crate) security_context: Part<'a>,
    pub(crate) participant: Part<'a>,
    pub(crate) entity: Part<'a>,
    pub(crate) target: Part<'a>,
    // When.
    pub(crate) effective_date_time: Part<'a>,
    pub(crate) effective_instant: Part<'a>,
    pub(crate) effective_period: Part<'a>,
    pub(crate) onset_date_time: Part<'a>,
    pub(crate) onset_period: Part<'a>,
    pub(crate) occurrence_date_time: Part<'a>,
    pub(crate) occurrence_period: Part<'a>,
    pub(crate) occurred_date_time: Part<'a>,
    pub(crate) occurred_period: Part<'a>,
    pub(crate) performed_date_time: Part<'a>,
    pub(crate) performed_period: Part<'a>,
    pub(crate) started: Part<'a>,
    pub(crate) start: Part<'a>,
    pub(crate) end: Part<'a>,
    pub(crate) start_date: Part<'a>,
    pub(crate) period: Part<'a>,
    pub(crate) billable_period: Part<'a>,
    pub(crate) authored_on: Part<'a>,
    pub(crate) authored: Part<'a>,
    pub(crate) date: Part<'a>,
    pub(crate) date_time: Part<'a>,
    pub(crate) date_asserted: Part<'a>,
    pub(crate) date_written: Part<'a>,
    pub(crate) when_handed_over: Part<'a>,
    pub(crate) when_prepared: Part<'a>,
    pub(crate) recorded_date: Part<'a>,
    pub(crate) recorded: Part<'a>,
    pub(crate) created: Part<'a>,
    pub(crate) issued: Part<'a>,
    pub(crate) sent: Part<'a>,
    // What, and in which state.
    pub(crate) code: Part<'a>,
    pub(crate) vaccine_code: Part<'a>,
    pub(crate) medication_codeable_concept: Part<'a>,
    pub(crate) r#type: Part<'a>,
    pub(crate) category: Part<'a>,
    pub(crate) class: Part<'a>,
    pub(crate) status: Part<'a>,
    pub(crate) clinical_status: Part<'a>,
    pub(crate) verification_status: Part<'a>,
    pub(crate) lifecycle_status: Part<'a>,
    pub(crate) encounter: Part<'a>,
    pub(crate) context: Part<'a>,
    // Who, for Patient.
    pub(crate) name: Part<'a>,
    pub(crate) identifier: Part<'a>,
    pub(crate) telecom: Part<'a>,
    pub(crate) gender: Part<'a>,
    pub(crate) birth_date: Part<'a>,
    pub(crate) deceased_boolean: Part<'a>,
    pub(crate) deceased_date_time: Part<'a>,
    pub(crate) active: Part<'a>,
    pub(crate) link: Part<'a>,
}

impl<'a> Header<'a> {
    /// Reads the header and checks the whole text on the way.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Unreadable> {
        // A derived struct would accept an array of its fields, too.
        if !text.trim_ascii_start().starts_with('{') {
            return match serde_json::from_str::<serde::de::IgnoredAny>(text) {
                Ok(_) => Err(Unreadable::whole(UnreadableKind::NotAnObject)),
                Err(e) => Err(Unreadable::of_json(text, &e)),
            };
        }
        serde_json::from_str(text).map_err(|e| Unreadable::of_json(text, &e))
    }
}

/// A view of a raw part.
pub(crate) fn node(part: &RawValue) -> Node<'_> {
    Node::of_checked(part.get())
}
