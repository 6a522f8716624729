//! Identifiers. None of them contains a name; `Display` is safe in file names and logs.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The text is not a valid identifier of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct InvalidId;

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 16]);

        impl $name {
            /// The id with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes, as used in key derivations.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), hex::encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(s: &str) -> Result<Self, InvalidId> {
                let mut out = [0; 16];
                hex::decode_to_slice(s, &mut out).map_err(|_| InvalidId)?;
                Ok(Self(out))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(s: String) -> Result<Self, InvalidId> {
                s.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

hex_id! {
    /// One device profile; random, created once.
    DeviceId
}
hex_id! {
    /// One clinician on any device: a digest of (issuer, subject), so it reveals no name and is never reused.
    UserId
}
hex_id! {
    /// One audit log; a new device key or a restore starts a new log.
    LogId
}

impl UserId {
    /// The id of (issuer, subject): the first 16 bytes of SHA-256 over their length-prefixed form.
    #[must_use]
    pub fn of(issuer: &str, subject: &str) -> Self {
        let digest =
            Sha256::digest(crate::length_prefixed(&[b"chartkeep/user/1", issuer.as_bytes(), subject.as_bytes()]));
        let mut out = [0; 16];
        out.iter_mut().zip(digest).for_each(|(o, d)| *o = d);
        Self(out)
    }
}

impl DeviceId {
    /// A new random id.
    #[must_use]
    pub fn make_random() -> Self {
        Self(*Uuid::new_v4().as_bytes())
    }
}

impl LogId {
    /// A new random id.
    #[must_use]
    pub fn make_random() -> Self {
        Self(*Uuid::new_v4().as_bytes())
    }
}

/// One audit event, a random UUID; also its FHIR id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EventId(Uuid);

impl EventId {
    /// A new random id.
    #[must_use]
    pub fn make_random() -> Self {
        Self(Uuid::new_v4())
    }

    /// From a UUID.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    #[must_use]
    pub const fn uuid(&self) -> &Uuid {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A FHIR logical id: 1 to 64 of `A-Z a-z 0-9 - .` (FHIR R4, 2.24.0.1 `id`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourceId(String);

impl ResourceId {
    /// A new random UUID, as for every resource created on this device.
    #[must_use]
    pub fn make_random() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    /// A new random UUID that begins as `other` does, where that is one of these: what is sent together packs into
    /// fewer bytes. 62 bits are random, so that no two records of one save get the same.
    #[must_use]
    pub fn make_beside(other: &Self) -> Self {
        let fresh = Uuid::new_v4();
        let beginning = Uuid::try_parse(&other.0).ok().filter(|uuid| uuid.get_version_num() == 4);
        let beginning = beginning.map_or(fresh.as_u64_pair().0, |uuid| uuid.as_u64_pair().0);
        Self(Uuid::from_u64_pair(beginning, fresh.as_u64_pair().1).to_string())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceId {
    type Err = InvalidId;
    fn from_str(s: &str) -> Result<Self, InvalidId> {
        Self::try_from(s.to_owned())
    }
}

impl TryFrom<String> for ResourceId {
    type Error = InvalidId;
    fn try_from(s: String) -> Result<Self, InvalidId> {
        // No early exit, so that the compiler can vectorise the loop.
        let fits = |ok: bool, b: u8| ok & (b.is_ascii_alphanumeric() | (b == b'-') | (b == b'.'));
        let ok = (1..=64).contains(&s.len()) && s.bytes().fold(true, fits);
        if ok { Ok(Self(s)) } else { Err(InvalidId) }
    }
}

impl From<ResourceId> for String {
    fn from(id: ResourceId) -> Self {
        id.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a Patient resource.
pub type PatientId = ResourceId;

/// A resource type and id, as in the relative reference `Observation/123`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ResourceKey {
    /// The FHIR resource type, for example `Observation`.
    pub resource_type: String,
    /// The logical id.
    pub id: ResourceId,
}

impl ResourceKey {
    /// From a type and an id.
    #[must_use]
    pub fn new(resource_type: &str, id: ResourceId) -> Self {
        Self { resource_type: resource_type.to_owned(), id }
    }

    /// Type and id of a relative reference, borrowed; the id is not validated.
    #[must_use]
    pub fn parts(reference: &str) -> Option<(&str, &str)> {
        let (resource_type, rest) = reference.split_once('/')?;
        let named = resource_type.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
            && resource_type.bytes().all(|b| b.is_ascii_alphanumeric());
        let id = match rest.split_once('/') {
            None => rest,
            Some((id, version)) if version.strip_prefix("_history/").is_some_and(|v| !v.contains('/')) => id,
            Some(_) => return None,
        };
        named.then_some((resource_type, id))
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.resource_type, self.id)
    }
}

impl FromStr for ResourceKey {
    type Err = InvalidId;
    /// Reads a relative reference; a version suffix (`/_history/…`) is ignored.
    fn from_str(s: &str) -> Result<Self, InvalidId> {
        let (resource_type, id) = Self::parts(s).ok_or(InvalidId)?;
        Ok(Self { resource_type: resource_type.to_owned(), id: id.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_one_save_begin_alike_and_differ() {
        let first = ResourceId::make_random();
        let beside = ResourceId::make_beside(&first);
        assert_eq!((first.as_str().get(..18), first != beside), (beside.as_str().get(..18), true));
        assert_eq!(Uuid::try_parse(beside.as_str()).map(|id| id.get_version_num()), Ok(4));
        // The server's ids tell nothing about ours.
        for other in ["12", "00000000-0000-1000-8000-000000000000"] {
            assert!(!ResourceId::make_beside(&other.parse().expect("id")).as_str().starts_with("00000000-0000"));
        }
    }

    #[test]
    fn a_user_id_depends_on_the_subject_and_reads_back() {
        let id = UserId::of("https://id.example", "amara");
        assert_eq!(id, id.to_string().parse().expect("hex"));
        assert_ne!(id, UserId::of("https://id.example", "bo"));
    }

    #[test]
    fn resource_ids_follow_the_fhir_syntax() {
        assert!("5ee05359-57bf".parse::<ResourceId>().is_ok());
        for bad in ["", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert!(bad.parse::<ResourceId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_relative_references_are_read() {
        let k: ResourceKey = "Observation/12/_history/3".parse().expect("key");
        assert_eq!(k.to_string(), "Observation/12");
        for bad in ["Observation", "#contained", "urn:uuid:1", "http://x/Patient/1", "Observation/1/2"] {
            assert!(bad.parse::<ResourceKey>().is_err(), "{bad}");
        }
    }
}
