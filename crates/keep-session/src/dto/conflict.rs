//! Two people changed the same record.

use crate::dto::chart::BannerDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Three columns: last shared, this device, server.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictDto {
    /// The conflict id.
    pub conflict: String,
    /// Whose record.
    pub banner: BannerDto,
    /// The record as Type/id.
    pub reference: String,
    /// What it is.
    pub title: String,
    /// Last shared version: when.
    pub base_when: String,
    /// This device: who.
    pub ours_who: String,
    /// This device: when.
    pub ours_when: String,
    /// Server: who, if known.
    pub theirs_who: String,
    /// Server: when.
    pub theirs_when: String,
    /// Whether the server has deleted the record: then the only field is the record itself.
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
    /// The path in plain words, where the interface has no better ones.
    pub label: String,
    /// Last shared.
    pub base: Vec<ConflictPartDto>,
    /// This device.
    pub ours: Vec<ConflictPartDto>,
    /// Server.
    pub theirs: Vec<ConflictPartDto>,
    /// `ours`, `theirs` or empty: what is chosen beforehand, never for medicines and allergies.
    pub chosen: String,
}

/// One value of a field: a panel has one for each of its parts.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConflictPartDto {
    /// What it is a value of: a vital sign's key or an element's name; empty where it stands for itself.
    pub key: String,
    /// The same in the record's words, where the interface has none for the key.
    pub name: String,
    /// The value: words, a number with its unit, a code, or a time as recorded.
    pub text: String,
    /// Whether the text is a time.
    pub is_time: bool,
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
    /// `ours` or `theirs`.
    pub side: String,
}
