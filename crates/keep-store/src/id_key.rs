//! Logical ids as they are stored: 16 bytes for a UUID, prefixed text for any other.

use keep_domain::ResourceId;
use uuid::Uuid;

/// The stored form of a logical id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IdKey(Vec<u8>);

/// In front of an id that is not a UUID.
const TEXT: u8 = 1;

impl IdKey {
    pub(crate) fn of(id: &ResourceId) -> Self {
        let text = id.as_str();
        // Only the canonical form survives the round trip; any other spelling is kept as text.
        match Uuid::try_parse(text).ok().filter(|u| u.to_string() == text) {
            Some(uuid) => Self(uuid.as_bytes().to_vec()),
            None => {
                let mut bytes = Vec::with_capacity(text.len() + 2);
                bytes.push(TEXT);
                bytes.extend_from_slice(text.as_bytes());
                // INVARIANT: 16 bytes are always a UUID.
                if bytes.len() == 16 {
                    bytes.push(0);
                }
                Self(bytes)
            }
        }
    }

    pub(crate) fn from_stored(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The id; `None` where the stored bytes are none.
    pub(crate) fn id(&self) -> Option<ResourceId> {
        if let Ok(bytes) = <[u8; 16]>::try_from(self.0.as_slice()) {
            return Uuid::from_bytes(bytes).to_string().parse().ok();
        }
        let (first, rest) = self.0.split_first()?;
        let text = rest.strip_suffix(&[0]).unwrap_or(rest);
        (*first == TEXT).then(|| std::str::from_utf8(text).ok()?.parse().ok())?
    }

    /// The pseudo-chart of a row without a patient.
    pub(crate) fn pseudo_chart(&self) -> u32 {
        use sha2::{Digest, Sha256};
        Sha256::digest(&self.0).first().copied().map_or(0, u32::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_comes_back_as_it_was() {
        for text in [
            "018f428e-34f6-4707-8009-5ad742f901e7",
            "018F428E-34F6-4707-8009-5AD742F901E7",
            "1",
            "fifteen-letters",
            "x.y-z",
        ] {
            let id: ResourceId = text.parse().expect("id");
            let key = IdKey::of(&id);
            assert_eq!(key.id().as_ref(), Some(&id));
            assert_eq!(key.bytes().len() == 16, text.starts_with("018f"), "{text}");
        }
        assert!(IdKey::of(&"1".parse().expect("id")).pseudo_chart() < 256);
    }
}
