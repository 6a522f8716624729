//! Logical ids as they are stored: 16 bytes for a UUID, prefixed text for any other.

use keep_domain::ResourceId;
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;

/// The stored form of a logical id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum IdKey {
    /// The 16 bytes of a UUID, in place: a first load makes several of them per row.
    Uuid([u8; 16]),
    /// Anything else; never 16 bytes.
    Text(Box<[u8]>),
}

/// The prefix of an id that is not a UUID.
const TEXT: u8 = 1;

impl IdKey {
    pub(crate) fn of(id: &ResourceId) -> Self {
        let text = id.as_str();
        match canonical_uuid(text.as_bytes()) {
            Some(uuid) => Self::Uuid(uuid),
            None => {
                let mut bytes = Vec::with_capacity(text.len() + 2);
                bytes.push(TEXT);
                bytes.extend_from_slice(text.as_bytes());
                // INVARIANT: 16 bytes are always a UUID.
                if bytes.len() == 16 {
                    bytes.push(0);
                }
                Self::Text(bytes.into())
            }
        }
    }

    pub(crate) fn from_stored(bytes: &[u8]) -> Self {
        <[u8; 16]>::try_from(bytes).map_or_else(|_| Self::Text(bytes.into()), Self::Uuid)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Uuid(bytes) => bytes,
            Self::Text(bytes) => bytes,
        }
    }

    /// The id; `None` if the stored bytes are not valid.
    pub(crate) fn id(&self) -> Option<ResourceId> {
        let bytes = match self {
            Self::Uuid(bytes) => return Uuid::from_bytes(*bytes).to_string().parse().ok(),
            Self::Text(bytes) => bytes,
        };
        let (first, rest) = bytes.split_first()?;
        let text = rest.strip_suffix(&[0]).unwrap_or(rest);
        (*first == TEXT).then(|| std::str::from_utf8(text).ok()?.parse().ok())?
    }

    /// A hash of the id.
    pub(crate) fn fingerprint(&self) -> u64 {
        match self {
            Self::Uuid(bytes) => {
                let (high, low) = Uuid::from_bytes(*bytes).as_u64_pair();
                high ^ low.rotate_left(32)
            }
            Self::Text(bytes) => {
                let mut hasher = DefaultHasher::new();
                bytes.hash(&mut hasher);
                hasher.finish()
            }
        }
    }

    /// The pseudo-chart of a row without a patient.
    pub(crate) fn pseudo_chart(&self) -> u32 {
        use sha2::{Digest, Sha256};
        Sha256::digest(self.bytes()).first().copied().map_or(0, u32::from)
    }
}

/// The bytes of a UUID in its canonical form (RFC 9562, 4, in lower case). Only that form survives the round
/// trip; any other spelling is stored as text. Called several times per row of a first load.
fn canonical_uuid(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != 36 || text.iter().fold(false, |upper, b| upper | b.is_ascii_uppercase()) {
        return None;
    }
    Uuid::try_parse_ascii(text).ok().map(Uuid::into_bytes)
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
            "018f428e-34f6-4707-8009-5ad742f901eg",
            "018f428e034f6-4707-8009-5ad742f901e7",
            "x.y-z",
        ] {
            let id: ResourceId = text.parse().expect("id");
            let key = IdKey::of(&id);
            assert_eq!(key.id().as_ref(), Some(&id));
            assert_eq!(key.bytes().len() == 16, text == "018f428e-34f6-4707-8009-5ad742f901e7", "{text}");
            if let Ok(uuid) = <[u8; 16]>::try_from(key.bytes()) {
                assert_eq!(Uuid::from_bytes(uuid), Uuid::parse_str(text).expect("uuid"));
            }
        }
        assert!(IdKey::of(&"1".parse().expect("id")).pseudo_chart() < 256);
    }
}
