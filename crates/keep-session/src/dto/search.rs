//! Finding a patient.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `search_patients`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchDto {
    /// What was typed: any part of a name, birth date, number, phone.
    pub query: String,
    /// First row wanted.
    pub offset: u32,
    /// Rows wanted, at most 100.
    pub limit: u32,
}

/// One page of rows.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PatientPageDto {
    /// The rows, "opened by me today" first.
    pub rows: Vec<PatientRowDto>,
    /// How many match; exact below 500.
    pub total: u32,
    /// Whether more than `total` match.
    pub more: bool,
    /// Whether patients may be missing because the directory is not whole, so that "nobody" may not be said.
    pub incomplete: bool,
}

/// One patient in a list.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct PatientRowDto {
    /// The Patient id.
    pub patient: String,
    /// FAMILY in capitals.
    pub family: String,
    /// Given names.
    pub given: String,
    /// Birth date, ISO, possibly only year or year and month; empty when unknown.
    pub birth_date: String,
    /// Age as text.
    pub age: String,
    /// `female`, `male`, `other`, `unknown`.
    pub sex: String,
    /// The labelled identifier, for example "CH-004471".
    pub number: String,
    /// Phone.
    pub phone: String,
    /// Last seen, RFC 3339 or empty.
    pub last_seen: String,
    /// Whether an empty `last_seen` means that there was no visit: all that it could be in is here and whole.
    pub last_seen_known: bool,
    /// Opened by me today.
    pub opened_today: bool,
    /// Whether the chart can be opened, or is still downloading.
    pub ready: bool,
    /// Whether a safety flag is set.
    pub alert: bool,
    /// Whether the patient has died.
    pub deceased: bool,
}
