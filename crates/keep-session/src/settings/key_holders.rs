//! Which users were given which key on this device: a hint for granting, never a permission.
//!
//! A wrong entry only leads to a grant that is refused or given twice; the key rings decide who holds a key.

use keep_domain::{Segment, UserId};
use keep_keys::{DataKey, KeyName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The record in `workstation.json`: per user the keys, as `name/generation`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyHolders(BTreeMap<UserId, BTreeSet<String>>);

impl KeyHolders {
    /// Whether that user was given that key.
    pub(crate) fn has(&self, user: UserId, key: &DataKey) -> bool {
        self.0.get(&user).is_some_and(|keys| keys.contains(&entry(key.name(), key.generation())))
    }

    /// Whether any user of the device has a key of that segment.
    pub(crate) fn anyone_has(&self, segment: Segment) -> bool {
        let prefix = format!("{}/", KeyName::Segment(segment).name());
        self.0.values().flatten().any(|key| key.starts_with(&prefix))
    }

    /// Sets the keys that the user's own key ring holds, so that a lost grant is given again.
    pub(crate) fn hold(&mut self, user: UserId, keys: BTreeSet<String>) {
        self.0.insert(user, keys);
    }

    /// Removes a user who lost their keys, so that colleagues grant them again.
    pub(crate) fn forget(&mut self, user: UserId) {
        self.0.remove(&user);
    }

    /// The entries of that user.
    pub(crate) fn of(&self, user: UserId) -> Option<&BTreeSet<String>> {
        self.0.get(&user)
    }

    /// Whether that user had a personal file on this device.
    pub(crate) fn has_personal(&self, user: UserId) -> bool {
        self.0.get(&user).is_some_and(|keys| keys.contains(PERSONAL))
    }

    pub(crate) fn note(&mut self, user: UserId, key: &DataKey) {
        self.0.entry(user).or_default().insert(entry(key.name(), key.generation()));
    }
}

/// Listed with the keys of every user who has unlocked here once and so has a personal file.
pub(crate) const PERSONAL: &str = "personal";

pub(crate) fn entry(name: KeyName, generation: u32) -> String {
    format!("{}/{generation}", name.name())
}
