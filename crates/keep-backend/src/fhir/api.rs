//! State of the FHIR API.

use super::page_links::PageLinks;
use crate::behaviour::Behaviour;
use crate::mutex::acquire;
use crate::storage::Storage;
use std::sync::{Arc, Mutex};

/// What the interactions that return pages work on; the others take only the storage.
#[derive(Debug)]
pub(crate) struct FhirApi {
    pub(crate) storage: Arc<Storage>,
    pub(crate) page_links: PageLinks,
    /// Base URL, without a trailing slash.
    pub(crate) base: String,
    behaviour: Mutex<Arc<Behaviour>>,
}

impl FhirApi {
    /// The API over a database, reached at `base`.
    pub(crate) fn new(storage: Arc<Storage>, base: String, behaviour: Behaviour) -> Self {
        Self { storage, page_links: PageLinks::default(), base, behaviour: Mutex::new(Arc::new(behaviour)) }
    }

    /// The switches that a request which arrives now is answered by.
    pub(crate) fn behaviour(&self) -> Arc<Behaviour> {
        Arc::clone(&acquire(&self.behaviour))
    }

    /// Replaces all switches.
    pub(crate) fn set_behaviour(&self, behaviour: Behaviour) {
        *acquire(&self.behaviour) = Arc::new(behaviour);
    }
}
