//! The device page for IT: health, versions, counts; no patient data.

use crate::dto::lock::KeychainStateDto;
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
    #[ts(type = "number")]
    pub ledger_events: u64,
    /// Of these, not yet delivered.
    #[ts(type = "number")]
    pub ledger_pending: u64,
    /// Findings in words of a closed list, for example `swap_unencrypted`, `auto_login`.
    pub findings: Vec<String>,
    /// The organisation, once the records have told it; else empty.
    pub site: String,
    /// The workstation's own name.
    pub name: String,
    /// The server's address without path or query.
    pub server: String,
    /// The policy values in force.
    pub policy: Vec<NameValueDto>,
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
    pub name: String,
    /// Size on disk.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Generation.
    pub generation: u32,
    /// `ok`, `absent`, `locked`, `damaged`, `newer`, `aside`.
    pub state: String,
}
