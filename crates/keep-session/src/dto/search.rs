//! Finding a patient.

use super::chart::banner::SexDto;
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
    /// The rows, those opened by this user today first.
    pub rows: Vec<PatientRowDto>,
    /// Number of matches; exact below 500.
    pub total: u32,
    /// Whether more than `total` match.
    pub more: bool,
    /// Whether patients may be missing because the directory is not whole, so that the page may not say that none match.
    pub incomplete: bool,
    /// How many of `total` match as typed; the rows after them have similar names.
    pub exact: u32,
    /// Whether the query has no letter and no digit, so that no patient was looked for.
    pub unusable: bool,
}

/// One patient in a list.
#[derive(Serialize, Clone, Default, TS)]
#[serde(rename_all = "camelCase")]
pub struct PatientRowDto {
    /// The Patient id.
    pub patient: String,
    /// FAMILY in capitals; `None` where the record could not be read.
    pub family: Option<String>,
    /// Given names.
    pub given: Option<String>,
    /// Whether no name is recorded.
    pub unnamed: bool,
    /// Birth date as recorded: ISO, possibly only year or year and month.
    pub birth_date: Option<String>,
    /// Age as text, now or at death.
    pub age: Option<String>,
    /// Administrative gender.
    pub sex: SexDto,
    /// The labelled identifier, for example "CH-004471".
    pub number: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Last seen, RFC 3339.
    pub last_seen: Option<String>,
    /// Whether without `last_seen` there was no visit: all that it could be in is here and whole.
    pub last_seen_known: bool,
    /// Opened by this user today.
    pub opened_today: bool,
    /// Whether the chart can be opened, or is still downloading.
    pub ready: bool,
    /// Whether a safety flag is set.
    pub alert: bool,
    /// Whether the patient has died.
    pub deceased: bool,
    /// Date of death, RFC 3339, partial, or as recorded.
    pub died: Option<String>,
    /// Whether another record took the place of this one.
    pub replaced: bool,
    /// Whether the record is no longer in use.
    pub inactive: bool,
}
