//! The error of a use case.

use crate::dto::failure::{FailureDto, FieldProblemDto, FieldReasonDto};
use keep_audit::AuditError;
use keep_domain::{ErrorCode, IncidentId};
use keep_keys::KeysError;
use keep_store::StoreError;
use keep_sync::SyncError;
use std::time::Duration;

/// A code with what its message needs. Never contains the text of another error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionError {
    pub(crate) code: ErrorCode,
    pub(crate) wait: Option<Duration>,
    pub(crate) attempts_left: Option<u32>,
    /// Field and reason, both from closed lists.
    pub(crate) fields: Vec<(&'static str, FieldReasonDto)>,
}

// What its fields say is chosen from closed lists.
impl keep_store::PhiFree for SessionError {}

impl SessionError {
    pub(crate) const fn of(code: ErrorCode) -> Self {
        Self { code, wait: None, attempts_left: None, fields: Vec::new() }
    }

    /// A form with invalid fields.
    pub(crate) const fn fields(fields: Vec<(&'static str, FieldReasonDto)>) -> Self {
        Self { code: ErrorCode::Invalid, wait: None, attempts_left: None, fields }
    }

    /// A form with one invalid field.
    pub(crate) fn field(name: &'static str, reason: FieldReasonDto) -> Self {
        Self::fields(vec![(name, reason)])
    }

    /// The reply to the page; only the incident id and the code are logged.
    pub(crate) fn into_dto(self) -> FailureDto {
        let incident = IncidentId::make_random();
        tracing::warn!(incident = %incident, code = %self.code.name(), "a command failed");
        FailureDto {
            code: self.code,
            incident,
            wait_seconds: self.wait.map(|w| u32::try_from(w.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)),
            attempts_left: self.attempts_left,
            fields: self
                .fields
                .into_iter()
                .map(|(field, reason)| FieldProblemDto { field: field.to_owned(), reason })
                .collect(),
            replaced_by: Vec::new(),
        }
    }
}

impl From<ErrorCode> for SessionError {
    fn from(code: ErrorCode) -> Self {
        Self::of(code)
    }
}

impl From<KeysError> for SessionError {
    fn from(error: KeysError) -> Self {
        let mut failed = Self::of(error.code());
        match error {
            KeysError::UnlockRefused { attempts_left, wait, .. } => {
                failed.attempts_left = Some(attempts_left);
                failed.wait = (!wait.is_zero()).then_some(wait);
            }
            KeysError::Throttled { wait } => failed.wait = Some(wait),
            KeysError::CodeUsed { next_in } => failed.wait = Some(next_in),
            _ => {}
        }
        failed
    }
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::of(error.code())
    }
}

impl From<SyncError> for SessionError {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::NoSignInAddress => Self::field("server", FieldReasonDto::NoSignInAddress),
            SyncError::WrongIssuer => Self::field("server", FieldReasonDto::WrongIssuer),
            _ => Self::of(error.code()),
        }
    }
}

impl From<AuditError> for SessionError {
    fn from(_: AuditError) -> Self {
        Self::of(ErrorCode::LedgerDamaged)
    }
}
