//! Medicines.

use super::dosage::DosageDto;
use super::mark::MarkDto;
use super::record_state::RecordStateDto;
use super::value::{QuantityDto, ValueDto};
use crate::dto::elapsed::ElapsedDto;
use serde::Serialize;
use ts_rs::TS;

/// One medicine: an order or a statement with what followed from it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MedicineDto {
    /// The record that leads, as Type/id.
    pub reference: String,
    /// The kind of that record.
    pub kind: MedicineRecordDto,
    /// Generic name with Tall Man letters; `None` where it is not recorded.
    pub name: Option<String>,
    /// Strength and form.
    pub product: Option<String>,
    /// The recorded words, where name and product do not say them letter by letter.
    pub recorded: Vec<String>,
    /// Where it is listed.
    pub group: MedicineGroupDto,
    /// What changes its meaning.
    pub marks: Vec<MarkDto>,
    /// The status code as recorded.
    pub status: Option<String>,
    /// Instructions; several are steps or alternatives.
    pub dosages: Vec<DosageDto>,
    /// Started, ordered, handed out or given, RFC 3339 or partial.
    pub since: Option<String>,
    /// Time since then.
    pub age: Option<ElapsedDto>,
    /// Why and when it is past.
    pub ended: Option<EndedDto>,
    /// `urgent`, `stat`, ...; `None` for routine.
    pub priority: Option<String>,
    /// Reasons, as recorded.
    pub reasons: Vec<String>,
    /// Kind of treatment and place of use, as recorded.
    pub categories: Vec<String>,
    /// Notes, as recorded.
    pub notes: Vec<String>,
    /// Who ordered, reported, handed out or gave it.
    pub requester: Option<String>,
    /// What is to be handed out.
    pub supply: Option<SupplyDto>,
    /// Records of the same medicine, newest first.
    pub history: Vec<MedicineEventDto>,
    /// Number of older records that are not in `history`.
    pub more_history: u32,
    /// Sync state.
    pub record: RecordStateDto,
}

/// Kind of a record about a medicine.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum MedicineRecordDto {
    /// Ordered.
    Order,
    /// Reported.
    Statement,
    /// Handed out.
    Dispense,
    /// Given.
    Administration,
}

/// Where a medicine is listed, in this order.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, TS)]
#[serde(rename_all = "snake_case")]
pub enum MedicineGroupDto {
    /// It must not be given.
    DoNotGive,
    /// In use.
    Current,
    /// Paused.
    OnHold,
    /// Its status is not known, or not one that R4 has.
    Unknown,
    /// Handed out or given, without an order here.
    WithoutOrder,
    /// Planned, proposed, an option, a draft, or not started.
    Planned,
    /// Stopped, completed, cancelled, or its time is over.
    Past,
}

/// Why a medicine is past.
#[derive(Debug, Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct EndedDto {
    /// By what.
    pub by: EndedByDto,
    /// When, RFC 3339 or partial, where that is recorded.
    pub at: Option<String>,
}

/// By what a medicine is past.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum EndedByDto {
    /// Its status says so.
    Status,
    /// The recorded period of use is over.
    Period,
    /// All its instructions are for a time that is over.
    Course,
    /// What was handed out is used up.
    Supply,
    /// It was given, or handed out long ago.
    Given,
}

/// What is handed out.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct SupplyDto {
    /// The amount at a time.
    pub quantity: Option<QuantityDto>,
    /// Number of refills, as recorded.
    pub repeats: Option<String>,
    /// How long it lasts.
    pub duration: Option<QuantityDto>,
    /// When the prescription may be used.
    pub validity: Option<ValueDto>,
    /// Whether another product may be handed out.
    pub substitution: Option<bool>,
}

/// One more record of a medicine.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MedicineEventDto {
    /// Type/id.
    pub reference: String,
    /// Its kind.
    pub kind: MedicineRecordDto,
    /// When, RFC 3339 or partial.
    pub at: Option<String>,
    /// The status code as recorded.
    pub status: Option<String>,
    /// What changes its meaning.
    pub marks: Vec<MarkDto>,
    /// Its medicine, where it is called something else.
    pub name: Option<String>,
    /// The recorded words of that name, where it does not say them letter by letter.
    pub recorded: Vec<String>,
    /// The amount that was handed out.
    pub quantity: Option<QuantityDto>,
    /// Its instructions, where they are others.
    pub dosages: Vec<DosageDto>,
    /// Who wrote it or did it.
    pub who: Option<String>,
    /// Notes, as recorded.
    pub notes: Vec<String>,
}
