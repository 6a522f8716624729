//! Reads stored text, which was checked when it was received.

use super::header::Header;
use super::index::{Extracted, Purpose, facts_of};
use crate::lens::{self, ObservationLens};
use crate::node::Members;
use crate::{Node, Raw};

/// Most resources have no more members than this.
const MEMBERS: usize = 16;

/// A stored resource for the screen: its text, its index and, for an Observation, its lens.
#[expect(missing_debug_implementations, reason = "it holds the record, which must not reach a log")]
pub struct ParsedRecord {
    /// The text.
    pub raw: Raw,
    /// Its index.
    pub facts: Box<Extracted>,
    /// The lens of an Observation, where that was requested.
    pub observation: Option<Box<ObservationLens>>,
}

/// Reads stored text without checking it again, finding its members once for the index and, with `observation`, for
/// the lens of an Observation.
///
/// The index is for the screen: version, last update, segment, encounter, detail, the systems of categories and the
/// patient of any other type than Patient are left out.
///
/// # Errors
/// The text itself, where it has no readable type and id; [`crate::parse_and_extract`] reads it as far as possible.
pub fn parse_record(text: String, observation: bool) -> Result<ParsedRecord, String> {
    let node = Node::from_checked(&text);
    let mut members: Members<'_> = Vec::with_capacity(MEMBERS);
    members.extend(node.members());
    let Ok(facts) = facts_of(&Header::of(&members), None, Purpose::Screen).map(Box::new) else { return Err(text) };
    let wanted = observation && facts.key.resource_type == "Observation";
    let observation = wanted.then(|| Box::new(lens::observation_in(node, members)));
    Ok(ParsedRecord { raw: Raw::from_checked(text), facts, observation })
}
