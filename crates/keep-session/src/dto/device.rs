//! The device page for IT: health, versions, counts; no patient data.

use super::lock::KeychainStateDto;
use keep_domain::{ErrorCode, Segment};
use serde::Serialize;
use ts_rs::TS;

/// Health of this device.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeviceDto {
    /// Chartkeep, SQLCipher, SQLite, libcrypto and so on.
    pub versions: Vec<NameValueDto>,
    /// The keychain.
    pub keychain: KeychainStateDto,
    /// People enrolled.
    pub slots: u32,
    /// The segments.
    pub segments: Vec<SegmentDto>,
    /// Events in the ledger.
    pub ledger_events: u64,
    /// Of these, not yet delivered.
    pub ledger_pending: u64,
    /// What is wrong with it.
    pub findings: Vec<DeviceFindingDto>,
    /// The organisation, once it is known from the records.
    pub site: Option<String>,
    /// The workstation's own name.
    pub name: Option<String>,
    /// The server's address without path or query.
    pub server: Option<String>,
    /// The policy values in force.
    pub policy: Vec<NameValueDto>,
}

/// One finding.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(untagged)]
pub enum DeviceFindingDto {
    /// Found by a check.
    Check(DeviceCheckDto),
    /// Why the device cannot be used.
    Blocked(ErrorCode),
}

/// Findings of the checks.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeviceCheckDto {
    /// Memory may be written to a disk in clear.
    SwapUnencrypted,
    /// The audit log is nearly full.
    LedgerNearlyFull,
    /// A key file or the settings are damaged.
    SlotDamaged,
    /// A link, pipe or device has the name of a file of the profile.
    SpecialFile,
    /// The certificate authorities were changed outside Chartkeep.
    AuthorityFileChanged,
    /// The certificate authorities cannot be read.
    AuthorityFileUnreadable,
}

/// A name and a value.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameValueDto {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// One segment.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SegmentDto {
    /// Name.
    pub name: Segment,
    /// Size on disk.
    pub bytes: u64,
    /// Generation.
    pub generation: u32,
    /// Whether it can be used.
    pub state: SegmentStateDto,
}

/// State of a segment on disk.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum SegmentStateDto {
    /// Open.
    Ok,
    /// There is no file.
    Absent,
    /// Not open in this session.
    Locked,
    /// A damaged file was set aside.
    Aside,
}
