//! Lenses: the parts of a resource that a screen needs, read leniently.
//!
//! INVARIANT: an element that is present but cannot be read is named in `faults`, never dropped silently; the screen
//! says "could not be read" and the raw text is retained.
//! The types deliberately have no Debug: they hold the record.
#![expect(missing_debug_implementations, reason = "a lens holds the record, which must not reach a log")]

mod absence;
mod allergy;
mod appointment;
mod attachment;
mod author;
mod care;
mod code_system;
mod composition;
mod condition;
mod detail;
mod document;
mod dosage;
mod element;
mod encounter;
mod flag;
mod impression;
mod media;
mod medication;
mod modifier;
mod narrative;
mod observation;
mod organization;
mod other;
mod parts;
mod patient;
mod phrase;
mod product;
mod provenance;
mod questionnaire;
mod reader;
mod report;
mod resuscitation;
mod status;
mod timing;
mod unread;

pub use absence::{Absence, AbsenceClass};
pub use allergy::{AllergyLens, AllergyState, Completeness, Reaction, allergy, allergy_state};
pub use appointment::{AppointmentLens, Participant, appointment, arrival, booking_of, is_booking_field};
pub use attachment::{
    Attachment, AttachmentFault, AttachmentSource, UndecodableAttachment, attachment_data, attachment_of_content_id,
    attachments,
};
pub use author::{author, is_authored_by};
pub use care::{CarePlanLens, GoalLens, ImmunizationLens, ProcedureLens, care_plan, goal, immunization, procedure};
pub use code_system::system_name;
pub use composition::{Attester, CompositionLens, Section, composition, own_narrative};
pub use condition::{ConditionLens, Moment, Stage, condition};
pub use detail::{Detail, DetailCode, DetailQuantity, DetailReference, DetailValue, details};
pub use document::{DocumentContext, DocumentLens, RelatedDocument, document, may_relate};
pub use dosage::{Amount, AsNeeded, Dosage, DoseAndRate, Maximum};
pub use element::{ComplexElement, Element, QuantityElement, resource_with};
pub use encounter::{EncounterLens, encounter};
pub use flag::{FlagLens, flag};
pub use impression::{Finding, ImpressionLens, impression};
pub use media::{MediaLens, media};
pub use medication::{MedicationLens, MedicineRecord, Supply, medication};
pub use modifier::{Modifier, ModifierState, Modifiers, modifiers};
pub(crate) use observation::observation_in;
pub use observation::{
    Component, File, Measured, ObservationDetails, ObservationLens, ReferenceRange, Samples, derived_from, observation,
    observation_details,
};
pub use organization::{OrganizationLens, organization};
pub use other::{OtherLens, code_text, other};
pub use parts::{Coding, Concept, Period, Quantity, Reference, When};
pub use patient::{
    Address, HumanName, LabelledIdentifier, PatientLens, PersonLink, Phone, has_identifier, needs_interpreter, patient,
    person_name,
};
pub use product::{Ingredient, MedicineName, Product, product};
pub use provenance::{ProvenanceLens, ProvenanceTarget, provenance};
pub use questionnaire::{AnswerValue, ResponseItem, ResponseLens, questionnaire_response};
pub use report::{ReportDetails, ReportLens, report, report_details};
pub use resuscitation::{
    DoNot, DoNotLens, do_not, is_about_resuscitation, is_not_for_resuscitation, names_resuscitation,
};
pub use status::Status;
pub(crate) use status::is_entered_in_error;
pub use timing::{Bounds, Repeat, Span, Timing};
pub use unread::Unread;

#[cfg(test)]
mod tests;
