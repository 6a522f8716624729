#![doc = include_str!("../README.md")]

mod bounded;
mod checkpoint;
mod coding;
mod detail;
mod draft;
mod entry;
mod error;
mod event_class;
mod event_metadata;
mod event_writer;
mod facts;
mod fhir;
#[cfg(test)]
mod fixtures;
mod frontier;
mod log_origin;
mod log_state;
mod outcome;
mod party;
mod proof;
mod report;
mod server_copy;
mod sign_off;
#[cfg(test)]
mod vectors;
mod verify;

pub use checkpoint::{Checkpoint, SignedCheckpoint, origin_of};
pub use coding::Coding;
pub use detail::DetailValue;
pub use draft::{Actor, EventDraft, Purpose, TEXT_LIMIT, TOUCHED_LIMIT};
pub use entry::{EntryBody, EntryHeader, LedgerEntry, UserSignature, seal_info, signed_bytes};
pub use error::AuditError;
pub use event_class::{AuditAction, ClassForm, EventClass, Family};
pub use event_metadata::{BootId, EventMetadata, EventStamper};
pub use event_writer::EventWriter;
pub use facts::{ChainFacts, EventView};
pub use frontier::{Frontier, leaf_hash};
pub use log_origin::{ClosedLog, LogOrigin};
pub use log_state::LogState;
pub use outcome::Outcome;
pub use party::{EventSigner, Opener, Sealer};
pub use proof::{Tree, check_consistency, check_inclusion};
pub use report::{Finding, FindingKind, Gap, Report};
pub use server_copy::{ServerCopy, verify_copies};
pub use sign_off::{Explanation, SignOff};
pub use verify::{Evidence, UnreadableEntry, verify};
