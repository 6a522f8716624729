#![doc = include_str!("../README.md")]

mod actor;
mod bounded;
mod chain_facts;
mod checkpoint;
mod coding;
mod detail_value;
mod error;
mod event_class;
mod event_draft;
mod event_metadata;
mod event_view;
mod event_writer;
mod fhir;
#[cfg(test)]
mod fixtures;
mod frontier;
mod key_traits;
mod ledger_entry;
mod log_origin;
mod log_state;
mod outcome;
mod purpose;
mod report;
mod sign_off;
#[cfg(test)]
mod vectors;
mod verify;

pub use actor::Actor;
pub use chain_facts::ChainFacts;
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use detail_value::DetailValue;
pub use error::AuditError;
pub use event_class::EventClass;
pub use event_draft::{EventDraft, TOUCHED_LIMIT};
pub use event_metadata::{BootId, EventMetadata, EventStamper};
pub use event_view::EventView;
pub use event_writer::EventWriter;
pub use frontier::Frontier;
pub use key_traits::{EventSigner, Opener, Sealer};
pub use ledger_entry::{EntryBody, EntryHeader, LedgerEntry, UserSignature, seal_info, signed_bytes};
pub use log_origin::{ClosedLog, LogOrigin};
pub use log_state::LogState;
pub use outcome::Outcome;
pub use purpose::Purpose;
pub use report::{Finding, FindingKind, MissingRange, Report};
pub use sign_off::{Explanation, SignOff};
pub use verify::{Evidence, UnreadableEntry, verify};
