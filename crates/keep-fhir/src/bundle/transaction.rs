//! A transaction bundle put together from raw resources.

use crate::compose::Composer;
use crate::{FhirError, Raw, extract};
use keep_domain::ResourceKey;

/// A transaction under construction; entries keep their order.
#[derive(Debug, Default)]
pub struct Transaction {
    entries: Vec<Composer>,
    bytes: usize,
}

impl Transaction {
    /// How many entries it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of the resources in it, about the size of the request.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Writes a resource under its own id: an update based on version `if_match`, or a create where that is none.
    ///
    /// # Errors
    /// [`FhirError::Unreadable`] when the resource has no type or id.
    pub fn put(&mut self, raw: &Raw, if_match: Option<&str>) -> Result<(), FhirError> {
        let key = extract(raw.as_str())?.key;
        let request = Composer::default()
            .text("method", "PUT")
            .text("url", &key.to_string())
            .text_if("ifMatch", if_match.map(|v| format!("W/\"{v}\"")).as_deref());
        self.add(None, Some(raw), request);
        Ok(())
    }

    /// Creates a resource under an id that the server chooses, unless `if_none_exist` already finds one.
    ///
    /// `full_url` is the `urn:uuid:` by which other entries refer to it.
    ///
    /// # Errors
    /// [`FhirError::WrongType`] when the text has no resource type.
    pub fn post(&mut self, raw: &Raw, full_url: &str, if_none_exist: Option<&str>) -> Result<(), FhirError> {
        let resource_type = raw.resource_type().ok_or(FhirError::WrongType)?;
        let request = Composer::default()
            .text("method", "POST")
            .text("url", &resource_type)
            .text_if("ifNoneExist", if_none_exist);
        self.add(Some(full_url), Some(raw), request);
        Ok(())
    }

    /// Deletes a resource.
    pub fn delete(&mut self, key: &ResourceKey, if_match: Option<&str>) {
        let request = Composer::default()
            .text("method", "DELETE")
            .text("url", &key.to_string())
            .text_if("ifMatch", if_match.map(|v| format!("W/\"{v}\"")).as_deref());
        self.add(None, None, request);
    }

    fn add(&mut self, full_url: Option<&str>, raw: Option<&Raw>, request: Composer) {
        let mut entry = Composer::default().text_if("fullUrl", full_url);
        if let Some(raw) = raw {
            self.bytes += raw.as_str().len();
            entry = entry.raw("resource", raw);
        }
        self.entries.push(entry.object("request", request));
    }

    /// The finished bundle.
    #[must_use]
    pub fn into_raw(self) -> Raw {
        Composer::default()
            .text("resourceType", "Bundle")
            .text("type", "transaction")
            .list("entry", self.entries)
            .into_raw()
    }
}
