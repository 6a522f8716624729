//! Medicines.

use super::record_state::RecordStateDto;
use crate::dto::elapsed::ElapsedDto;
use serde::Serialize;
use ts_rs::TS;

/// One medicine, formatted by the one formatter.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MedicineDto {
    /// The resource id.
    pub id: String,
    /// Generic name with Tall Man letters; `None` where it could not be read.
    pub name: Option<String>,
    /// Strength and form.
    pub product: Option<String>,
    /// Dose, route and frequency as text.
    pub dosage: Option<String>,
    /// Whether it is current.
    pub active: bool,
    /// The status code as recorded.
    pub status: Option<String>,
    /// Started, RFC 3339 or partial.
    pub since: Option<String>,
    /// Time since it was started.
    pub age: Option<ElapsedDto>,
    /// Sync state.
    pub record: RecordStateDto,
}
