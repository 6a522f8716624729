//! The access review.

use keep_audit::EventClass;
pub use keep_audit::Explanation;
use keep_domain::Role;
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
    /// Only events of this class.
    #[ts(type = "EventClass | null")]
    pub class: Option<EventClass>,
    /// Only alerts that are not signed off.
    pub open_alerts: bool,
    /// Only events before this sequence, as the first window named it: pages stay put while events are added.
    pub before: Option<u64>,
}

/// One window.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditPageDto {
    /// Rows.
    pub rows: Vec<AuditRowDto>,
    /// Number of events in the whole list.
    pub total: u64,
    /// What the further windows of this list name as their `before`.
    pub before: u64,
    /// Failed sign-ins in the last 24 h, for the banner.
    pub failed_unlocks: u32,
    /// Alerts that are not signed off, for the banner.
    pub open_alerts: u32,
}

/// One event, with the patient masked.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditRowDto {
    /// Ledger sequence.
    pub sequence: u64,
    /// When, RFC 3339; `None` where the entry could not be read.
    pub recorded: Option<String>,
    /// When it first happened, where it was recorded later; RFC 3339.
    pub happened: Option<String>,
    /// The class; `None` where the entry could not be read.
    #[ts(type = "EventClass | null")]
    pub class: Option<EventClass>,
    /// The outcome.
    pub outcome: AuditOutcomeDto,
    /// The actor's display name; `None` for the device itself.
    pub actor: Option<String>,
    /// The actor's role.
    pub role: Option<Role>,
    /// Number of patients that it names; they are shown by unmasking only.
    pub patients: u32,
    /// What caused it, or what was found: a word of the ledger such as `idle`.
    pub cause: Option<String>,
    /// The reason that a user typed.
    pub reason: Option<String>,
    /// Whether it is an alert that is not signed off.
    pub open_alert: bool,
}

/// Outcome of an event.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcomeDto {
    /// It succeeded.
    Success,
    /// It failed.
    Minor,
    /// It failed seriously, or the entry could not be read.
    Serious,
}

/// `sign_off_alerts`: itself audited, one event for each.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignOffDto {
    /// Ledger sequences; without any, all alerts that are open.
    pub sequences: Vec<u64>,
    /// What was found out.
    #[ts(type = "Explanation")]
    pub explanation: Explanation,
}

/// What was signed off.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedOffDto {
    /// Ledger sequences.
    pub sequences: Vec<u64>,
}

/// `unmask`: itself audited.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnmaskDto {
    /// Ledger sequence.
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
    /// Number of other patients the event names whose records are not on this workstation.
    pub unknown: u32,
}
