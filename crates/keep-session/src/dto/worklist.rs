//! The role's home: queue, today, lists.

use crate::dto::search::PatientRowDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `worklist`: which list.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorklistAskDto {
    /// `queue`, `vitals_due`, `my_patients`, `today`, `charges`, `dispensing`, `specimens`, `drafts`.
    pub list: String,
    /// First row.
    pub offset: u32,
    /// Rows, at most 200.
    pub limit: u32,
}

/// One list of one day.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorklistDto {
    /// Rows.
    pub rows: Vec<WorkRowDto>,
    /// How many there are.
    pub total: u32,
    /// Counts by list, for the rail; a list that may lack rows has none.
    pub counts: Vec<ListCountDto>,
    /// Whether the first download has not finished.
    pub downloading: bool,
    /// The FHIR types of which some may not be here, so that rows may be missing and "none" may not be said.
    pub missing: Vec<String>,
}

/// A count beside a list's name.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListCountDto {
    /// The list.
    pub list: String,
    /// Rows in it.
    pub count: u32,
}

/// One line of a worklist.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkRowDto {
    /// Who.
    pub patient: PatientRowDto,
    /// The Appointment's id, or empty.
    pub appointment: String,
    /// Booked for, RFC 3339 or empty.
    pub booked: String,
    /// `booked`, `arrived`, `checked-in`, `fulfilled`, `noshow`, `cancelled` or empty.
    pub status: String,
    /// Minutes since arrival, when waiting.
    pub waiting_minutes: Option<u32>,
    /// Why they come, or what is to be done.
    pub reason: String,
    /// The allergy line, or empty where this role may not see it.
    pub safety: String,
    /// Whether that line names a known allergy.
    pub safety_known: bool,
    /// The vitals cell: empty, `due`, or the time taken, RFC 3339.
    pub vitals: String,
    /// NEWS2, when it was medium or high.
    pub news2: Option<u32>,
    /// With whom.
    pub with: String,
}

/// `check_in`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckInDto {
    /// The Appointment's id.
    pub appointment: String,
    /// True to check in, false to take it back.
    pub arrived: bool,
}
