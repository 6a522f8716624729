//! Who created or changed what, and on which device (R4, `provenance.html`).

use super::context::resource;
use crate::Raw;
use crate::compose::{Composer, concept, reference};
use keep_domain::{DeviceId, ResourceId, ResourceKey, UtcMillis};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// Created.
    Create,
    /// Changed or marked as entered in error.
    Update,
    /// Signed.
    Sign,
}

/// The facts of one Provenance.
#[derive(Debug, Clone)]
pub struct ProvenanceDraft {
    /// The resources that it describes.
    pub targets: Vec<ResourceKey>,
    /// The person responsible for the content.
    pub author: ResourceKey,
    /// The workstation.
    pub device: DeviceId,
    /// When it was authored.
    pub recorded: UtcMillis,
    /// What was done.
    pub activity: Activity,
    /// The reason that the user gave.
    pub reason: Option<String>,
}

/// A Provenance that names the author and the workstation.
#[must_use]
pub fn provenance(id: &ResourceId, facts: &ProvenanceDraft) -> Raw {
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
    let agents = [agent("author", "Author", reference(&facts.author)), agent("assembler", "Assembler", device)];
    resource("Provenance", id)
        .list("target", facts.targets.iter().map(reference))
        .text("recorded", &facts.recorded.to_rfc3339())
        .object("activity", concept(system, code, display))
        .list("agent", agents)
        .list("reason", facts.reason.as_deref().map(|words| Composer::default().text("text", words)))
        .into_raw()
}
