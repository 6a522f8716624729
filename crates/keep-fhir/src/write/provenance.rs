//! Who created or changed what, and on which device (R4, `provenance.html`).

use super::context::resource;
use crate::Raw;
use crate::compose::{Composer, concept, reference};
use keep_domain::{DeviceId, Phi, ResourceId, ResourceKey, UtcMillis};

/// The system of the identifiers of workstations.
pub(crate) const DEVICE_SYSTEM: &str = "urn:chartkeep:device";

/// The kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activity {
    /// Created.
    Create,
    /// Changed or marked as entered in error.
    Update,
    /// Signed.
    Sign,
}

/// What one Provenance records.
#[derive(Debug, Clone)]
pub struct ProvenanceDraft {
    /// The resources that it describes.
    pub targets: Vec<ResourceKey>,
    /// The person responsible for the content.
    pub author: ResourceKey,
    /// The workstation.
    pub device: DeviceId,
    /// The time of entry.
    pub recorded: UtcMillis,
    /// The kind of change.
    pub activity: Activity,
    /// The reason as the user typed it.
    pub reason: Option<Phi<String>>,
}

/// A Provenance that names the author and the workstation.
#[must_use]
pub fn provenance(id: &ResourceId, draft: &ProvenanceDraft) -> Raw {
    let (system, code, display) = match draft.activity {
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
        Composer::default().text("system", DEVICE_SYSTEM).text("value", &draft.device.to_string()),
    );
    let agents = [agent("author", "Author", reference(&draft.author)), agent("assembler", "Assembler", device)];
    // EXPOSE: the reason is written into the record.
    let reason = draft.reason.as_ref().map(|r| Composer::default().text("text", r.expose()));
    resource("Provenance", id)
        .list("target", draft.targets.iter().map(reference))
        .text("recorded", &draft.recorded.to_rfc3339())
        .object("activity", concept(system, code, display))
        .list("agent", agents)
        .list("reason", reason)
        .into_raw()
}
