//! What crosses the boundary to the page: plain values and codes; the page has the words.
//!
//! Types here may serialize PHI, so none of them implements Debug.
//! Times are RFC 3339 text with `Z` unless said otherwise; the page formats them.
//! Ages arrive as text made by keep-clinical, quantities and dosages in parts with the recorded words.
#![expect(missing_debug_implementations, reason = "these types hold PHI in clear and must never be printed")]

pub mod audit;
pub mod bindings;
pub mod chart;
pub mod conflict;
pub mod device;
pub mod draft;
pub mod elapsed;
pub mod enrol;
pub mod failure;
pub mod lock;
pub mod record_title;
pub mod search;
pub mod sign_in;
pub mod sync;
pub mod text_size;
pub mod visit;
pub mod worklist;

/// A count or position that crosses IPC, as an index.
pub(crate) fn index(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
