#![doc = include_str!("../README.md")]

mod coding;
mod detail;
mod draft;
mod entry;
mod error;
mod event_class;
mod fhir;
mod frontier;
mod log_state;
mod outcome;
mod party;
mod scribe;
mod stamp;

pub use coding::Coding;
pub use detail::DetailValue;
pub use draft::{Actor, EventDraft, Purpose, TOUCHED_LIMIT};
pub use entry::{EntryBody, EntryHeader, LedgerEntry, UserSignature, seal_info, signed_bytes};
pub use error::AuditError;
pub use event_class::{Action, ClassForm, EventClass, Family};
pub use frontier::{Frontier, leaf_hash};
pub use log_state::LogState;
pub use outcome::Outcome;
pub use party::{EventSigner, Opener, Sealer};
pub use scribe::Scribe;
pub use stamp::{BootId, Stamp, Stamper};
