//! The kinds of journal rows: tagged, few, and read as a whole.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The kind of a journal row; the number is part of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JournalKind {
    /// A change set, by sequence.
    ChangeSet = 1,
    /// An entry of a change set, by resource and sequence.
    Entry = 2,
    /// A hold of a higher-ranked change set on a resource of this segment.
    Hold = 3,
    /// A pull cursor, by server, type and visibility.
    Cursor = 4,
    /// Two versions of one record, stored permanently.
    Conflict = 5,
    /// The HPKE public key of a higher segment's inbox, by segment.
    HpkeKeyPair = 6,
    /// {type, id, version} of a record whose segment does not exist on this device.
    Elsewhere = 7,
    /// The patient of an allergy above the clinical segment, by resource.
    RestrictedAllergy = 8,
    /// In the directory: that a patient has a Flag above it, by patient and a hash of which.
    Alert = 9,
    /// In the directory: that a segment's rows were moved to where the routing table has them, by segment.
    Placement = 10,
    /// The digest of a derived table, by its name.
    Digest = 12,
    /// A repair in progress, by segment.
    Repair = 16,
    /// The server's key of a record that it created under its own id, by the key that the record had here.
    ServerId = 17,
}

/// A journal row's content.
pub(crate) trait Journal: Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: JournalKind;
}
