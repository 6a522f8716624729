//! A failed command, as reported to the page.

use super::chart::banner::LinkedDto;
use keep_domain::{ErrorCode, IncidentId};
use serde::Serialize;
use ts_rs::TS;

/// A closed code with what the wording needs; never a message text.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureDto {
    /// What went wrong.
    pub code: ErrorCode,
    /// Links the screen to the local log.
    pub incident: IncidentId,
    /// Seconds to wait before trying again, where that is known.
    pub wait_seconds: Option<u32>,
    /// Attempts left before the next wait or hold, for unlock.
    pub attempts_left: Option<u32>,
    /// Names of fields that were not acceptable, for forms.
    pub fields: Vec<FieldProblemDto>,
    /// Of a patient whose record was merged: the records that took its place.
    pub replaced_by: Vec<LinkedDto>,
}

/// One field that was not acceptable.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldProblemDto {
    /// The field's name in the request.
    pub field: String,
    /// What is wrong with it.
    pub reason: FieldReasonDto,
}

/// Why a field was not acceptable.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldReasonDto {
    /// Required.
    Missing,
    /// Not a known word or value.
    Unknown,
    /// Too short.
    TooShort,
    /// Too long.
    TooLong,
    /// Not a number.
    NotANumber,
    /// Not a time.
    NotATime,
    /// In the future.
    InFuture,
    /// Before the patient's birth.
    BeforeBirth,
    /// Needs confirmation.
    Improbable,
    /// Not possible.
    Impossible,
    /// Not correct.
    Wrong,
    /// A file name with an unknown ending.
    UnknownEnding,
    /// Not an address of a server.
    NotAnAddress,
    /// A server that does not say where to sign in.
    NoSignInAddress,
    /// An issuer that does not describe itself as OpenID Connect requires, or under another name.
    WrongIssuer,
    /// A file that cannot be read.
    NotReadable,
    /// A file without a certificate.
    NoCertificate,
    /// A record of a type that has no such status.
    CannotBeMarked,
    /// The result would be a different record.
    AnotherRecord,
}
