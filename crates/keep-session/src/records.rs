//! What several use cases do with records: reading charts and rows of patients, writing changes, naming the author.

pub(crate) mod author;
pub(crate) mod change;
pub(crate) mod chart;
pub(crate) mod last_chart_refs;
pub(crate) mod patient_row;
pub(crate) mod visit;

use crate::error::SessionError;
use keep_domain::{ErrorCode, PatientId};
use keep_fhir::Raw;
use keep_store::Record;

/// The Patient id of a request; an invalid one counts as a patient who is not here.
pub(crate) fn patient_id(text: &str) -> Result<PatientId, SessionError> {
    text.parse().map_err(|_| SessionError::of(ErrorCode::NotAvailable))
}

/// The JSON of a stored record; `None` where it cannot be parsed.
pub(crate) fn parse(record: &Record) -> Option<Raw> {
    // EXPOSE: read for a use case that was authorized, under an event.
    Raw::parse(record.raw.expose().as_str()).ok()
}
