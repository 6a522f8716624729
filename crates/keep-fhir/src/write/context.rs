//! Who recorded a new resource about which patient, when and during which visit.

use crate::compose::{Composer, reference};
use keep_domain::{PatientId, ResourceId, ResourceKey, UtcMillis};

/// The parts that all new clinical resources share.
#[derive(Debug, Clone)]
pub struct AuthoringContext {
    /// The patient.
    pub patient: PatientId,
    /// The visit, if any.
    pub encounter: Option<ResourceKey>,
    /// The author, usually a Practitioner.
    pub author: ResourceKey,
    /// The clinically relevant time.
    pub effective: UtcMillis,
    /// The time of entry.
    pub recorded: UtcMillis,
}

impl AuthoringContext {
    pub(super) fn subject(&self) -> Composer {
        reference(&ResourceKey::new("Patient", self.patient.clone()))
    }

    pub(super) fn visit(&self) -> Option<Composer> {
        self.encounter.as_ref().map(reference)
    }
}

pub(super) fn resource(resource_type: &str, id: &ResourceId) -> Composer {
    Composer::resource(resource_type, id.as_str())
}
