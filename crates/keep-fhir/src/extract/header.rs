//! The top-level elements that the index reads, borrowed from the text in one pass.

use crate::node::Members;
use crate::{Kind, Node, Unreadable, UnreadableKind};
use serde::Deserialize;

type Part<'a> = Option<Node<'a>>;

macro_rules! header {
    ($($field:ident = $name:literal),* $(,)?) => {
        /// The elements stay unparsed here, so that one malformed element does not hide the others.
        #[derive(Default, Deserialize)]
        pub(crate) struct Header<'a> {
            $(#[serde(borrow, default, rename = $name)] pub(crate) $field: Part<'a>,)*
        }

        impl<'a> Header<'a> {
            /// The header of an object whose members are known; of a repeated member the first counts.
            pub(crate) fn of(members: &Members<'a>) -> Self {
                let mut header = Self::default();
                for (name, part) in members.iter().rev().filter(|(_, part)| part.kind() != Kind::Null) {
                    match name.as_ref() {
                        $($name => header.$field = Some(*part),)*
                        _ => {}
                    }
                }
                header
            }
        }
    };
}

header! {
    resource_type = "resourceType",
    id = "id",
    meta = "meta",
    // The patient.
    subject = "subject",
    patient = "patient",
    beneficiary = "beneficiary",
    r#for = "for",
    individual = "individual",
    candidate = "candidate",
    security_context = "securityContext",
    participant = "participant",
    entity = "entity",
    target = "target",
    // Times.
    effective_date_time = "effectiveDateTime",
    effective_instant = "effectiveInstant",
    effective_period = "effectivePeriod",
    onset_date_time = "onsetDateTime",
    onset_period = "onsetPeriod",
    occurrence_date_time = "occurrenceDateTime",
    occurrence_period = "occurrencePeriod",
    occurred_date_time = "occurredDateTime",
    occurred_period = "occurredPeriod",
    performed_date_time = "performedDateTime",
    performed_period = "performedPeriod",
    started = "started",
    start = "start",
    end = "end",
    start_date = "startDate",
    period = "period",
    billable_period = "billablePeriod",
    authored_on = "authoredOn",
    authored = "authored",
    date = "date",
    date_time = "dateTime",
    date_asserted = "dateAsserted",
    date_written = "dateWritten",
    when_handed_over = "whenHandedOver",
    when_prepared = "whenPrepared",
    recorded_date = "recordedDate",
    recorded = "recorded",
    created = "created",
    issued = "issued",
    sent = "sent",
    // Code and status.
    code = "code",
    vaccine_code = "vaccineCode",
    medication_codeable_concept = "medicationCodeableConcept",
    r#type = "type",
    category = "category",
    class = "class",
    status = "status",
    clinical_status = "clinicalStatus",
    verification_status = "verificationStatus",
    lifecycle_status = "lifecycleStatus",
    doc_status = "docStatus",
    encounter = "encounter",
    context = "context",
    // For Patient.
    name = "name",
    identifier = "identifier",
    telecom = "telecom",
    gender = "gender",
    birth_date = "birthDate",
    deceased_boolean = "deceasedBoolean",
    deceased_date_time = "deceasedDateTime",
    active = "active",
    link = "link",
}

impl<'a> Header<'a> {
    /// Reads the header and checks the whole text.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Unreadable> {
        // A derived struct would also accept an array of its fields.
        if !text.trim_ascii_start().starts_with('{') {
            return match serde_json::from_str::<serde::de::IgnoredAny>(text) {
                Ok(_) => Err(Unreadable::whole(UnreadableKind::NotAnObject)),
                Err(e) => Err(Unreadable::of_json(text, &e)),
            };
        }
        serde_json::from_str(text).map_err(|e| Unreadable::of_json(text, &e))
    }
}
