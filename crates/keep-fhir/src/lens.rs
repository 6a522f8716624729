//! Lenses: what a screen needs of a resource, read tolerantly.
//!
//! INVARIANT: an element that is there but cannot be read is named in `faults` and never dropped in silence;
//! the screen says "could not be read" and the raw text stays.
//! The types have no Debug on purpose: they are the record itself.
#![expect(missing_debug_implementations, reason = "what a lens shows is the record and must not reach a log")]

mod allergy;
mod appointment;
mod author;
mod care;
mod condition;
mod dosage;
mod element;
mod encounter;
mod medication;
mod note;
mod observation;
mod organization;
mod other;
mod parts;
mod patient;
mod reader;
mod report;

pub use allergy::{AllergyLens, AllergyState, Completeness, NO_KNOWN_ALLERGY, Reaction, allergy, allergy_state};
pub use appointment::{AppointmentLens, Participant, appointment, arrival, booking_of, is_booking_field};
pub use author::{author, is_authored_by};
pub use care::{
    CarePlanLens, FlagLens, GoalLens, ImmunizationLens, ProcedureLens, care_plan, flag, goal, immunization, procedure,
};
pub use condition::{ConditionLens, Moment, condition};
pub use dosage::{Dosage, Dose, Timing};
pub use element::{ComplexElement, Element, QuantityElement, resource_with};
pub use encounter::{EncounterLens, encounter};
pub use medication::{MedicationLens, authorizing_prescription, medication};
pub use note::{NoteBody, NoteLens, RelatedNote, document};
pub(crate) use observation::observation_in;
pub use observation::{Component, Measured, ObservationLens, ReferenceRange, observation};
pub use organization::{OrganizationLens, organization};
pub use other::{OtherLens, code_text, other};
pub use parts::{Coding, Concept, Link, PeriodSpan, Quantity, When};
pub use patient::{
    Address, HumanName, LabelledIdentifier, PatientLens, Phone, has_identifier, needs_interpreter, patient, person_name,
};
pub use report::{ReportLens, report};

#[cfg(test)]
mod tests;
