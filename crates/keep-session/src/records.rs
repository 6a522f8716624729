//! What several use cases do with records: reading charts and rows of patients, writing changes, naming the author.

pub(crate) mod author;
pub(crate) mod change;
pub(crate) mod chart;
pub(crate) mod corrections;
pub(crate) mod last_chart_refs;
pub(crate) mod patient_row;
pub(crate) mod replaced;
pub(crate) mod visit;

use crate::dto::failure::FieldReasonDto;
use crate::error::SessionError;
use keep_domain::{ErrorCode, PatientId};
use keep_fhir::Raw;
use keep_store::Record;

/// The longest reason that a user may type, characters.
const LONGEST_REASON: usize = 1000;

/// The Patient id of a request; an invalid one counts as a patient who is not here.
pub(crate) fn patient_id(text: &str) -> Result<PatientId, SessionError> {
    text.parse().map_err(|_| SessionError::of(ErrorCode::NotAvailable))
}

/// Refuses a missing or too long reason.
pub(crate) fn check_reason(reason: &str) -> Result<(), SessionError> {
    if reason.trim().is_empty() {
        return Err(SessionError::field("reason", FieldReasonDto::Missing));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(SessionError::field("reason", FieldReasonDto::TooLong));
    }
    Ok(())
}

/// The JSON of a stored record; `None` where it cannot be parsed.
pub(crate) fn parse(record: &Record) -> Option<Raw> {
    // EXPOSE: read for a use case that was authorized, under an event.
    Raw::parse(record.raw.expose().as_str()).ok()
}
