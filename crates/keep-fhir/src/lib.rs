#![doc = include_str!("../README.md")]

mod bundle;
mod compartment;
mod compose;
mod date;
mod decimal;
mod elements;
mod error;
mod extract;
pub mod lens;
mod meaning;
mod merge;
mod ndjson;
mod node;
mod patch;
mod raw;
mod reference;
mod routing;
mod scan;
pub mod write;

pub use bundle::{
    Bundle, Entry, Issue, MAX_BUNDLE_BYTES, Objection, Transaction, Unpacked, collection_of, issues, unpack,
    version_of_etag, version_of_location, with_references,
};
pub use compartment::in_patient_compartment;
pub use date::{FhirDate, Precision, calendar_date};
pub use decimal::Decimal;
pub use elements::{ElementDefinition, element_sections, elements_of};
pub use error::{FhirError, Unreadable, UnreadableKind};
pub use extract::{
    AppointmentFacts, AppointmentParticipant, Code, Detail, EncounterFacts, Extracted, FlagFacts, ParsedRecord,
    PatientFacts, PatientIdentifier, PatientLink, PatientName, extract, extract_row, parse_and_extract, parse_record,
};
pub use meaning::meaning_equal;
pub use merge::{Conflict, ConflictField, ConflictReason, Merge, Side, Version, apply_choices, merge};
pub use ndjson::{Block, LineError, Lines};
pub(crate) use node::Kind;
pub use node::Node;
pub use patch::{Step, set_text};
pub(crate) use patch::{remove, set};
pub use raw::{MAX_BYTES, MAX_DEPTH, Raw};
pub use reference::mentioned_patient;
pub(crate) use reference::{parse_reference, reference_of};
pub use routing::{follows_target, routing_version, segment_of, segment_with_targets};
