//! Two versions of one record.

use super::chart::banner::BannerDto;
use super::chart::dosage::DosageDto;
use super::chart::vitals::SignDto;
use super::record_title::RecordTitleDto;
pub use keep_fhir::Side;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Three columns: last shared, this device, server.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictDto {
    /// The conflict id.
    pub conflict: String,
    /// The patient.
    pub banner: BannerDto,
    /// The record as Type/id.
    pub reference: String,
    /// What it is.
    pub title: RecordTitleDto,
    /// Last shared version: when, RFC 3339.
    pub base_when: Option<String>,
    /// This device: display name of the author.
    pub ours_who: Option<String>,
    /// This device: when, RFC 3339.
    pub ours_when: Option<String>,
    /// Server: display name of the author.
    pub theirs_who: Option<String>,
    /// Server: when, RFC 3339.
    pub theirs_when: Option<String>,
    /// Whether the server has deleted the record: then the only field is the record itself, at the path `record`.
    pub theirs_deleted: bool,
    /// Field by field.
    pub fields: Vec<ConflictFieldDto>,
}

/// One field.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictFieldDto {
    /// The path in the record, the key of the choice.
    pub path: String,
    /// The path in plain words, where the page has no better ones.
    pub label: String,
    /// Last shared.
    pub base: Vec<ConflictPartDto>,
    /// This device.
    pub ours: Vec<ConflictPartDto>,
    /// Server.
    pub theirs: Vec<ConflictPartDto>,
    /// What is chosen beforehand; never for medicines and allergies.
    #[ts(type = "Side | null")]
    pub chosen: Option<Side>,
}

/// One value of a field: a panel has one for each of its parts.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictPartDto {
    /// What it is a value of; `None` for the whole field.
    pub key: Option<ConflictKeyDto>,
    /// The same in the record's words, where the page has none for the key.
    pub name: Option<String>,
    /// The value.
    pub value: ConflictValueDto,
}

/// What a part is a value of.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(untagged)]
pub enum ConflictKeyDto {
    /// A vital sign.
    Sign(SignDto),
    /// An element of the record, by its FHIR name.
    Element(String),
}

/// A value of a part.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConflictValueDto {
    /// Recorded words, a number with its unit, or a code.
    Text {
        /// The text.
        text: String,
    },
    /// The instructions of a medicine.
    Dosages {
        /// The instructions.
        dosages: Vec<DosageDto>,
    },
    /// A time.
    Time {
        /// RFC 3339 or partial, as recorded.
        at: String,
    },
    /// Yes or no.
    Boolean {
        /// The value.
        value: bool,
    },
    /// A reference to a record that is not on this workstation.
    Elsewhere {
        /// The id of that record.
        id: String,
    },
    /// A whole record.
    Record {
        /// What it is.
        title: RecordTitleDto,
    },
    /// The record was deleted.
    Deleted,
    /// A value that could not be read.
    Unreadable,
}

/// `decide_conflict`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DecideDto {
    /// The conflict id.
    pub conflict: String,
    /// A choice per field.
    pub choices: Vec<ChoiceDto>,
}

/// One choice.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceDto {
    /// The field's path.
    pub path: String,
    /// The side.
    #[ts(type = "Side")]
    pub side: Side,
}
