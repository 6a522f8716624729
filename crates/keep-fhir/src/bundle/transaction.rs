//! Transaction bundles composed of raw resources.

use crate::compose::Composer;
use crate::{FhirError, Raw, extract};
use keep_domain::ResourceKey;

/// A transaction under construction; entries are in the order of the calls.
#[derive(Debug, Default)]
pub struct Transaction {
    entries: Vec<Composer>,
}

impl Transaction {
    /// Adds a PUT of a resource under its own id: an update of version `if_match`, or a create without one.
    ///
    /// # Errors
    /// [`FhirError::Unreadable`] for a resource without type or id.
    pub fn put(&mut self, raw: &Raw, if_match: Option<&str>) -> Result<(), FhirError> {
        let key = extract(raw.as_str())?.key;
        let request = Composer::default()
            .text("method", "PUT")
            .text("url", &key.to_string())
            .text_if("ifMatch", if_match.map(|v| format!("W/\"{v}\"")).as_deref());
        self.entries.push(Composer::default().raw("resource", raw).object("request", request));
        Ok(())
    }

    /// Adds a DELETE, conditional on version `if_match` where there is one.
    pub fn delete(&mut self, key: &ResourceKey, if_match: Option<&str>) {
        let request = Composer::default()
            .text("method", "DELETE")
            .text("url", &key.to_string())
            .text_if("ifMatch", if_match.map(|v| format!("W/\"{v}\"")).as_deref());
        self.entries.push(Composer::default().object("request", request));
    }

    /// The finished bundle: all entries are applied or none.
    #[must_use]
    pub fn into_raw(self) -> Raw {
        self.of_type("transaction")
    }

    /// The same entries as a batch: each is applied for itself.
    #[must_use]
    pub fn into_batch(self) -> Raw {
        self.of_type("batch")
    }

    fn of_type(self, kind: &str) -> Raw {
        Composer::default().text("resourceType", "Bundle").text("type", kind).list("entry", self.entries).into_raw()
    }
}
