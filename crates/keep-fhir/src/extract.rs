//! The index of a resource: what search keys, sync and routing need to know of it, read in one pass.

mod category;
mod facts;
mod header;
mod index;
mod parsed_record;

pub(crate) use facts::name_rank;
pub use facts::{
    AppointmentFacts, AppointmentParticipant, Code, Detail, EncounterFacts, FlagFacts, PatientFacts, PatientIdentifier,
    PatientLink, PatientName,
};
pub use index::{Extracted, extract, extract_row, parse_and_extract};
pub use parsed_record::{ParsedRecord, parse_record};

#[cfg(test)]
mod tests;
