//! Who made or changed what, and through which device (R4, `provenance.html`).

use super::resource;
use crate::Raw;
use crate::compose::{Composer, concept, reference};
use keep_domain::{DeviceId, ResourceId, ResourceKey, UtcMillis};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// Made.
    Create,
    /// Changed or struck out.
    Update,
    /// Signed.
    Sign,
}

/// The facts of one Provenance.
#[derive(Debug, Clone)]
pub struct ProvenanceFacts {
    /// What it is about.
    pub targets: Vec<ResourceKey>,
    /// Who is responsible for the content.
    pub author: ResourceKey,
    /// Who sends it, where that is not the author.
    pub transmitter: Option<ResourceKey>,
    /// The workstation.
    pub device: DeviceId,
    /// When it was authored.
    pub recorded: UtcMillis,
    /// What was done.
    pub activity: Activity,
}

/// A Provenance with author, device and, for a colleague's work, transmitter.
#[must_use]
pub fn provenance(id: &ResourceId, facts: &ProvenanceFacts) -> Raw {
    let (system, code, display) = match facts.activity {
        Activity::Create => ("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "CREATE", "create"),
        Activity::Update => ("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "UPDATE", "revise"),
        Activity::Sign => {
            ("http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion", "LA", "legally authenticated")
        }
    };
    let participant = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
    let agent = |code: &str, display: &str, who: Composer| {
        Composer::default().object("type", concept(participant, code, display)).object("who", who)
    };
    let device = Composer::default().object(
        "identifier",
        Composer::default().text("system", "urn:chartkeep:device").text("value", &facts.device.to_string()),
    );
    let mut agents = vec![agent("author", "Author", reference(&facts.author)), agent("assembler", "Assembler", device)];
    if let Some(key) = &facts.transmitter {
        agents.push(agent("transmitter", "Transmitter", reference(key)));
    }
    resource("Provenance", id)
        .list("target", facts.targets.iter().map(reference))
        .text("recorded", &facts.recorded.to_rfc3339())
        .object("activity", concept(system, code, display))
        .list("agent", agents)
        .into_raw()
}
