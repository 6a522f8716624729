//! The FHIR R4 RESTful interactions that the client uses (FHIR R4, 3.1), authorized, size-limited and counted.

mod capabilities;
mod capability_probe;
mod client;
mod entries;
mod interactions;
mod next_link;
mod pagination;
mod partial;
mod search;

pub use capabilities::Capabilities;
pub use client::FhirClient;
pub(crate) use entries::{HistoryEntry, MatchIds, parse_history, parse_search, transaction_responses};
pub use interactions::{ReadResponse, WriteResponse};
pub(crate) use pagination::PaginationGuard;
pub use search::{BundlePage, Search};

#[cfg(test)]
mod tests;
