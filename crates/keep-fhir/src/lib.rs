#![doc = include_str!("../README.md")]

mod date;
mod error;
mod extract;
mod node;
mod raw;
mod reference;
mod routing;
mod scan;

pub use date::{FhirDate, Precision};
pub use error::{FhirError, Unreadable, UnreadableKind};
pub use extract::{
    AppointmentFacts, Code, Detail, EncounterFacts, Extracted, IdentifierFact, LinkFact, NameFact, ParticipantFact,
    PatientFacts, extract, extract_at,
};
pub use node::{Kind, Node};
pub use raw::{MAX_BYTES, MAX_DEPTH, Raw};
pub use reference::{parse_reference, reference_of};
pub use routing::{follows_target, is_sensitive, segment_of, segment_with_targets};
