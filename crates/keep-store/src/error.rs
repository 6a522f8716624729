//! What can go wrong in the store.

use keep_audit::AuditError;
use keep_domain::{ErrorCode, Segment};
use keep_keys::KeysError;

/// The one error of this crate. No variant carries a record, a name, SQL text or a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// SQLite answered with this extended result code.
    #[error("database error {0}")]
    Database(i32),
    /// A file cannot be opened with its key: another key's file, or its first page is damaged.
    #[error("{0} cannot be opened with its key")]
    NotOpened(&'static str),
    /// A file was written by a newer Chartkeep; it was left in place.
    #[error("{0} is of a newer format")]
    Newer(&'static str),
    /// A file is missing and may not be created.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A segment failed an integrity check.
    #[error("{} is damaged", .0.segment.name())]
    Damaged(Finding),
    /// A page of some attached file failed its check while it was read.
    #[error("a page of the store is damaged")]
    PageDamaged,
    /// A derived table of a segment was not compared in this session; the store compares it and retries.
    #[error("{} was not compared yet", .0.name())]
    Unconfirmed(Segment, &'static str),
    /// The ledger failed its check.
    #[error("the ledger is damaged")]
    LedgerDamaged,
    /// The ledger has no capacity left for this class of event.
    #[error("the ledger is full")]
    LedgerFull,
    /// The store found damage earlier in this session and has to be opened again.
    #[error("the store was closed after damage")]
    Poisoned,
    /// A library is too old or was built without a required feature.
    #[error("unsuitable library: {0}")]
    Unsuitable(&'static str),
    /// Another instance uses the profile.
    #[error("the profile is in use")]
    ProfileInUse,
    /// The operation was interrupted because the store is closing.
    #[error("interrupted")]
    Interrupted,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// A file could not be read or written.
    #[error("file error: {0:?}")]
    Io(std::io::ErrorKind),
    /// Not on this device, or above the session's rank.
    #[error("not available")]
    NotAvailable,
    /// The record changed since it was read, or is being sent.
    #[error("the record changed since it was read")]
    Stale,
    /// A value to be written is invalid.
    #[error("invalid: {0}")]
    Invalid(&'static str),
    /// An event could not be written.
    #[error(transparent)]
    Audit(AuditError),
    /// A key could not be used.
    #[error(transparent)]
    Keys(KeysError),
    /// A defect in Chartkeep.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// A result of an integrity check. Names no patient: the chart's number is local.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The segment.
    pub segment: Segment,
    /// The chart's number in that segment, where one is known; 0 to 255 are rows without a patient.
    pub chart: Option<u32>,
    /// The kind of damage.
    pub kind: FindingKind,
}

/// The kind of damage that an integrity check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// A row's tag does not match its content.
    RowTag,
    /// A chart's rows do not match its sum or count: a row was removed, restored or added.
    ChartSum,
    /// A chart row's own tag does not match.
    ChartTag,
    /// The tag of the segment's state row does not match.
    StateTag,
    /// The charts and journal rows of a segment do not match its root.
    Root,
    /// A stored body cannot be decompressed.
    Body,
    /// A page failed the cipher's own check.
    Page,
    /// A derived table does not match its digest: entries were added, removed or restored.
    Derived,
}

impl FindingKind {
    /// A stable name for events and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RowTag => "row_tag",
            Self::ChartSum => "chart_sum",
            Self::ChartTag => "chart_tag",
            Self::StateTag => "state_tag",
            Self::Root => "root",
            Self::Body => "body",
            Self::Page => "page",
            Self::Derived => "derived",
        }
    }
}

impl StoreError {
    /// The error code of the IPC interface.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotOpened(_)
            | Self::Damaged(_)
            | Self::PageDamaged
            | Self::Poisoned
            | Self::Missing(_)
            | Self::Unconfirmed(..) => ErrorCode::StoreDamaged,
            Self::Newer(_) => ErrorCode::StoreNewer,
            Self::LedgerDamaged => ErrorCode::LedgerDamaged,
            Self::LedgerFull
            | Self::DiskFull
            | Self::Io(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) => ErrorCode::DiskFull,
            Self::ProfileInUse => ErrorCode::ProfileInUse,
            Self::Interrupted => ErrorCode::Locked,
            Self::Io(_) => ErrorCode::Io,
            Self::NotAvailable => ErrorCode::NotAvailable,
            Self::Stale => ErrorCode::Stale,
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::Keys(e) => e.code(),
            Self::Database(_) | Self::Unsuitable(_) | Self::Audit(_) | Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// A finding as an error.
    pub(crate) const fn damaged(segment: Segment, chart: Option<u32>, kind: FindingKind) -> Self {
        Self::Damaged(Finding { segment, chart, kind })
    }

    /// Whether SQLite ran out of memory or met another lock, which says nothing about a file.
    pub(crate) const fn passes(&self) -> bool {
        use rusqlite::ffi::{SQLITE_BUSY, SQLITE_IOERR_NOMEM, SQLITE_LOCKED, SQLITE_NOMEM};
        let Self::Database(code) = self else { return false };
        *code == SQLITE_IOERR_NOMEM || matches!(*code & 0xff, SQLITE_BUSY | SQLITE_LOCKED | SQLITE_NOMEM)
    }

    /// Whether the connection is no longer reliable.
    pub(crate) fn is_damage(&self) -> bool {
        let page = |f: &Finding| matches!(f.kind, FindingKind::Page);
        matches!(self, Self::PageDamaged | Self::NotOpened(_)) || matches!(self, Self::Damaged(f) if page(f))
    }
}

impl From<rusqlite::Error> for StoreError {
    /// Keeps only the result code: the message may quote SQL, and values with it.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as C;
        match error {
            rusqlite::Error::SqliteFailure(e, _) => match e.code {
                C::DiskFull => Self::DiskFull,
                C::OperationInterrupted => Self::Interrupted,
                C::NotADatabase => Self::NotOpened("file"),
                C::DatabaseCorrupt => Self::PageDamaged,
                C::SystemIoFailure => Self::of_io(e.extended_code),
                // SQLCipher returns SQLITE_ERROR for a page whose HMAC does not match; all statements of this crate are
                // fixed, so the other meanings of that code are defects that tests find.
                C::Unknown if e.extended_code == rusqlite::ffi::SQLITE_ERROR => Self::PageDamaged,
                _ => Self::Database(e.extended_code),
            },
            rusqlite::Error::SqlInputError { .. } => Self::Internal("statement"),
            rusqlite::Error::QueryReturnedNoRows => Self::NotAvailable,
            _ => Self::Internal("database row"),
        }
    }
}

impl StoreError {
    const fn of_io(extended: i32) -> Self {
        match extended {
            rusqlite::ffi::SQLITE_IOERR_DATA | rusqlite::ffi::SQLITE_IOERR_CORRUPTFS => Self::PageDamaged,
            rusqlite::ffi::SQLITE_IOERR_NOMEM => Self::Database(extended),
            _ => Self::Io(std::io::ErrorKind::Other),
        }
    }
}

impl From<std::io::Error> for StoreError {
    /// Keeps only the kind: the text may name paths.
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::Io(kind),
        }
    }
}

impl From<KeysError> for StoreError {
    fn from(error: KeysError) -> Self {
        Self::Keys(error)
    }
}

impl From<AuditError> for StoreError {
    fn from(error: AuditError) -> Self {
        Self::Audit(error)
    }
}
