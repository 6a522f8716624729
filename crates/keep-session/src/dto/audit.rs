//! The privacy officer's table.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `audit_events`: a window, newest first.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditAskDto {
    /// First row.
    pub offset: u32,
    /// Rows, at most 200.
    pub limit: u32,
    /// An event class, `open_alerts` for the alerts that nobody has signed off, or empty for all.
    pub class: String,
    /// Only events before this sequence, as the first window named it: pages stay put while events are added.
    #[ts(type = "number | null")]
    pub before: Option<u64>,
}

/// One window.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditPageDto {
    /// Rows.
    pub rows: Vec<AuditRowDto>,
    /// How many there are.
    #[ts(type = "number")]
    pub total: u64,
    /// What the further windows of this list name as their `before`.
    #[ts(type = "number")]
    pub before: u64,
    /// Failed sign-ins in the last 24 h, for the banner.
    pub failed_unlocks: u32,
    /// Alerts that nobody has signed off, for the banner.
    pub open_alerts: u32,
}

/// One event, with the patient masked.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditRowDto {
    /// Ledger sequence.
    #[ts(type = "number")]
    pub sequence: u64,
    /// When.
    pub recorded: String,
    /// When it first happened, where it was noted and recorded later; else empty.
    pub happened: String,
    /// The class, for example `chart_read`.
    pub class: String,
    /// `success`, `minor`, `serious`.
    pub outcome: String,
    /// The actor's display name, or "device".
    pub actor: String,
    /// The actor's role, or empty.
    pub role: String,
    /// How many patients it names; they are shown by unmasking only.
    pub patients: u32,
    /// What caused it, one of a closed set of words such as `idle`, or empty.
    pub cause: String,
    /// The reason that somebody typed, or empty.
    pub reason: String,
    /// Whether it is an alert that nobody has signed off.
    pub open_alert: bool,
}

/// `sign_off_alerts`: itself audited, one event for each.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignOffDto {
    /// Ledger sequences; without any, all alerts that are open.
    #[ts(type = "Array<number>")]
    pub sequences: Vec<u64>,
    /// What was found out: `backup_restored`, `hardware_fault`, `maintenance`, `incident`, `unexplained`.
    pub explanation: String,
}

/// What was signed off.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedOffDto {
    /// Ledger sequences.
    #[ts(type = "Array<number>")]
    pub sequences: Vec<u64>,
}

/// `unmask`: itself audited.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnmaskDto {
    /// Ledger sequence.
    #[ts(type = "number")]
    pub sequence: u64,
    /// Why, in words.
    pub reason: String,
}

/// The unmasked patients.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnmaskedDto {
    /// Name and birth date of each.
    pub patients: Vec<String>,
    /// How many others the event names whose records are not on this workstation.
    pub unknown: u32,
}
