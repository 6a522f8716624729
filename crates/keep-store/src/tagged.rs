//! The only writer of tagged tables.
//!
//! A [`TaggedWriter`] collects the changes of one transaction in one segment: rows and journals are
//! written at once, chart rows and the segment's state when it is finished, so that a thousand rows of
//! one chart cost one chart tag.

mod journal;
mod resource;
mod state;
mod writer;

pub(crate) use resource::{PutRow, RowDraft};
pub(crate) use state::{SegmentState, read_state, verify_charts};
pub(crate) use writer::TaggedWriter;

#[cfg(test)]
mod tests;
