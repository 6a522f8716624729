//! Reading a text again that was checked when it arrived.

use super::header::Header;
use super::{Extracted, Use, facts_of};
use crate::lens::{self, ObservationLens};
use crate::node::Members;
use crate::{Node, Raw};

/// Members of most resources, at most.
const MEMBERS: usize = 16;

/// A resource as it is shown: its text, its index, and what an Observation says.
#[expect(missing_debug_implementations, reason = "what it shows is the record and must not reach a log")]
pub struct ParsedRecord {
    /// The text.
    pub raw: Raw,
    /// Its index.
    pub facts: Box<Extracted>,
    /// What it says as an Observation, where that was asked for and it is one.
    pub observation: Option<Box<ObservationLens>>,
}

/// Reads a text that was checked when it arrived and has been kept intact since, with `observation` also as one:
/// its members are looked for once, and nothing is checked again. The index is for the screen: version, last update,
/// segment, encounter, detail and the systems of categories are left out.
///
/// # Errors
/// The text itself, where it has no readable type and id; [`read`] says what it is then.
pub fn parse_record(text: String, observation: bool) -> Result<ParsedRecord, String> {
    let node = Node::of_checked(&text);
    // Room for what most resources have, so that it need not grow.
    let mut members: Members<'_> = Vec::with_capacity(MEMBERS);
    members.extend(node.members());
    let Ok(facts) = facts_of(&Header::of(&members), None, Use::Screen).map(Box::new) else { return Err(text) };
    let wanted = observation && facts.key.resource_type == "Observation";
    let observation = wanted.then(|| Box::new(lens::observation_in(node, members)));
    Ok(ParsedRecord { raw: Raw::of_checked(text), facts, observation })
}
