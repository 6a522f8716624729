#![doc = include_str!("../README.md")]

mod alerts;
mod carry_over;
mod change_set;
mod chart_check;
mod chart_read;
mod chart_readings;
mod cipher;
mod codec;
mod conflict;
mod connector;
mod cursor;
mod cursor_log;
mod deferred_search_keys;
mod derived;
mod derived_check;
mod derived_digest;
mod derived_repair;
mod error;
mod fold;
mod id_key;
mod inbox;
mod journal;
mod ledger;
mod migrations;
mod mirror;
mod mutex;
mod names_digest;
mod open_transaction;
mod opening;
mod outbox;
mod page;
mod page_damage;
mod personal;
mod placement;
mod profile_lock;
mod record;
mod repair;
mod repair_log;
mod resource_type;
mod restricted_allergy;
mod row_facts;
mod save;
mod scrub;
mod search;
mod search_index;
mod search_keys;
mod search_optimize;
mod search_query;
mod search_similar;
mod segment_access;
mod segment_check;
mod segment_file;
mod segment_report;
mod segment_state;
mod snapshot;
mod store;
mod sum;
mod synced_ids;
mod tag;
mod tagged;
#[cfg(any(test, feature = "test-support"))]
mod test_clinic;
#[cfg(test)]
mod tests;
mod verified;
mod write_tx;

pub use alerts::NamesPatients;
pub use change_set::{
    AuthorBacklog, ChangeSetDraft, ChangeSetId, ConflictId, EntryDraft, EntryState, Operation, OutgoingEntry,
    OutgoingSet, SetState,
};
pub use chart_read::{ChartRows, DayRow};
pub use chart_readings::ChartReading;
pub use cipher::{OpenMode, PAGE_SIZE, library_versions, open_cipher};
pub use conflict::Conflict;
pub use cursor::{Completeness, Cursor, CursorKey};
pub use error::{Finding, FindingKind, StoreError};
pub use ledger::*;
pub use mirror::{Mirror, SegmentMark};
pub use opening::{Opening, StoreKeys};
pub use page::{Contested, Incoming, Page, PageReport, UNREADABLE};
pub use personal::{Draft, MAX_DRAFT_BYTES, Personal};
pub use profile_lock::ProfileLock;
pub use record::{Record, RecordState};
pub use repair::{CarriedOver, Repair, RepairCause};
pub use scrub::Scrub;
pub use search::SearchPage;
pub use segment_check::CheckedSegments;
pub use segment_file::{ledger_path, personal_path, segment_path, set_aside};
pub use segment_report::{SegmentCondition, SegmentReport};
pub use segment_state::{SegmentHealth, UnhealthySegment};
pub use snapshot::Snapshot;
pub use store::Store;
#[cfg(any(test, feature = "test-support"))]
pub use test_clinic::TestClinic;
pub use write_tx::WriteTx;
