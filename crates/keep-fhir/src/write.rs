//! New resources, and the few changes that the client makes to existing ones, as raw text.

mod appointment;
mod context;
mod encounter;
mod entered_in_error;
mod note;
mod provenance;
mod server_made;
mod staff;
mod vitals;

pub use appointment::{AppointmentStatus, set_appointment_status, set_arrival};
pub use context::AuthoringContext;
pub use encounter::{EncounterStart, start_encounter};
pub use entered_in_error::{can_be_entered_in_error, mark_entered_in_error};
pub use note::{NoteDraft, note};
pub(crate) use provenance::DEVICE_SYSTEM;
pub use provenance::{Activity, ProvenanceDraft, provenance};
pub use server_made::{ServerMade, server_made, under_server_id};
pub use staff::{practitioner, with_contained_author};
pub use vitals::{
    BloodPressure, News2Score, blood_pressure, consciousness, news2_score, supplemental_oxygen, vital_sign,
};

#[cfg(test)]
mod tests;
