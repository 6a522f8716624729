//! State of the FHIR API.

use super::page_links::PageLinks;
use crate::storage::Storage;
use std::sync::Arc;

/// What the interactions that return pages work on; the others take only the storage.
#[derive(Debug)]
pub(crate) struct FhirApi {
    pub(crate) storage: Arc<Storage>,
    pub(crate) page_links: PageLinks,
    /// Base URL, without a trailing slash.
    pub(crate) base: String,
}

impl FhirApi {
    /// The API over a database, reached at `base`.
    pub(crate) fn new(storage: Arc<Storage>, base: String) -> Self {
        Self { storage, page_links: PageLinks::default(), base }
    }
}
